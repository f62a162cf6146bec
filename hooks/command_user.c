/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `ipcclean user`: a user's last session has ended, or so the caller thinks; the rules decide. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "await_gone.h"
#include "cleanup_run.h"
#include "clock.h"
#include "commands.h"
#include "program.h"
#include "removeipc.h"
#include "say.h"

int command_user(const struct command_context *context)
{
	const struct options *options = context->options;
	struct cleanup_run run = {
		.options = options,
		.config = context->config,
		.patterns = context->patterns,
		.deadline_ns = context->deadline_ns,
		.command = POLICY_USER,
		.has_target = true,
		.is_dry_run = options->is_dry_run,
	};
	int r = program_parse_user(options->operands[0], &run.target);

	if (r < 0) {
		say_error("%s: %s", options->operands[0],
			  r == -ENOENT ? "no such user" : strerror(-r));
		return EXIT_USAGE;
	}
	if (options->retry_ns) {
		await_gone(context->config, options, run.target);
		run.deadline_ns = clock_now_ns() + context->config->deadline_ns;
	}
	if (!options->is_quiet && access("/run/systemd/seats", F_OK) == 0 && removeipc_is_on(NULL))
		say_error("logind's RemoveIPC= is on: at logout logind removes what other "
			  "processes of the user still use; set RemoveIPC=no in logind.conf(5)");
	return cleanup_run(&run);
}
