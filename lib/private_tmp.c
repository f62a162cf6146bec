/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which directories are /tmp to somebody? Every user may write to /tmp: names prove nothing, so a
 * private directory counts only if it belongs to whom /tmp belongs to, and so much of /tmp is read
 * and no more.
 */
#include "private_tmp.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "manager.h"

#define ENTRIES_MAX 65536 /* of one directory */
#define PLACES_MAX 1024
#define FILES_MAX 4096 /* of a private one */

#define PREFIX "systemd-private-"
#define BOOT_ID_LENGTH 32
#define SUFFIX_LENGTH 7 /* "-XXXXXX", filled by mkdtemp(3) */

bool private_tmp_unit(const char *name, char unit[UNIT_NAME_SIZE])
{
	const size_t before = strlen(PREFIX) + BOOT_ID_LENGTH + 1;
	size_t length = strlen(name), taken;

	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0 || length <= before + SUFFIX_LENGTH)
		return false;
	if (strspn(name + strlen(PREFIX), "0123456789abcdef") != BOOT_ID_LENGTH ||
	    name[before - 1] != '-' || name[length - SUFFIX_LENGTH] != '-')
		return false;
	taken = length - before - SUFFIX_LENGTH;
	if (taken >= UNIT_NAME_SIZE)
		return false;
	memcpy(unit, name + before, taken);
	unit[taken] = '\0';
	return unit_name_is_clean(unit);
}

void tmp_places_done(struct tmp_places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		free(places->all[i].unit);
		free(places->all[i].path);
	}
	free(places->all);
	*places = (struct tmp_places){0};
}

/* Takes the path. */
static int add(struct tmp_places *places, const char *unit, const char *top, char *path,
	       const struct stat *st)
{
	char *unit_copy = unit ? strdup(unit) : NULL;
	struct tmp_place *grown =
		reallocarray(places->all, places->count + 1, sizeof(*places->all));

	if (grown)
		places->all = grown;
	if (!grown || (unit && !unit_copy)) {
		free(unit_copy);
		free(path);
		return -ENOMEM;
	}
	grown[places->count++] = (struct tmp_place){unit_copy, top, path, st->st_dev, st->st_ino};
	return 0;
}

/* Opens a directory if it belongs to that user. Returns an fd, or a negative errno. */
static int open_of(int parent, const char *name, uid_t owner, struct stat *st)
{
	_cleanup_close_ int fd =
		openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fstat(fd, st) < 0)
		return -errno;
	return st->st_uid == owner ? STEAL_FD(fd) : -EPERM;
}

/* Adds the private directory of that name below the host's place. */
static int add_private(struct tmp_places *places, const struct tmp_place *host, int host_fd,
		       uid_t owner, const char *name, const char *unit)
{
	_cleanup_close_ int outer = -1, inner = -1;
	const char *top = host->top;
	struct stat st;
	char *path;

	outer = open_of(host_fd, name, owner, &st);
	if (outer < 0)
		return 0;
	inner = open_of(outer, "tmp", owner, &st);
	if (inner == -EACCES)
		places->unread++;
	if (inner < 0)
		return 0;
	if (places->count == PLACES_MAX) {
		places->is_partial = true;
		return 0;
	}
	if (asprintf(&path, "%s/%s/tmp", host->path, name) < 0)
		return -ENOMEM;
	return add(places, unit, top, path, &st);
}

static int read_privates(struct tmp_places *places, size_t host, DIR *dir, uid_t owner)
{
	const struct dirent *entry;
	size_t left = ENTRIES_MAX;
	int r = 0;

	while (r == 0 && (entry = readdir(dir))) {
		char unit[UNIT_NAME_SIZE];

		if (!left--) {
			places->is_partial = true;
			break;
		}
		if (private_tmp_unit(entry->d_name, unit)) {
			/* a copy: the list moves when it grows */
			const struct tmp_place place = places->all[host];

			r = add_private(places, &place, dirfd(dir), owner, entry->d_name, unit);
		}
	}
	return r;
}

static bool is_there(const struct tmp_places *places, const struct stat *st)
{
	for (size_t i = 0; i < places->count; i++)
		if (places->all[i].dev == st->st_dev && places->all[i].ino == st->st_ino)
			return true;
	return false;
}

static int read_top(struct tmp_places *places, const char *root, const char *top)
{
	_cleanup_free_ char *name = NULL;
	_cleanup_closedir_ DIR *dir = NULL;
	size_t host = places->count;
	struct stat st;
	char *path;
	int r;

	if (asprintf(&name, "%s%s", root ? root : "", top) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	path = realpath(name, NULL);
	dir = path ? opendir(path) : NULL;
	/* one may be a link to the other */
	if (!dir || fstat(dirfd(dir), &st) < 0 || is_there(places, &st)) {
		free(path);
		return 0;
	}
	r = add(places, NULL, top, path, &st);
	return r < 0 ? r : read_privates(places, host, dir, st.st_uid);
}

int tmp_places_read(struct tmp_places *places, const char *root)
{
	int r;

	*places = (struct tmp_places){0};
	r = read_top(places, root, "/tmp");
	if (r == 0)
		r = read_top(places, root, "/var/tmp");
	if (r < 0)
		tmp_places_done(places);
	return r;
}

const struct tmp_place *tmp_places_find(const struct tmp_places *places, const char *path,
					const char **rest)
{
	const struct tmp_place *found = NULL;
	size_t longest = 0;

	/* a private one lies in the host's own */
	for (size_t i = 0; i < places->count; i++) {
		size_t length = strlen(places->all[i].path);

		if (length > longest && !strncmp(path, places->all[i].path, length) &&
		    path[length] == '/' && path[length + 1]) {
			found = &places->all[i];
			longest = length;
			*rest = path + length + 1;
		}
	}
	return found;
}

int tmp_place_stat(const struct tmp_place *place, const char *rest, struct stat *st)
{
	_cleanup_close_ int dir = open(place->path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char element[NAME_MAX + 1];

	while (dir >= 0) {
		size_t length = strcspn(rest, "/");
		int next;

		if (length > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(element, rest, length);
		element[length] = '\0';
		/* what leads out of the directory is no file of it */
		if (!*element || !strcmp(element, ".") || !strcmp(element, ".."))
			return -ENOENT;
		if (!rest[length]) {
			if (fstatat(dir, element, st, AT_SYMLINK_NOFOLLOW) < 0)
				return -errno;
			return S_ISLNK(st->st_mode) ? -ELOOP : 0;
		}
		rest += length + 1;
		next = openat(dir, element, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0)
			return -errno;
		close(dir);
		dir = next;
	}
	return -errno;
}

void tmp_place_each(const struct tmp_place *place,
		    void (*fn)(const char *name, const struct stat *st, void *data), void *data)
{
	int fd = open(place->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_closedir_ DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	size_t left = FILES_MAX;

	while (dir && left-- && (entry = readdir(dir))) {
		const char *name = strcmp(entry->d_name, ".") ? entry->d_name : "";
		struct stat st;

		if (strcmp(name, "..") != 0 &&
		    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			fn(name, &st, data);
	}
}
