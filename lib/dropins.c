/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which files are in force? As systemd reads drop-ins (systemd.unit(5)): sorted by file name
 * whatever their directory, a later directory's file instead of an earlier one's of the same name,
 * a link to /dev/null (or an empty file, which says nothing) for none.
 */
#include "dropins.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "cleanup.h"
#include "settings.h"

static const char *base_name(const char *path)
{
	return strrchr(path, '/') + 1;
}

void dropins_done(struct dropins *dropins)
{
	for (size_t i = 0; i < dropins->count; i++)
		free(dropins->paths[i]);
	free(dropins->paths);
	*dropins = (struct dropins){0};
}

/* Adds a path, in the place of one with the same file name. Takes the path. */
static int add(struct dropins *dropins, char *path)
{
	char **grown;

	for (size_t i = 0; i < dropins->count; i++)
		if (!strcmp(base_name(dropins->paths[i]), base_name(path))) {
			free(dropins->paths[i]);
			dropins->paths[i] = path;
			return 0;
		}
	grown = reallocarray(dropins->paths, dropins->count + 1, sizeof(*grown));
	if (!grown) {
		free(path);
		return -ENOMEM;
	}
	dropins->paths = grown;
	grown[dropins->count++] = path;
	return 0;
}

static bool is_conf(const char *name)
{
	size_t length = strlen(name);

	return name[0] != '.' && length > 5 && !strcmp(name + length - 5, ".conf");
}

static int list_directory(struct dropins *dropins, const char *path, struct parse_error *error)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	const struct dirent *entry;

	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return settings_fail(error, -errno, path, 0, "%s", strerror(errno));
	while ((errno = 0, entry = readdir(dir))) {
		char *file;

		if (!is_conf(entry->d_name))
			continue;
		if (asprintf(&file, "%s/%s", path, entry->d_name) < 0 || add(dropins, file) < 0)
			return -ENOMEM;
	}
	return errno ? settings_fail(error, -errno, path, 0, "%s", strerror(errno)) : 0;
}

static int by_base_name(const void *a, const void *b)
{
	return strcmp(base_name(*(char *const *)a), base_name(*(char *const *)b));
}

int dropins_list(struct dropins *dropins, const char *const *dirs, struct parse_error *error)
{
	int r = 0;

	for (size_t i = 0; dirs[i] && r == 0; i++)
		r = list_directory(dropins, dirs[i], error);
	if (r == 0 && dropins->count)
		qsort(dropins->paths, dropins->count, sizeof(*dropins->paths), by_base_name);
	return r;
}

bool dropins_is_mask(const char *file)
{
	struct stat st;

	/* null's numbers: Documentation/admin-guide/devices.txt */
	return stat(file, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}
