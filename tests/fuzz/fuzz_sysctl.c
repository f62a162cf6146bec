/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two files of sysctl.d, split at the first "%": whatever they hold, a winner is one of the lines
 * that would set it, and is found where the other file is left out as well.
 */
#include <string.h>

#include "fuzz.h"
#include "sysctl_files.h"

static void write_file(const char *dir, const char *name, const uint8_t *data, size_t size)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/etc/sysctl.d/%s", dir, name);
	fuzz_write(path, data, size);
}

static void make_dirs(const char *dir)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/etc", dir);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/etc/sysctl.d", dir);
	mkdir(path, 0755);
}

static void ask(const struct sysctl_files *files, const char *name)
{
	const struct sysctl_line *winner = sysctl_files_winner(files, name, NULL), *line = NULL;

	while (winner && (line = sysctl_files_next(files, name, line)) != winner)
		if (!line)
			abort();
	winner = sysctl_files_winner(files, name, "b.conf");
	if (winner && !strstr(winner->file, "/a.conf"))
		abort();
	sysctl_files_override(files, name, "a.conf");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *split = size ? memchr(data, '%', size) : NULL;
	size_t first = split ? (size_t)(split - data) : size;
	struct parse_error error = {0};
	struct sysctl_files files;

	make_dirs(fuzz_dir());
	write_file(fuzz_dir(), "a.conf", data, first);
	write_file(fuzz_dir(), "b.conf", data + first, size - first);
	if (sysctl_files_read(&files, fuzz_dir(), &error) == 0) {
		ask(&files, "kernel.shmmni");
		ask(&files, "kernel.sem");
		sysctl_files_done(&files);
	} else if (!error.file || !error.what)
		abort();
	parse_error_done(&error);
	return 0;
}
