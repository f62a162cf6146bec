/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit_dropin.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "procs.h"
#include "readall.h"
#include "textfile.h"

#define HEADER_MAX 128

static int open_unit_dir(const struct unit_dropin *dropin)
{
	int fd = open(dropin->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* UNIT.d, whose name is longer than a file's may be for the longest unit names. */
static int name_dropin_dir(const char *unit, char name[UNIT_NAME_SIZE])
{
	return snprintf(name, UNIT_NAME_SIZE, "%s.d", unit) >= UNIT_NAME_SIZE ? -ENAMETOOLONG : 0;
}

static int open_dropin_dir(int unit_dir, const char *name)
{
	int fd = openat(unit_dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* 1 if the file is there and ours, 0 if there is none, -EEXIST if it is not ours. */
static int is_ours(const struct unit_dropin *dropin, int dir)
{
	size_t length = strlen(dropin->header);
	char text[HEADER_MAX];
	_cleanup_close_ int fd =
		openat(dir, dropin->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? 0 : errno == ELOOP ? -EEXIST : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || length > sizeof(text) ||
	    read_all(fd, text, length) != (ssize_t)length)
		return -EEXIST;
	return memcmp(text, dropin->header, length) ? -EEXIST : 1;
}

static int write_locked(int dir, const char *name, const char *text, int *held)
{
	char temporary[NAME_MAX + 1];

	if (snprintf(temporary, sizeof(temporary), ".%s.new", name) > NAME_MAX)
		return -ENAMETOOLONG;
	return textfile_replace_locked(dir, name, temporary, 0644, text, strlen(text), held);
}

int unit_dropin_write(const struct unit_dropin *dropin, const char *unit, const char *text,
		      int *held)
{
	_cleanup_close_ int unit_dir = open_unit_dir(dropin), dir = -1;
	char name[UNIT_NAME_SIZE];
	int r = name_dropin_dir(unit, name);

	if (unit_dir < 0 || r < 0)
		return unit_dir < 0 ? unit_dir : r;
	if (mkdirat(unit_dir, name, 0755) < 0 && errno != EEXIST)
		return -errno;
	dir = open_dropin_dir(unit_dir, name);
	r = dir < 0 ? dir : is_ours(dropin, dir);
	if (r >= 0)
		r = write_locked(dir, dropin->name, text, held);
	/* succeeds only for a directory that we made, or that was of no use */
	if (r < 0)
		unlinkat(unit_dir, name, AT_REMOVEDIR);
	return r;
}

int unit_dropin_remove(const struct unit_dropin *dropin, const char *unit)
{
	_cleanup_close_ int unit_dir = open_unit_dir(dropin), dir = -1;
	char name[UNIT_NAME_SIZE];
	int r = name_dropin_dir(unit, name);

	if (unit_dir < 0 || r < 0)
		return unit_dir == -ENOENT ? 0 : unit_dir < 0 ? unit_dir : r;
	dir = open_dropin_dir(unit_dir, name);
	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	r = is_ours(dropin, dir);
	if (r <= 0)
		return r;
	if (unlinkat(dir, dropin->name, 0) < 0)
		return -errno;
	unlinkat(unit_dir, name, AT_REMOVEDIR);
	return 1;
}
