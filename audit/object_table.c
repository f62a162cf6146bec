// SPDX-License-Identifier: LGPL-2.1-or-later
#include "object_table.h"

#include <string.h>

static void write_cell(struct object_table *table, size_t c, size_t object)
{
	text_clear(&table->cell);
	column_write(table->columns->list[c], table->audit, object, &table->cell);
}

static void measure_row(struct object_table *table, size_t object)
{
	for (size_t c = 0; c < table->columns->count; c++) {
		size_t width;

		write_cell(table, c, object);
		width = text_width(&table->cell);
		if (width > table->width[c])
			table->width[c] = width;
	}
}

void object_table_measure(struct object_table *table, const uint32_t *objects, size_t count,
			  bool has_headings)
{
	const struct columns *columns = table->columns;

	if (table->is_raw)
		return;
	for (size_t c = 0; c < columns->count; c++)
		table->width[c] = has_headings ? strlen(columns->list[c]->name) : 0;
	for (size_t i = 0; i < count; i++)
		measure_row(table, objects[i]);
}

static void add_blanks(struct text *text, size_t count)
{
	while (count--)
		text_add_char(text, ' ');
}

/* Adds the cell to the line, as wide as its column; the last needs no blanks behind it. */
static void add_padded(struct object_table *table, size_t c, struct text *line)
{
	size_t width = text_width(&table->cell),
	       pad = table->width[c] > width ? table->width[c] - width : 0;
	bool is_right = table->columns->list[c]->form != FORM_TEXT;

	if (is_right)
		add_blanks(line, pad);
	text_add(line, table->cell.bytes ? table->cell.bytes : "");
	if (!is_right && c + 1 < table->columns->count)
		add_blanks(line, pad);
}

static void add_raw(struct object_table *table, struct text *line)
{
	for (const char *s = table->cell.bytes ? table->cell.bytes : ""; *s; s++)
		if (*s == ' ')
			text_add(line, "\\x20");
		else
			text_add_char(line, *s);
}

static void add_cell(struct object_table *table, size_t c, struct text *line)
{
	if (c)
		text_add_char(line, ' ');
	if (table->is_raw)
		add_raw(table, line);
	else
		add_padded(table, c, line);
	line->failed |= table->cell.failed;
}

void object_table_add_headings(struct object_table *table, struct text *line)
{
	for (size_t c = 0; c < table->columns->count; c++) {
		text_clear(&table->cell);
		text_add(&table->cell, table->columns->list[c]->name);
		add_cell(table, c, line);
	}
}

void object_table_add_row(struct object_table *table, size_t object, struct text *line)
{
	for (size_t c = 0; c < table->columns->count; c++) {
		write_cell(table, c, object);
		add_cell(table, c, line);
	}
}

void object_table_done(struct object_table *table)
{
	text_done(&table->cell);
}
