/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables for people, by libsmartcols (loaded when one is made). Cells must be safe for a terminal. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct table_column {
	const char *name;
	bool is_right; /* numbers stand at the right */
};

struct table;

/*
 * Begins a table of at most so many columns. Returns 0 and a table for table_free(), -ENOSYS where
 * libsmartcols is missing, or -ENOMEM.
 */
int table_new(struct table **out, const struct table_column *columns, size_t count);
void table_free(struct table *table);
static inline void table_freep(struct table **table)
{
	if (*table)
		table_free(*table);
}

/* Adds a row of as many cells as there are columns; NULL is "-". Returns 0 or -ENOMEM. */
int table_add(struct table *table, const char *const *cells);

/* Returns 0 or a negative errno. */
int table_print(struct table *table, FILE *out);
