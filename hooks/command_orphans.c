/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `ipcclean orphans`: host-wide, for whatever no logout and no stop has cleaned. */
#include <unistd.h>

#include "cleanup_run.h"
#include "clock.h"
#include "commands.h"

/* What was used within the last hour may belong to something that is just being set up. */
#define DEFAULT_MIN_AGE_NS (3600 * NS_PER_S)

int command_orphans(const struct command_context *context)
{
	struct config config = *context->config;
	const struct cleanup_run run = {
		.options = context->options,
		.config = &config,
		.patterns = context->patterns,
		.deadline_ns = context->deadline_ns,
		.command = POLICY_ORPHANS,
		.is_dry_run = context->options->is_dry_run || !context->options->is_yes,
	};

	if (!config.min_age_is_set)
		config.min_age_ns = DEFAULT_MIN_AGE_NS;
	return cleanup_run(&run);
}
