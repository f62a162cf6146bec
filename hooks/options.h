/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of ipcclean: read once, checked as a whole, nothing done yet. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "config.h"

enum command {
	COMMAND_USER,
	COMMAND_SERVICE,
	COMMAND_ORPHANS,
	COMMAND_BASELINE,
	COMMAND_ENABLE,
	COMMAND_DISABLE,
	COMMAND_DOCTOR,
};

/* What the command line sets over the configuration; config is filled by options_apply(). */
struct options {
	enum command command;
	char *const *operands;
	size_t operand_count;

	bool is_dry_run, is_alone, is_quiet, is_verbose, is_json, is_syslog, is_yes;
	const char *config_file; /* --config=, NULL for the default files */
	const char *all_of_user; /* --all-of-user=, NULL if not given */
	bool has_uid;
	uid_t uid; /* --uid= */

	bool has_wipe, has_kinds, has_min_age, has_min_uid, has_deadline;
	enum wipe_mode wipe;
	unsigned kinds;
	uid_t min_uid;
	uint64_t min_age_ns, deadline_ns;
	uint64_t retry_ns;		      /* 0: not at all */
	size_t callers_max;		      /* of struct procs */
	const char **keep_keys, **keep_names; /* checked; each as long as its count says */
	size_t keep_key_count, keep_name_count;
};

/* What main does after options_parse(). */
enum options_next {
	OPTIONS_RUN,
	OPTIONS_DONE,  /* --help or --version was printed: exit 0 */
	OPTIONS_USAGE, /* the error was printed: exit 2 */
};

enum options_next options_parse(struct options *options, int argc, char **argv);
void options_done(struct options *options);

/* Lays the command line over the configuration. Returns 0 or -ENOMEM. */
int options_apply(const struct options *options, struct config *config);

const char *command_name(enum command command);
