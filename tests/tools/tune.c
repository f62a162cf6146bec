/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What ipctune's parts do, asked one by one:
 *
 *   tune winner NAME      which line of sysctl.d decides, and its value; "-" for none
 */
#include "sysctl_files.h"
#include "tool.h"

static int winner(const char *name)
{
	struct parse_error error = {0};
	const struct sysctl_line *line;
	struct sysctl_files files;

	check(sysctl_files_read(&files, "", &error) == 0, error.what);
	line = sysctl_files_winner(&files, name, NULL);
	if (line)
		printf("%s:%u %s\n", line->file, line->line, line->value);
	else
		puts("-");
	sysctl_files_done(&files);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "winner"))
		return winner(argv[2]);
	check(0, "usage");
}
