/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ipcaudit list: the inventory. */
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "columns.h"
#include "commands.h"
#include "object_json.h"
#include "object_table.h"
#include "output.h"
#include "printed.h"
#include "say.h"
#include "selection.h"

#define USUAL "OBJECT,KEY,OWNER,MODE,SIZE,RSS,COMMAND,UNIT,USERS,AGE,STATE"

static int print_line(struct text *line, FILE *out)
{
	text_add_char(line, '\n');
	if (line->failed)
		return -ENOMEM;
	if (fwrite(line->bytes, 1, line->length, out) != line->length)
		return -errno;
	text_clear(line);
	return 0;
}

static int print_table(struct audit *audit, const struct columns *columns,
		       const struct selection *rows, FILE *out)
{
	struct object_table table = {
		.audit = audit, .columns = columns, .is_raw = audit->options->is_raw};
	_cleanup_(text_done) struct text line = {0};
	int r = 0;

	object_table_measure(&table, rows->objects, rows->count, !audit->options->has_no_headings);
	if (!audit->options->has_no_headings) {
		object_table_add_headings(&table, &line);
		r = print_line(&line, out);
	}
	for (size_t i = 0; r == 0 && i < rows->count; i++) {
		object_table_add_row(&table, rows->objects[i], &line);
		r = print_line(&line, out);
	}
	object_table_done(&table);
	return r == 0 ? printed_all(out) : r;
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
	unsigned needs =
		columns_needs(columns) | (sort ? sort->needs : 0) | selection_needs(options);

	if (options->is_json)
		return NEEDS_RESIDENT | NEEDS_MAPPED | NEEDS_OPEN;
	/* only POSIX objects are open without being mapped */
	if (!(options->kinds & ~KINDS_SYSV))
		needs &= ~(unsigned)NEEDS_OPEN;
	return needs;
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

	if (columns_parse(options->columns, USUAL, &columns) < 0 ||
	    columns_parse_sort(options->sort, &sort, &is_descending) < 0)
		return EXIT_ERROR;
	if (audit_take(&audit, context, options->kinds, needs_of(options, &columns, sort)) < 0)
		return EXIT_ERROR;
	audit_tell_gaps(&audit);
	status = list(&audit, &columns, sort, is_descending);
	audit_done(&audit);
	return status;
}
