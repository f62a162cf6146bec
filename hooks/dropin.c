/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How does a unit's stop come to run ipcclean? By a drop-in (systemd.unit(5)) with an ExecStopPost=
 * line: "+" runs it as root, outside of the unit's sandbox, "-" keeps its failure from being the
 * unit's.
 */
#include "dropin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "procs.h"
#include "text.h"
#include "textfile.h"
#include "unit_dropin.h"

#define HEADER "# Written by ipcclean enable; undone by: ipcclean disable "
#define PATH_SIZE 4096
#define FILE_SIZE_MAX (64 * 1024)

/* systemd.unit(5), the system's unit load path */
static const char *const unit_dirs[] = {
	"/etc/systemd/system.control",	"/run/systemd/system.control",	 "/run/systemd/transient",
	"/run/systemd/generator.early", "/etc/systemd/system",		 "/run/systemd/system",
	"/run/systemd/generator",	"/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
	"/lib/systemd/system",		"/run/systemd/generator.late",
};

/* The directory below root, in a buffer of PATH_SIZE. */
static int name_directory(const char *root, char path[PATH_SIZE])
{
	return snprintf(path, PATH_SIZE, "%s" DROPIN_DIR, root ? root : "") >= PATH_SIZE
		       ? -ENAMETOOLONG
		       : 0;
}

static void print_text(struct text *text, const char *unit, bool with_baseline)
{
	text_add_format(text, HEADER "%s\n", unit);
	text_add(text, "# When the unit has stopped, the IPC objects it left are removed, see "
		       "ipcclean(8).\n"
		       "[Service]\n");
	if (with_baseline)
		text_add(text, "# others share its user: note what is there before it starts\n"
			       "ExecStartPre=-+" BINDIR "/ipcclean baseline %n\n");
	text_add(text, "ExecStopPost=-+" BINDIR "/ipcclean service -q %n\n");
}

int dropin_write(const char *root, const char *unit, bool with_baseline)
{
	_cleanup_(text_done) struct text text = {0};
	char directory[PATH_SIZE];
	const struct unit_dropin dropin = {directory, DROPIN_NAME, HEADER};
	int r = name_directory(root, directory);

	print_text(&text, unit, with_baseline);
	if (text.failed)
		return -ENOMEM;
	return r < 0 ? r : unit_dropin_write(&dropin, unit, text.bytes, NULL);
}

int dropin_remove(const char *root, const char *unit)
{
	char directory[PATH_SIZE];
	const struct unit_dropin dropin = {directory, DROPIN_NAME, HEADER};
	int r = name_directory(root, directory);

	return r < 0 ? r : unit_dropin_remove(&dropin, unit);
}

static bool is_file_in(const char *root, const char *dir, const char *name)
{
	char path[PATH_SIZE], target[PATH_SIZE];
	struct stat st;
	ssize_t length;

	if ((size_t)snprintf(path, sizeof(path), "%s%s/%s", root ? root : "", dir, name) >=
	    sizeof(path))
		return false;
	if (lstat(path, &st) < 0)
		return false;
	if (!S_ISLNK(st.st_mode))
		return S_ISREG(st.st_mode);
	/* an alias counts, a mask (a link to /dev/null) doesn't */
	length = readlink(path, target, sizeof(target) - 1);
	target[length < 0 ? 0 : length] = '\0';
	return length > 0 && strcmp(target, "/dev/null");
}

bool dropin_unit_exists(const char *root, const char *unit)
{
	const char *at = strchr(unit, '@');
	char template[UNIT_NAME_SIZE] = "";

	if (at)
		snprintf(template, sizeof(template), "%.*s@.service", (int)(at - unit), unit);
	for (size_t i = 0; i < sizeof(unit_dirs) / sizeof(unit_dirs[0]); i++)
		if (is_file_in(root, unit_dirs[i], unit) ||
		    (at && is_file_in(root, unit_dirs[i], template)))
			return true;
	return false;
}

int dropin_find(const char *root, const char *unit, char **path)
{
	for (size_t i = 0; i < sizeof(unit_dirs) / sizeof(unit_dirs[0]); i++) {
		_cleanup_free_ char *file = NULL;
		struct stat st;

		if (asprintf(&file, "%s%s/%s.d/" DROPIN_NAME, root ? root : "", unit_dirs[i],
			     unit) < 0)
			return -ENOMEM;
		if (lstat(file, &st) < 0)
			continue;
		*path = STEAL_PTR(file);
		return 0;
	}
	return -ENOENT;
}

bool dropin_runs_ipcclean(const char *path)
{
	_cleanup_free_ char *text = NULL;
	char *rest, *line;

	if (textfile_read(path, FILE_SIZE_MAX, &text) < 0)
		return false;
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		line += strspn(line, " \t");
		if (!strncmp(line, "Exec", 4) && strstr(line, "/ipcclean "))
			return true;
	}
	return false;
}
