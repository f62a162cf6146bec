/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the programs' command lines have in common: a command, options that belong to some of the
 * commands, operands. For programs only: mistakes are said on standard error.
 */
#pragma once

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct command_syntax {
	const char *name;
	size_t least, most;   /* operands */
	const char *operands; /* what they are, for people */
};

/* An option that only some commands take: with others it would be silently without effect. */
struct option_scope {
	int opt;	   /* `val` of the option */
	uint64_t commands; /* set of bits 1 << command */
};

struct commandline {
	const struct option *options; /* ends with a NULL name */
	const struct command_syntax *commands;
	size_t command_count;
	const struct option_scope *scopes;
	size_t scope_count;
	uint64_t given; /* options met: set of bits 1 << place in `options`, at most 64 */
};

/* Notes that an option was given. */
void commandline_note(struct commandline *line, int opt);

/* Says `--option=value: takes` and returns -EINVAL. */
int commandline_bad_value(const struct commandline *line, int opt, const char *value,
			  const char *takes);

/* Reads an option's pid. 0, or -EINVAL, said. */
int commandline_read_pid(const struct commandline *line, int opt, const char *value, pid_t *pid);

/* Finds a command by its name. Returns its number, or -EINVAL. */
int commandline_command(const struct commandline *line, const char *name);

/* Checks that the options given, and so many operands, are for that command. 0 or -EINVAL. */
int commandline_check(const struct commandline *line, int command, size_t operand_count);
