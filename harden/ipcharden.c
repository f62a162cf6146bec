/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcharden: what IPC a service really uses, and the drop-in that takes the rest away. See
 * ipcharden(8). This file sets the process up and hands over to the command.
 */
#include "commands.h"
#include "program.h"

static int run(const struct options *options)
{
	switch (options->command) {
	case COMMAND_REPORT:
		return command_report(options);
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
