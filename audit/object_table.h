/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects in columns, for `list` and `watch`. Hosts leak them by the ten thousand, so no row is kept:
 * each cell is written twice, for the width of its column and for the line. (libsmartcols keeps every
 * cell of a table, about a kilobyte a row.)
 */
#pragma once

#include "columns.h"

struct object_table {
	struct audit *audit;
	const struct columns *columns;
	bool is_raw; /* one blank between cells and none in them, instead of columns */
	size_t width[COLUMNS_MAX];
	struct text cell;
};

/* Makes the columns as wide as the rows of these objects, and their headings, need. */
void object_table_measure(struct object_table *table, const uint32_t *objects, size_t count,
			  bool has_headings);

/* Adds a line, without its end; line->failed tells of missing memory. */
void object_table_add_headings(struct object_table *table, struct text *line);
void object_table_add_row(struct object_table *table, size_t object, struct text *line);

void object_table_done(struct object_table *table);
