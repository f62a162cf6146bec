/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One run of the way of the data: inventory, usage, policy, reap, report. `user`, `service` and
 * `orphans` differ only in whose objects they ask about.
 */
#pragma once

#include "config.h"
#include "options.h"
#include "patterns.h"
#include "policy.h"

struct cleanup_run {
	const struct options *options;
	const struct config *config;
	const struct patterns *patterns;
	uint64_t deadline_ns; /* on CLOCK_MONOTONIC */
	enum policy_command command;
	bool has_target; /* user and service: whose; orphans: everybody's, by their uid */
	uid_t target;
	const struct unit_facts *unit; /* service only */
	bool is_dry_run;
};

/* Does all of it and prints the report. Returns the exit status. */
int cleanup_run(const struct cleanup_run *run);
