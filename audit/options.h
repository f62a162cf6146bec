/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of ipcaudit, as it was given. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "object.h"
#include "thresholds.h"

enum command {
	COMMAND_REPORT, /* no command: the whole report */
	COMMAND_LIST,
	COMMAND_SHOW,
	COMMAND_ORPHANS,
	COMMAND_PERMISSIONS,
	COMMAND_DEADLOCKS,
	COMMAND_BACKLOG,
	COMMAND_LIMITS,
	COMMAND_NAMESPACES,
	COMMAND_WATCH,
	COMMAND_CHECK,
	COMMAND_METRICS,
	COMMAND_WHY,
	COMMAND_FIX_MODE,
	COMMAND_CHOWN,
	COMMAND_COUNT_
};

struct options {
	enum command command;
	char **operands; /* into argv */
	size_t operand_count;
	unsigned kinds;
	bool has_user, is_unused, is_json, is_raw, has_no_headings, is_verbose, is_yes;
	uid_t user;
	const char *unit;    /* NULL: any */
	const char *columns; /* as given: "A,B", or "+A" for more than the usual ones */
	const char *sort;    /* a column, after a '-' the other way round */
	const char *config_file;
	bool is_everywhere;	      /* --all-namespaces */
	pid_t namespace_of;	      /* 0: our own */
	const char *textfile;	      /* metrics: written there */
	struct threshold *thresholds; /* check; owned */
	size_t threshold_count;
	unsigned threshold;	 /* percent; 0: as configured */
	const char **ftok_files; /* as given; the list is owned */
	size_t ftok_count;
	uint64_t min_age_ns, min_size;
	uint64_t interval_ns; /* watch: from one look to the next */
	uint64_t count;	      /* watch: how many looks; 0: no end */
};

enum options_next {
	OPTIONS_RUN,
	OPTIONS_DONE,  /* help or version has been printed */
	OPTIONS_USAGE, /* a mistake, said on standard error */
};

/* Options are for options_done() whatever is returned. */
enum options_next options_parse(struct options *options, int argc, char **argv);
void options_done(struct options *options);

const char *command_name(enum command command);
