/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The columns of `ipcaudit list`: what each is called, what it says of an object, and what must be
 * read for it. A cell that doesn't apply to the object's kind, or isn't known, is "-".
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "audit.h"
#include "text.h"

enum column_form {
	FORM_TEXT,
	FORM_NUMBER,
	FORM_SIZE,   /* bytes, as 4.0K */
	FORM_TIME,   /* seconds since the epoch, in local time */
	FORM_SPAN,   /* seconds, as 3h 5min */
	FORM_CHANGE, /* bytes more or less a second, as +4.0K; the value plus CHANGE_BIAS */
};

struct column {
	const char *name, *help;
	enum column_form form;
	unsigned needs; /* set of audit_needs */
};

#define COLUMNS_MAX 64

struct columns {
	const struct column *list[COLUMNS_MAX];
	size_t count;
};

/* What is below it is a loss. */
#define CHANGE_BIAS (UINT64_C(1) << 63)

/*
 * Reads "A,B", "+A,B" (the usual ones and these), or NULL (the usual ones), in upper or lower case.
 * usual: such a list. Returns 0 or -EINVAL, said on standard error.
 */
int columns_parse(const char *text, const char *usual, struct columns *columns);

/*
 * Reads "COLUMN", or "-COLUMN" for the other way round; NULL gives no column. Returns 0 or -EINVAL,
 * said on standard error.
 */
int columns_parse_sort(const char *text, const struct column **sort, bool *is_descending);

/* The column of that name, or NULL. */
const struct column *columns_find(const char *name, size_t length);

/* What must be read for all of them: set of audit_needs. */
unsigned columns_needs(const struct columns *columns);

/* Prints names and meanings. Returns 0 or a negative errno. */
int columns_print_all(FILE *out);

/* Writes the cell of an object, as people read it. */
void column_write(const struct column *column, struct audit *audit, size_t object,
		  struct text *cell);

/* The value of any other form than FORM_TEXT. false where there is none. */
bool column_number(const struct column *column, const struct audit *audit, size_t object,
		   uint64_t *value);
