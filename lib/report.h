/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The last stage: what was done, as a table for people (libsmartcols) or as one JSON document
 * (json-c). Both libraries are loaded only when their form is asked for.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "reap.h"

struct report {
	const char *command; /* "user", "service", "orphans" */
	bool has_target_uid;
	uid_t target_uid;
	const char *target_unit;   /* NULL if none */
	const char *target_result; /* how the unit ended; NULL if not known */
	bool is_dry_run;
	bool is_wiping; /* contents were to be overwritten */
	const struct judged *list;
	size_t count;
};

struct report_sums {
	size_t removed, kept, failed; /* would-remove counts as removed */
	uint64_t bytes;		      /* of what was removed */
	uint64_t wiped_bytes;
};

void report_sum(const struct report *report, struct report_sums *sums);

/*
 * Writes the JSON document of DESIGN.md. Returns 0 or a negative errno: -ENOSYS where the library
 * is missing, else that of the stream.
 */
int report_json(const struct report *report, FILE *out);

/*
 * Writes the table: OBJECT KEY OWNER MODE SIZE ACTION REASON, and the summary line. With verbose,
 * an EVIDENCE column says what the reason rests on. Names are safe for a terminal.
 */
int report_table(const struct report *report, FILE *out, bool verbose);

/* The summary line alone: "3 removed (12.0M), 1 kept, 0 failed". */
int report_summary(const struct report *report, FILE *out);
