/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of ipcharden, as it was given. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum command {
	COMMAND_REPORT,
	COMMAND_OBSERVE,
	COMMAND_PROPOSE,
	COMMAND_TRY,
	COMMAND_APPLY,
	COMMAND_REVERT,
	COMMAND_DIFF,
	COMMAND_HOST,
	COMMAND_COUNT_
};

struct options {
	enum command command;
	char **operands; /* into argv */
	size_t operand_count;
	bool is_json, is_verbose;
	bool until_stopped; /* observe: as long as the unit runs */
	uint64_t for_ns;    /* observe: that long */
	uint64_t watch_ns;  /* try: that long */
	const char *check;  /* try: command line that must succeed; NULL for none */
};

enum options_next {
	OPTIONS_RUN,
	OPTIONS_DONE,  /* help or version has been printed */
	OPTIONS_USAGE, /* a mistake, said on standard error */
};

enum options_next options_parse(struct options *options, int argc, char **argv);

const char *command_name(enum command command);
