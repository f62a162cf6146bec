/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recommendations for people and programs. Each returns 0 or a negative errno. */
#pragma once

#include <stdio.h>

#include "analysis.h"
#include "drift.h"
#include "rows.h"
#include "text.h"

/* The table; with paragraphs, one for each row. */
int print_text(FILE *out, struct analysis *analysis);

/* All that is known of one row. */
int print_row(FILE *out, struct analysis *analysis, const struct row *row);

/* One document. drifts may be NULL; only NULL: all rows, else that one. */
int print_json(FILE *out, struct analysis *analysis, const struct drifts *drifts,
	       const struct row *only);

/* The warnings about something (ABOUT_ALL: whatever it is), one a line. */
void print_warnings(FILE *out, const struct analysis *analysis, unsigned about);

/* A row's paragraph, its lines no longer than so many columns. */
int row_text(struct text *text, struct analysis *analysis, const struct row *row);
