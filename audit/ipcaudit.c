/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcaudit: what IPC objects there are, whose they are, and what is wrong with them. See ipcaudit(8).
 * This file sets the process up, reads configuration and catalogue, and hands over to the command.
 */
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "everywhere.h"
#include "program.h"
#include "say.h"

static int run_here(const struct command_context *context)
{
	switch (context->options->command) {
	case COMMAND_LIST:
		return command_list(context);
	case COMMAND_SHOW:
		return command_show(context);
	case COMMAND_REPORT:
	case COMMAND_ORPHANS:
	case COMMAND_PERMISSIONS:
	case COMMAND_DEADLOCKS:
	case COMMAND_BACKLOG:
		return command_report(context);
	case COMMAND_LIMITS:
		return command_limits(context);
	case COMMAND_NAMESPACES:
		return command_namespaces(context);
	case COMMAND_CHECK:
		return command_check(context);
	case COMMAND_METRICS:
		return command_metrics(context);
	case COMMAND_WHY:
		return command_why(context);
	case COMMAND_WATCH:
		return command_watch(context);
	case COMMAND_FIX_MODE:
	case COMMAND_CHOWN:
		return command_change(context);
	case COMMAND_COUNT_:
		break;
	}
	return EXIT_ERROR;
}

static int run_command(const struct command_context *context)
{
	if (context->options->is_everywhere)
		return run_everywhere(context, run_here);
	if (context->options->namespace_of)
		return run_in_namespace_of(context, context->options->namespace_of, run_here);
	return run_here(context);
}

static int run(const struct options *options)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	_cleanup_(patterns_freep) struct patterns *patterns = NULL;
	_cleanup_(config_done) struct config config = {0};
	struct command_context context = {.options = options, .config = &config, .shm_fd = -1};
	int r = config_load(&config, options->config_file, NULL, &error);

	if (r == 0)
		r = patterns_load(&patterns, NULL, &error);
	if (r < 0) {
		_cleanup_free_ char *text = parse_error_text(&error, r);

		say_error("%s", text ? text : strerror(ENOMEM));
		return EXIT_ERROR;
	}
	if (options->threshold)
		config.limit_threshold = options->threshold;
	context.patterns = patterns;
	return run_command(&context);
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
