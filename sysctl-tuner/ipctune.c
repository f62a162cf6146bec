/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipctune: from what IPC a host uses to the limits it should have. See ipctune(8). This file sets the process
 * up and hands over to the command.
 */
#include "cleanup.h"
#include "commands.h"
#include "program.h"

static int run(const struct options *options)
{
	if (options->is_listing_profiles)
		return command_list_profiles();
	switch (options->command) {
	case COMMAND_RECORD:
		return command_record(options);
	case COMMAND_RECOMMEND:
		return command_recommend(options);
	case COMMAND_EXPLAIN:
		return command_explain(options);
	case COMMAND_CHECK:
		return command_check(options);
	case COMMAND_APPLY:
		return command_apply(options);
	case COMMAND_REVERT:
		return command_revert(options);
	case COMMAND_HISTORY:
		return command_history(options);
	case COMMAND_COUNT_:
		break;
	}
	return EXIT_ERROR;
}

int main(int argc, char **argv)
{
	_cleanup_(options_done) struct options options = {0};

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
