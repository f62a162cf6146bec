/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ipctune's command line. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum command {
	COMMAND_RECORD,
	COMMAND_RECOMMEND,
	COMMAND_EXPLAIN,
	COMMAND_CHECK,
	COMMAND_APPLY,
	COMMAND_REVERT,
	COMMAND_HISTORY,
	COMMAND_COUNT_
};

enum output_format {
	FORMAT_TEXT,
	FORMAT_SYSCTL,
	FORMAT_DOCKER,
	FORMAT_PODMAN,
	FORMAT_KUBERNETES,
	FORMAT_ANSIBLE,
	FORMAT_TUNED,
};

struct options {
	enum command command;
	char **operands;
	size_t operand_count;
	const char **profiles; /* --for=, in their order */
	size_t profile_count;
	const char *from;     /* --from=; NULL: this host */
	const char *database; /* --database=, or the default */
	pid_t namespace_of;   /* 0: our own */
	uint64_t since_ns;    /* --since=: how far back; 0: all that is there */
	unsigned headroom;    /* percent, 0 to 1000 */
	enum output_format format;
	const char *svg; /* history */
	bool is_csv;
	bool is_json;
	bool is_dry_run;
	bool is_tightening;
	bool has_huge_pages;	  /* count segments of ordinary pages that would gain, too */
	bool is_listing_profiles; /* and nothing else is set */
};

enum options_next {
	OPTIONS_RUN,
	OPTIONS_DONE,  /* what was asked is printed */
	OPTIONS_USAGE, /* the mistake is said */
};

/* Reads the command line; options_done() in any case. */
enum options_next options_parse(struct options *options, int argc, char **argv);
void options_done(struct options *options);
const char *command_name(enum command command);
