/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of ipcharden, as it was given. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum command { COMMAND_REPORT, COMMAND_HOST, COMMAND_COUNT_ };

struct options {
	enum command command;
	char **operands; /* into argv */
	size_t operand_count;
	bool is_json, is_verbose;
};

enum options_next {
	OPTIONS_RUN,
	OPTIONS_DONE,  /* help or version has been printed */
	OPTIONS_USAGE, /* a mistake, said on standard error */
};

enum options_next options_parse(struct options *options, int argc, char **argv);

const char *command_name(enum command command);
