/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What does a file hold? Sizes are not believed: files of /proc say 0, others may grow. How does
 * ours get its text? Written beside it, on the disk, then renamed.
 */
#include "textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "readall.h"

static int read_text(int fd, size_t most, char **text, size_t *size)
{
	_cleanup_free_ char *buf = NULL;
	struct stat st;
	ssize_t length;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	buf = malloc(most + 1);
	if (!buf)
		return -ENOMEM;
	length = read_all(fd, buf, most + 1);
	if (length < 0)
		return (int)length;
	if ((size_t)length > most)
		return -EFBIG;
	buf[length] = '\0';
	*text = STEAL_PTR(buf);
	*size = (size_t)length;
	return 0;
}

int textfile_read_bytes(const char *path, size_t most, char **text, size_t *size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? -errno : read_text(fd, most, text, size);
}

int textfile_read(const char *path, size_t most, char **text)
{
	size_t size;

	return textfile_read_bytes(path, most, text, &size);
}

int textfile_read_at(int dir, const char *name, size_t most, char **text, size_t *size)
{
	_cleanup_close_ int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? -errno : read_text(fd, most, text, size);
}

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
	return 0;
}

/* Returns its descriptor, or a negative errno. */
static int write_temporary(int dir, const char *name, mode_t mode, const char *text, size_t size)
{
	_cleanup_close_ int fd = -1;
	int r;

	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	/* whatever the umask is */
	if (fchmod(fd, mode) < 0)
		return -errno;
	r = write_all(fd, text, size);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r < 0 ? r : STEAL_FD(fd);
}

int textfile_replace_locked(int dir, const char *name, const char *temporary, mode_t mode,
			    const char *text, size_t size, int *held)
{
	_cleanup_close_ int fd = write_temporary(dir, temporary, mode, text, size);
	int r = fd < 0 ? fd : 0;

	if (r == 0 && held && flock(fd, LOCK_EX | LOCK_NB) < 0)
		r = -errno;
	if (r == 0 && renameat(dir, temporary, dir, name) < 0)
		r = -errno;
	if (r < 0) {
		unlinkat(dir, temporary, 0);
		return r;
	}
	if (fsync(dir) < 0)
		return -errno;
	if (held)
		*held = STEAL_FD(fd);
	return 0;
}

int textfile_replace(int dir, const char *name, const char *temporary, mode_t mode,
		     const char *text, size_t size)
{
	return textfile_replace_locked(dir, name, temporary, mode, text, size, NULL);
}

int textfile_replace_path(const char *path, mode_t mode, const char *text, size_t size)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	_cleanup_free_ char *parent = slash ? strndup(path, (size_t)(name - path)) : strdup(".");
	_cleanup_free_ char *temporary = NULL;
	_cleanup_close_ int dir = -1;

	/* a name of this run's own: nothing is locked here */
	if (asprintf(&temporary, ".%s.%d", name, (int)getpid()) < 0)
		temporary = NULL;
	if (!parent || !temporary)
		return -ENOMEM;
	dir = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? -errno : textfile_replace(dir, name, temporary, mode, text, size);
}
