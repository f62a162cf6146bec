/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcclean: removes what users and services left behind. See ipcclean(8) for what it promises and
 * DESIGN.md for the stages. This file sets the process up, reads configuration and catalogue, and
 * hands over to the command; a broken configuration ends here, with nothing done (rule 6).
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "commands.h"
#include "doctor.h"
#include "enable.h"
#include "program.h"
#include "say.h"

/* Past the deadline by this much, something hangs that we can't interrupt (NSS, a mount). */
#define WATCHDOG_GRACE_S 3

static void give_up(int sig)
{
	static const char text[] =
		"ipcclean: deadline: something hangs; what is not removed yet is "
		"left for the next run\n";

	(void)sig;
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(EXIT_FAILED);
}

static void start_watchdog(uint64_t deadline_ns)
{
	struct sigaction action = {.sa_handler = give_up};
	struct itimerval timer = {0};
	sigset_t alarm_only;

	timer.it_value.tv_sec = (time_t)(deadline_ns / NS_PER_S) + WATCHDOG_GRACE_S;
	sigaction(SIGALRM, &action, NULL);
	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &alarm_only, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void say_parse_error(const struct parse_error *error, int r)
{
	_cleanup_free_ char *text = parse_error_text(error, r);

	say_error("%s; nothing is removed", text ? text : strerror(ENOMEM));
}

static int run_command(const struct command_context *context)
{
	const struct options *options = context->options;
	const struct enable_options switches = {.all_of_user = options->all_of_user,
						.is_quiet = options->is_quiet,
						.min_uid = context->config->min_uid};

	switch (options->command) {
	case COMMAND_USER:
		return command_user(context);
	case COMMAND_SERVICE:
		return command_service(context);
	case COMMAND_ORPHANS:
		return command_orphans(context);
	case COMMAND_BASELINE:
		return command_baseline(context);
	case COMMAND_ENABLE:
		return enable_units(options->operands, options->operand_count, &switches);
	case COMMAND_DISABLE:
		return disable_units(options->operands, options->operand_count, &switches);
	case COMMAND_DOCTOR:
		return doctor(options);
	}
	return EXIT_USAGE;
}

static int run(const struct options *options)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	_cleanup_(patterns_freep) struct patterns *patterns = NULL;
	_cleanup_(config_done) struct config config = {0};
	struct command_context context = {options, &config, NULL, 0};
	int r;

	/* says itself what is wrong with the configuration */
	if (options->command == COMMAND_DOCTOR)
		return run_command(&context);
	r = config_load(&config, options->config_file, NULL, &error);
	if (r == 0)
		r = patterns_load(&patterns, NULL, &error);
	if (r < 0) {
		say_parse_error(&error, r);
		return EXIT_USAGE;
	}
	if (options_apply(options, &config) < 0) {
		say_error("%s", strerror(ENOMEM));
		return EXIT_FAILED;
	}
	context.patterns = patterns;
	context.deadline_ns = clock_now_ns() + config.deadline_ns;
	/*
	 * enable and disable have the manager's time-outs only: it may take long over its unit
	 * files
	 */
	if (options->command != COMMAND_ENABLE && options->command != COMMAND_DISABLE)
		start_watchdog(config.deadline_ns + options->retry_ns);
	return run_command(&context);
}

int main(int argc, char **argv)
{
	_cleanup_(options_done) struct options options = {0};

	if (program_start() < 0)
		return EXIT_FAILED;
	switch (options_parse(&options, argc, argv)) {
	case OPTIONS_RUN:
		return run(&options);
	case OPTIONS_DONE:
		return EXIT_DONE;
	case OPTIONS_USAGE:
		return EXIT_USAGE;
	}
	return EXIT_USAGE;
}
