/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which line wins? systemd-sysctl (252, src/sysctl/sysctl.c) keeps assignments in the order of
 * their keys' first appearance: a key that is assigned another value, or is excluded, moves to the
 * end, one that is assigned the same value again stays where it was. Then each is written: keys
 * without a glob as they are, globs to all that match and have no key of their own. So among globs
 * it is the place that decides, and it is not always the last line's.
 */
#include "sysctl_files.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "dropins.h"
#include "settings.h"
#include "sysctl_line.h"
#include "textfile.h"

#define PROCPS_FILE "/etc/sysctl.conf"

/* As dropins_list() wants them: the strongest last. */
static const char *const directories[] = {
	"/lib/sysctl.d", "/usr/lib/sysctl.d", "/usr/local/lib/sysctl.d",
	"/run/sysctl.d", "/etc/sysctl.d",
};
#define DIRECTORY_COUNT (sizeof(directories) / sizeof(directories[0]))

void sysctl_files_done(struct sysctl_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->lines[i].name);
		free(files->lines[i].value);
	}
	for (size_t i = 0; i < files->file_count; i++)
		free(files->files[i]);
	free(files->lines);
	free(files->files);
	*files = (struct sysctl_files){0};
}

static const char *problem(int r)
{
	switch (r) {
	case -EINVAL:
		return "not a regular file";
	case -EFBIG:
		return "larger than 1 MiB";
	case -E2BIG:
		return "more than 10000 lines";
	default:
		return strerror(-r);
	}
}

static int read_file(struct sysctl_files *files, const char *file, bool is_procps_only,
		     struct parse_error *error)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int r;

	if (dropins_is_mask(file))
		return 0;
	r = textfile_read_bytes(file, SYSCTL_FILE_MAX, &text, &size);
	/* a link that leads nowhere; or removed just now */
	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = sysctl_lines_add(files, file, is_procps_only, text, size);
	return r < 0 ? settings_fail(error, r, file, 0, "%s", problem(r)) : 0;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat st_a, st_b;

	return stat(a, &st_a) == 0 && stat(b, &st_b) == 0 && st_a.st_dev == st_b.st_dev &&
	       st_a.st_ino == st_b.st_ino;
}

/* Reads what is listed, and then procps' own, the last of the list. */
static int read_listed(struct sysctl_files *files, struct parse_error *error)
{
	const char *procps = files->files[files->file_count - 1];
	bool is_linked = false;

	for (size_t i = 0; i < files->file_count - 1; i++) {
		int r = read_file(files, files->files[i], false, error);

		if (r < 0)
			return r;
		is_linked = is_linked || is_same_file(files->files[i], procps);
	}
	return is_linked ? 0 : read_file(files, procps, true, error);
}

/* Takes the paths over, with procps' file behind them. */
static int take_paths(struct sysctl_files *files, struct dropins *dropins, const char *root)
{
	char **grown = reallocarray(dropins->paths, dropins->count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	dropins->paths = grown;
	if (asprintf(&grown[dropins->count], "%s" PROCPS_FILE, root) < 0)
		return -ENOMEM;
	files->files = grown;
	files->file_count = dropins->count + 1;
	*dropins = (struct dropins){0};
	return 0;
}

static void free_each(char *(*list)[DIRECTORY_COUNT + 1])
{
	for (size_t i = 0; i < DIRECTORY_COUNT; i++)
		free((*list)[i]);
}

int sysctl_files_read(struct sysctl_files *files, const char *root, struct parse_error *error)
{
	_cleanup_(free_each) char *paths[DIRECTORY_COUNT + 1] = {0};
	_cleanup_(dropins_done) struct dropins dropins = {0};
	const char *dirs[DIRECTORY_COUNT + 1] = {0};
	int r;

	*files = (struct sysctl_files){0};
	for (size_t i = 0; i < DIRECTORY_COUNT; i++) {
		if (asprintf(&paths[i], "%s%s", root, directories[i]) < 0) {
			paths[i] = NULL;
			return -ENOMEM;
		}
		dirs[i] = paths[i];
	}
	r = dropins_list(&dropins, dirs, error);
	if (r == 0)
		r = take_paths(files, &dropins, root);
	if (r == 0)
		r = read_listed(files, error);
	if (r < 0)
		sysctl_files_done(files);
	return r;
}

static const char *base_name(const struct sysctl_line *line)
{
	return strrchr(line->file, '/') + 1;
}

/* Whether systemd-sysctl would read it, were the file of that name not there. */
static bool counts(const struct sysctl_line *line, const char *except)
{
	return !line->is_procps_only && !(except && !strcmp(base_name(line), except));
}

/* As glob(3) below /proc/sys: part by part, for not even brackets may hold a slash. */
static bool glob_matches(const char *glob, const char *name)
{
	_cleanup_free_ char *patterns = strdup(glob), *path = strdup(name);
	char *patterns_left = patterns, *path_left = path;

	if (!patterns || !path)
		return false;
	sysctl_swap_separators(patterns);
	sysctl_swap_separators(path);
	while (patterns_left && path_left) {
		const char *pattern = strsep(&patterns_left, "/");
		const char *part = strsep(&path_left, "/");

		if (fnmatch(pattern, part, FNM_PERIOD))
			return false;
	}
	return !patterns_left && !path_left;
}

static bool is_same_value(const struct sysctl_line *a, const struct sysctl_line *b)
{
	return a->value && b->value ? !strcmp(a->value, b->value) : a->value == b->value;
}

/* The last line of that key among those before `end`, or NULL. */
static const struct sysctl_line *last_before(const struct sysctl_files *files, const char *key,
					     const char *except, const struct sysctl_line *end)
{
	while (end-- > files->lines)
		if (counts(end, except) && !strcmp(end->name, key))
			return end;
	return NULL;
}

/* Where the key of its last line stands: at the first line in a row that gave it this value. */
static const struct sysctl_line *place_of(const struct sysctl_files *files,
					  const struct sysctl_line *last, const char *except)
{
	const struct sysctl_line *place = last, *former;

	while ((former = last_before(files, last->name, except, place)) &&
	       is_same_value(former, last))
		place = former;
	return place;
}

static const struct sysctl_line *winning_glob(const struct sysctl_files *files, const char *name,
					      const char *except)
{
	const struct sysctl_line *end = files->lines + files->count, *winner = NULL,
				 *highest = NULL;

	for (const struct sysctl_line *line = files->lines; line < end; line++) {
		const struct sysctl_line *place;

		if (!line->is_glob || !line->value || !counts(line, except) ||
		    !glob_matches(line->name, name) ||
		    last_before(files, line->name, except, end) != line)
			continue;
		place = place_of(files, line, except);
		if (!winner || place > highest) {
			winner = line;
			highest = place;
		}
	}
	return winner;
}

const struct sysctl_line *sysctl_files_winner(const struct sysctl_files *files, const char *name,
					      const char *except)
{
	const struct sysctl_line *own;

	if (!files->count)
		return NULL;
	own = last_before(files, name, except, files->lines + files->count);
	if (own)
		return own->value ? own : NULL;
	return winning_glob(files, name, except);
}

const struct sysctl_line *sysctl_files_next(const struct sysctl_files *files, const char *name,
					    const struct sysctl_line *after)
{
	const struct sysctl_line *end = files->lines + files->count;

	for (const struct sysctl_line *line = after ? after + 1 : files->lines; line < end; line++)
		if (line->value &&
		    (line->is_glob ? glob_matches(line->name, name) : !strcmp(line->name, name)))
			return line;
	return NULL;
}

const struct sysctl_line *sysctl_files_override(const struct sysctl_files *files, const char *name,
						const char *base)
{
	const struct sysctl_line *last = NULL, *procps = NULL;

	for (size_t i = 0; i < files->count; i++) {
		const struct sysctl_line *line = &files->lines[i];

		if (strcmp(line->name, name))
			continue;
		if (line->is_procps_only)
			procps = line->value ? line : NULL;
		else if (strcmp(base_name(line), base) > 0)
			last = line;
	}
	return last ? last : procps;
}

const struct sysctl_line *sysctl_files_ours(const struct sysctl_files *files, const char *name,
					    const char *base)
{
	const struct sysctl_line *line = NULL, *ours = NULL;

	while ((line = sysctl_files_next(files, name, line)))
		if (!strcmp(base_name(line), base))
			ours = line;
	return ours;
}
