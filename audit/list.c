/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcaudit list: the inventory. Hosts leak objects by the ten thousand, so no row is kept: each
 * cell is written twice, for the width of its column and for the line. (libsmartcols keeps every
 * cell of a table, about a kilobyte a row.)
 */
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "columns.h"
#include "commands.h"
#include "object_json.h"
#include "output.h"
#include "say.h"
#include "selection.h"

struct table {
	struct audit *audit;
	const struct columns *columns;
	const struct selection *rows;
	size_t width[COLUMNS_MAX];
	struct text cell, line;
};

static void measure(struct table *table)
{
	const struct columns *columns = table->columns;

	for (size_t c = 0; c < columns->count; c++)
		table->width[c] =
			table->audit->options->has_no_headings ? 0 : strlen(columns->list[c]->name);
	for (size_t i = 0; i < table->rows->count; i++)
		for (size_t c = 0; c < columns->count; c++) {
			size_t width;

			text_clear(&table->cell);
			column_write(columns->list[c], table->audit, table->rows->objects[i],
				     &table->cell);
			width = text_width(&table->cell);
			if (width > table->width[c])
				table->width[c] = width;
		}
}

static void add_blanks(struct text *text, size_t count)
{
	while (count--)
		text_add_char(text, ' ');
}

/* Adds the cell to the line, as wide as its column; the last needs no blanks behind it. */
static void add_padded(struct table *table, size_t c)
{
	size_t width = text_width(&table->cell),
	       pad = table->width[c] > width ? table->width[c] - width : 0;
	bool is_right = table->columns->list[c]->form != FORM_TEXT;

	if (c)
		text_add_char(&table->line, ' ');
	if (is_right)
		add_blanks(&table->line, pad);
	text_add(&table->line, table->cell.bytes ? table->cell.bytes : "");
	if (!is_right && c + 1 < table->columns->count)
		add_blanks(&table->line, pad);
}

/* One blank between cells, so none within. */
static void add_raw(struct table *table, size_t c)
{
	if (c)
		text_add_char(&table->line, ' ');
	for (const char *s = table->cell.bytes ? table->cell.bytes : ""; *s; s++)
		if (*s == ' ')
			text_add(&table->line, "\\x20");
		else
			text_add_char(&table->line, *s);
}

static int print_line(struct table *table, FILE *out)
{
	text_add_char(&table->line, '\n');
	if (table->line.failed || table->cell.failed)
		return -ENOMEM;
	if (fwrite(table->line.bytes, 1, table->line.length, out) != table->line.length)
		return -EIO;
	text_clear(&table->line);
	return 0;
}

static int print_headings(struct table *table, FILE *out)
{
	for (size_t c = 0; c < table->columns->count; c++) {
		text_clear(&table->cell);
		text_add(&table->cell, table->columns->list[c]->name);
		if (table->audit->options->is_raw)
			add_raw(table, c);
		else
			add_padded(table, c);
	}
	return print_line(table, out);
}

static int print_row(struct table *table, size_t object, FILE *out)
{
	for (size_t c = 0; c < table->columns->count; c++) {
		text_clear(&table->cell);
		column_write(table->columns->list[c], table->audit, object, &table->cell);
		if (table->audit->options->is_raw)
			add_raw(table, c);
		else
			add_padded(table, c);
	}
	return print_line(table, out);
}

static int print_table(struct audit *audit, const struct columns *columns,
		       const struct selection *rows, FILE *out)
{
	struct table table = {.audit = audit, .columns = columns, .rows = rows};
	int r = 0;

	if (!audit->options->is_raw)
		measure(&table);
	if (!audit->options->has_no_headings)
		r = print_headings(&table, out);
	for (size_t i = 0; r == 0 && i < rows->count; i++)
		r = print_row(&table, rows->objects[i], out);
	text_done(&table.cell);
	text_done(&table.line);
	return r == 0 && (fflush(out) != 0 || ferror(out)) ? -EIO : r;
}

static int print_json(struct audit *audit, const struct selection *rows)
{
	struct output output;
	int r = output_begin(&output, audit, "list");

	for (size_t i = 0; r == 0 && i < rows->count; i++)
		r = object_json_put(output.objects, audit, rows->objects[i], OBJECT_JSON_LIST);
	return r == 0 ? output_end(&output) : r;
}

/* What the columns and filters ask for; the document has everything. */
static unsigned needs_of(const struct options *options, const struct columns *columns,
			 const struct column *sort)
{
	unsigned needs = sort ? sort->needs : 0;

	if (options->is_json)
		return NEEDS_RESIDENT | NEEDS_MAPPED | NEEDS_OPEN;
	for (size_t i = 0; i < columns->count; i++)
		needs |= columns->list[i]->needs;
	if (options->unit)
		needs |= NEEDS_MAPPED | NEEDS_OPEN;
	/* only POSIX objects are open without being mapped */
	if (!(options->kinds & ~KINDS_SYSV))
		needs &= ~(unsigned)NEEDS_OPEN;
	return needs;
}

static int parse_sort(const char *text, const struct column **sort, bool *is_descending)
{
	*sort = NULL;
	*is_descending = text && *text == '-';
	if (!text)
		return 0;
	text += *is_descending;
	*sort = columns_find(text, strlen(text));
	if (*sort)
		return 0;
	say_error("--sort: %s: no such column; see ipcaudit --list-columns", text);
	return -EINVAL;
}

static int list(struct audit *audit, const struct columns *columns, const struct column *sort,
		bool is_descending)
{
	_cleanup_(selection_done) struct selection rows = {0};
	int r = selection_make(&rows, audit, sort, is_descending);

	if (r == 0)
		r = audit->options->is_json ? print_json(audit, &rows)
					    : print_table(audit, columns, &rows, stdout);
	if (r < 0) {
		say_error("list: %s", r == -ENOSYS ? "--json needs libjson-c.so.5" : strerror(-r));
		return EXIT_ERROR;
	}
	return EXIT_FINE;
}

int command_list(const struct command_context *context)
{
	const struct options *options = context->options;
	struct columns columns;
	const struct column *sort;
	bool is_descending;
	struct audit audit;
	int status;

	if (columns_parse(options->columns, &columns) < 0 ||
	    parse_sort(options->sort, &sort, &is_descending) < 0)
		return EXIT_ERROR;
	if (audit_take(&audit, context, options->kinds, needs_of(options, &columns, sort)) < 0)
		return EXIT_ERROR;
	audit_tell_gaps(&audit);
	status = list(&audit, &columns, sort, is_descending);
	audit_done(&audit);
	return status;
}
