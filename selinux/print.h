/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was found, as one JSON document or as text for people. */
#pragma once

#include <stdio.h>

#include "document.h"
#include "groups.h"
#include "sepolicy.h"

/* How much is told of a group. */
struct print_style {
	bool is_suggesting;	 /* what to do, too */
	struct sepolicy *policy; /* to be asked; NULL: none */
};

struct complaint {
	const char *file; /* NULL: standard input */
	uint64_t line;
	const char *what; /* a fixed text */
};

/* An element of "denials"; live is looked at where there is a match. 0 or a negative errno. */
int print_denial_json(struct document_stream *stream, struct live *live,
		      const struct denial *denial, const struct sighting *seen);

/* The array "groups". */
int print_groups_json(struct document_stream *stream, struct live *live,
		      const struct groups *groups, const struct print_style *style);

/* A paragraph for each group. */
int print_groups_text(FILE *out, struct live *live, const struct groups *groups,
		      const struct print_style *style);

/* On standard error, or where diagnostics go. */
void print_complaint_text(const struct complaint *complaint);

/* An element of "errors". */
int print_complaint_json(struct document_stream *stream, const struct complaint *complaint);
