/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects to report, and the report of them as text. */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "report.h"

#define UID_NAMED 4242u	  /* has a name */
#define UID_HOSTILE 4243u /* has one that should not reach a terminal */
#define UID_NAMELESS 4244u

static inline struct ipc_object segment(int id)
{
	return (struct ipc_object){.kind = KIND_SHM,
				   .id = id,
				   .key = 0x80001234,
				   .uid = UID_NAMED,
				   .cuid = 7,
				   .mode = 01640,
				   .bytes = 4096,
				   .nattch = 2,
				   .lpid = 123};
}

static inline struct ipc_object file(char *name)
{
	return (struct ipc_object){.kind = KIND_PSHM,
				   .id = -1,
				   .name = name,
				   .uid = UID_NAMELESS,
				   .cuid = UID_NAMELESS,
				   .mode = 0600,
				   .bytes = 10,
				   .lease = LEASE_FREE};
}

static inline struct report report_of(const struct judged *list, size_t count)
{
	return (struct report){.command = "user",
			       .has_target_uid = true,
			       .target_uid = UID_NAMED,
			       .list = list,
			       .count = count};
}

enum form { JSON, TABLE, VERBOSE_TABLE, SUMMARY };

static inline int print(const struct report *report, enum form form, FILE *out)
{
	switch (form) {
	case JSON:
		return report_json(report, out);
	case TABLE:
		return report_table(report, out, false);
	case VERBOSE_TABLE:
		return report_table(report, out, true);
	case SUMMARY:
		return report_summary(report, out);
	}
	return -EINVAL;
}

/*
 * What is printed in that form; a failing test shows its beginning. Not inline: gcc 12 takes the
 * pointer that the stream fills for one that dangles.
 */
static __attribute__((noinline)) char *text_of(const struct report *report, enum form form)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(print(report, form, out), 0);
	assert_int_equal(fclose(out), 0);
	print_message("# %.300s\n", text);
	return text;
}
