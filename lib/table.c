/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "table.h"

#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>

#include "optional.h"

OPTIONAL_FUNCTION(scols_new_table);
OPTIONAL_FUNCTION(scols_unref_table);
OPTIONAL_FUNCTION(scols_table_set_stream);
OPTIONAL_FUNCTION(scols_table_new_column);
OPTIONAL_FUNCTION(scols_table_new_line);
OPTIONAL_FUNCTION(scols_line_set_data);
OPTIONAL_FUNCTION(scols_print_table);
OPTIONAL_FUNCTION(scols_table_enable_noencoding);

struct table {
	struct libscols_table *scols;
	size_t columns;
};

static int open_smartcols(void)
{
	static const struct optional_symbol symbols[] = {
		OPTIONAL_SYMBOL(scols_new_table),
		OPTIONAL_SYMBOL(scols_unref_table),
		OPTIONAL_SYMBOL(scols_table_set_stream),
		OPTIONAL_SYMBOL(scols_table_new_column),
		OPTIONAL_SYMBOL(scols_table_new_line),
		OPTIONAL_SYMBOL(scols_line_set_data),
		OPTIONAL_SYMBOL(scols_print_table),
		OPTIONAL_SYMBOL(scols_table_enable_noencoding),
	};

	return optional_open("libsmartcols.so.1", symbols, sizeof(symbols) / sizeof(symbols[0]));
}

static int add_columns(struct table *table, const struct table_column *columns)
{
	for (size_t i = 0; i < table->columns; i++)
		if (!sym_scols_table_new_column(table->scols, columns[i].name, 0,
						columns[i].is_right ? SCOLS_FL_RIGHT : 0))
			return -ENOMEM;
	return 0;
}

int table_new(struct table **out, const struct table_column *columns, size_t count)
{
	struct table *table;
	int r = open_smartcols();

	if (r < 0)
		return r;
	table = malloc(sizeof(*table));
	if (!table)
		return -ENOMEM;
	*table = (struct table){.scols = sym_scols_new_table(), .columns = count};
	if (!table->scols || add_columns(table, columns) < 0) {
		table_free(table);
		return -ENOMEM;
	}
	/* names are escaped already */
	sym_scols_table_enable_noencoding(table->scols, 1);
	*out = table;
	return 0;
}

void table_free(struct table *table)
{
	sym_scols_unref_table(table->scols);
	free(table);
}

int table_add(struct table *table, const char *const *cells)
{
	struct libscols_line *line = sym_scols_table_new_line(table->scols, NULL);
	int r = 0;

	if (!line)
		return -ENOMEM;
	for (size_t i = 0; i < table->columns; i++)
		r |= sym_scols_line_set_data(line, i, cells[i] ? cells[i] : "-");
	return r ? -ENOMEM : 0;
}

int table_print(struct table *table, FILE *out)
{
	sym_scols_table_set_stream(table->scols, out);
	return sym_scols_print_table(table->scols);
}
