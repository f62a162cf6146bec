/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands of ipcclean. Each takes what was read once and returns the exit status. */
#pragma once

#include "config.h"
#include "options.h"
#include "patterns.h"

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1, /* something that should have gone could not be removed */
	EXIT_USAGE = 2,	 /* usage or configuration error: nothing was done */
};

struct command_context {
	const struct options *options;
	const struct config *config;
	const struct patterns *patterns;
	uint64_t deadline_ns; /* on CLOCK_MONOTONIC */
};

int command_user(const struct command_context *context);
int command_service(const struct command_context *context);
int command_orphans(const struct command_context *context);
int command_baseline(const struct command_context *context);
