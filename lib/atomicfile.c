/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "atomicfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

static int write_all(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		size -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* Returns its descriptor, or a negative errno. */
static int write_temporary(int dir, const char *name, const char *text, size_t size, mode_t mode)
{
	_cleanup_close_ int fd = -1;
	int r;

	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	/* whatever the umask is */
	if (fd < 0 || fchmod(fd, mode) < 0)
		return -errno;
	r = write_all(fd, text, size);
	return r < 0 ? r : STEAL_FD(fd);
}

int atomic_write(int dir, const char *name, const char *text, size_t size, mode_t mode, int *held)
{
	_cleanup_close_ int fd = -1;
	char temporary[NAME_MAX + 1];
	int r = 0;

	if ((size_t)snprintf(temporary, sizeof(temporary), ".%s.new", name) >= sizeof(temporary))
		return -ENAMETOOLONG;
	fd = write_temporary(dir, temporary, text, size, mode);
	if (fd < 0)
		r = fd;
	else if (held && flock(fd, LOCK_EX | LOCK_NB) < 0)
		r = -errno;
	if (r == 0 && renameat(dir, temporary, dir, name) < 0)
		r = -errno;
	if (r < 0) {
		unlinkat(dir, temporary, 0);
		return r;
	}
	/* the name, too, is to outlast a crash; a file system that can't say so has no better way */
	fsync(dir);
	if (held)
		*held = STEAL_FD(fd);
	return 0;
}
