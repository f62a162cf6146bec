/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which file sets a sysctl? What systemd-sysctl(8) does at boot, from sysctl.d(5): files *.conf of
 * /etc/sysctl.d, /run/sysctl.d, /usr/local/lib/sysctl.d, /usr/lib/sysctl.d and /lib/sysctl.d by
 * name over all directories, one of a former directory in the place of one of the same name in a
 * later one, links to /dev/null as masks; the last assignment wins; one by a glob counts only where
 * no line names the sysctl itself. /etc/sysctl.conf belongs to procps' sysctl --system alone, last,
 * unless 99-sysctl.conf links to it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "patterns.h"

struct sysctl_line {
	char *name; /* with dots, as the kernel calls it; or a glob; owned */
	/* as written, without blanks around; NULL: "-name" alone, which takes back what was
	 * assigned before and excludes the sysctl from globs; owned */
	char *value;
	const char *file;
	unsigned line;
	bool is_glob;
	bool is_forgiving;   /* "-name = value": an error is ignored */
	bool is_procps_only; /* of /etc/sysctl.conf that no link in sysctl.d leads to */
};

struct sysctl_files {
	struct sysctl_line *lines; /* in the order in which they are applied */
	size_t count;
	char **files; /* owned; lines point into it */
	size_t file_count;
};

/*
 * Reads them all below root ("" for the host's own). Lines that are no assignment are left out, as
 * systemd does; a file that can't be read, of more than 1 MiB or 10,000 lines is an error. Returns
 * 0 and files for sysctl_files_done(), or a negative errno with *error filled.
 */
int sysctl_files_read(struct sysctl_files *files, const char *root, struct parse_error *error);
void sysctl_files_done(struct sysctl_files *files);

/*
 * The line that decides on a sysctl's value at boot, leaving out a file of this base name (NULL:
 * none); NULL where no file sets it. Names have dots. procps' lines decide nothing.
 */
const struct sysctl_line *sysctl_files_winner(const struct sysctl_files *files, const char *name,
					      const char *except);

/*
 * The next line after `after` (NULL: the first) that would set it, winner or loser, procps'
 * included; NULL: no more.
 */
const struct sysctl_line *sysctl_files_next(const struct sysctl_files *files, const char *name,
					    const struct sysctl_line *after);

/*
 * The line that would have the last word where a file of this base name names the sysctl, be it
 * there yet or not: a later assignment, or one taken back (value NULL); or, where nothing of
 * sysctl.d does, procps' /etc/sysctl.conf. NULL: none.
 */
const struct sysctl_line *sysctl_files_override(const struct sysctl_files *files, const char *name,
						const char *base);

/* The last line of the file of this base name that sets it, whoever wins; NULL for none. */
const struct sysctl_line *sysctl_files_ours(const struct sysctl_files *files, const char *name,
					    const char *base);
