/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcavc: SELinux denials on IPC objects, explained down to the object. See ipcavc(8). Logs are read
 * once (once.c), or denials are told as they come (stream.c).
 */
#include "once.h"
#include "options.h"
#include "program.h"
#include "stream.h"

enum exit_status {
	EXIT_NONE = 0,
	EXIT_DENIALS = 1,
	EXIT_ERROR = 2,
};

int main(int argc, char **argv)
{
	struct options options;
	struct run run = {.options = &options};
	int r;

	if (program_start() < 0)
		return EXIT_ERROR;
	switch (options_parse(&options, argc, argv)) {
	case OPTIONS_DONE:
		return EXIT_NONE;
	case OPTIONS_USAGE:
		return EXIT_ERROR;
	case OPTIONS_RUN:
		break;
	}
	r = options.is_following ? stream_run(&run) : once_run(&run);
	run_forget_live(&run);
	return r < 0 ? EXIT_ERROR : run.denials ? EXIT_DENIALS : EXIT_NONE;
}
