/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcharden: what IPC a service really uses, and the drop-in that takes the rest away. See
 * ipcharden(8). This file sets the process up and hands over to the command.
 */
#include <sys/stat.h>

#include "commands.h"
#include "program.h"

static int run(const struct options *options)
{
	switch (options->command) {
	case COMMAND_REPORT:
		return command_report(options);
	case COMMAND_OBSERVE:
		return command_observe(options);
	case COMMAND_PROPOSE:
		return command_propose(options);
	case COMMAND_TRY:
		return command_try(options);
	case COMMAND_APPLY:
		return command_apply(options);
	case COMMAND_REVERT:
		return command_revert(options);
	case COMMAND_DIFF:
		return command_diff(options);
	case COMMAND_HOST:
		return command_host(options);
	case COMMAND_COUNT_:
		break;
	}
	return EXIT_ERROR;
}

int main(int argc, char **argv)
{
	struct options options;

	if (program_start() < 0)
		return EXIT_ERROR;
	umask(022);
	switch (options_parse(&options, argc, argv)) {
	case OPTIONS_RUN:
		return run(&options);
	case OPTIONS_DONE:
		return EXIT_FINE;
	case OPTIONS_USAGE:
		return EXIT_ERROR;
	}
	return EXIT_ERROR;
}
