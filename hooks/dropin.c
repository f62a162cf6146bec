/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How does a unit's stop come to run ipcclean? By a drop-in (systemd.unit(5)) with an ExecStopPost=
 * line: "+" runs it as root, outside of the unit's sandbox, "-" keeps its failure from being the
 * unit's. A file that doesn't open with our header is somebody else's and stays; no link is
 * followed below the unit directory.
 */
#include "dropin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "procs.h"
#include "textfile.h"

#define HEADER "# Written by ipcclean enable; undone by: ipcclean disable "
#define TEMPORARY_NAME ".50-ipcguard.conf.new"
#define PATH_SIZE 4096
#define FILE_SIZE_MAX (64 * 1024)

/* systemd.unit(5), the system's unit load path */
static const char *const unit_dirs[] = {
	"/etc/systemd/system.control",	"/run/systemd/system.control",	 "/run/systemd/transient",
	"/run/systemd/generator.early", "/etc/systemd/system",		 "/run/systemd/system",
	"/run/systemd/generator",	"/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
	"/lib/systemd/system",		"/run/systemd/generator.late",
};

static int open_unit_dir(const char *root)
{
	char path[PATH_SIZE];
	int fd;

	if ((size_t)snprintf(path, sizeof(path), "%s" DROPIN_DIR, root ? root : "") >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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
static int is_ours(int dir)
{
	char text[sizeof(HEADER)] = "";
	_cleanup_close_ int fd =
		openat(dir, DROPIN_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? 0 : errno == ELOOP ? -EEXIST : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || read(fd, text, sizeof(text) - 1) < 0)
		return -EEXIST;
	return strcmp(text, HEADER) ? -EEXIST : 1;
}

static int print_text(FILE *f, const char *unit, bool with_baseline)
{
	fprintf(f, HEADER "%s\n", unit);
	fputs("# When the unit has stopped, the IPC objects it left are removed, see ipcclean(8).\n"
	      "[Service]\n",
	      f);
	if (with_baseline)
		fputs("# others share its user: note what is there before it starts\n"
		      "ExecStartPre=-+" BINDIR "/ipcclean baseline %n\n",
		      f);
	fputs("ExecStopPost=-+" BINDIR "/ipcclean service -q %n\n", f);
	return fflush(f) != 0 || ferror(f) ? -ENOMEM : 0;
}

static int write_in_dir(int dir, const char *unit, bool with_baseline)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_fclose_ FILE *f = NULL;
	size_t size = 0;
	int r = is_ours(dir);

	if (r < 0)
		return r;
	f = open_memstream(&text, &size);
	r = f ? print_text(f, unit, with_baseline) : -ENOMEM;
	/* every user may read what runs */
	return r < 0 ? r : textfile_replace(dir, DROPIN_NAME, TEMPORARY_NAME, 0644, text, size);
}

int dropin_write(const char *root, const char *unit, bool with_baseline)
{
	_cleanup_close_ int unit_dir = open_unit_dir(root), dir = -1;
	char name[UNIT_NAME_SIZE];
	int r = name_dropin_dir(unit, name);

	if (unit_dir < 0 || r < 0)
		return unit_dir < 0 ? unit_dir : r;
	if (mkdirat(unit_dir, name, 0755) < 0 && errno != EEXIST)
		return -errno;
	dir = open_dropin_dir(unit_dir, name);
	r = dir < 0 ? dir : write_in_dir(dir, unit, with_baseline);
	/* succeeds only for a directory that we made, or that was of no use */
	if (r < 0)
		unlinkat(unit_dir, name, AT_REMOVEDIR);
	return r;
}

int dropin_remove(const char *root, const char *unit)
{
	_cleanup_close_ int unit_dir = open_unit_dir(root), dir = -1;
	char name[UNIT_NAME_SIZE];
	int r = name_dropin_dir(unit, name);

	if (unit_dir < 0 || r < 0)
		return unit_dir == -ENOENT ? 0 : unit_dir < 0 ? unit_dir : r;
	dir = open_dropin_dir(unit_dir, name);
	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	r = is_ours(dir);
	if (r <= 0)
		return r;
	if (unlinkat(dir, DROPIN_NAME, 0) < 0)
		return -errno;
	unlinkat(unit_dir, name, AT_REMOVEDIR);
	return 1;
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
