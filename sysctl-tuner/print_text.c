/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A recommendation for people: a table, then a paragraph for each of its rows, then what else to know. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "alignment.h"
#include "cleanup.h"
#include "explain.h"
#include "print.h"
#include "printed.h"
#include "table.h"

#define LINE_WIDTH 96
#define INDENT 4

static int add_row(struct table *table, const struct row *row)
{
	_cleanup_free_ char *why = row_why(row);

	if (!why)
		return -ENOMEM;
	return table_add(table, (const char *[]){row->label, *row->current ? row->current : NULL,
						 row->recommended, action_name(row->action), why,
						 row->unit});
}

static int print_table(FILE *out, const struct row *rows, size_t count)
{
	static const struct table_column columns[] = {
		{"PARAMETER", false}, {"PRESENT", true}, {"RECOMMENDED", true},
		{"ACTION", false},    {"WHY", false},	 {"UNIT", false},
	};
	_cleanup_(table_freep) struct table *table = NULL;
	int r = table_new(&table, columns, sizeof(columns) / sizeof(columns[0]));

	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_row(table, &rows[i]);
	return r < 0 ? r : table_print(table, out);
}

/* Words, as many to a line as fit. */
static void print_wrapped(FILE *out, const char *words)
{
	size_t column = 0;

	while (*words) {
		size_t length = strcspn(words, " \n");

		if (column && column + 1 + length > LINE_WIDTH) {
			fputc('\n', out);
			column = 0;
		}
		if (column)
			column += (size_t)fprintf(out, " %.*s", (int)length, words);
		else
			column = (size_t)fprintf(out, "%*s%.*s", INDENT, "", (int)length, words);
		words += length;
		words += strspn(words, " \n");
	}
	if (column)
		fputc('\n', out);
}

/* The four of kernel.sem each have their name before them. */
static void add_of_sysctl(struct text *text, struct analysis *analysis, enum sysctl_id id)
{
	unsigned count;
	enum parameter_id first = sysctl_parameters(id, &count);

	for (unsigned i = 0; i < count; i++) {
		if (count > 1)
			text_add_format(text, "%s%s: ", i ? "\n" : "", parameter_name(first + i));
		explain_need(text, analysis, first + i);
		text_add_char(text, ' ');
		explain_present(text, analysis, first + i);
	}
	text_add_char(text, count > 1 ? '\n' : ' ');
	explain_place(text, analysis, id);
}

int row_text(struct text *text, struct analysis *analysis, const struct row *row)
{
	if (row->sysctl >= 0) {
		add_of_sysctl(text, analysis, (enum sysctl_id)row->sysctl);
	} else {
		explain_huge_need(text, analysis, row->huge);
		text_add_char(text, ' ');
		explain_huge_present(text, analysis, row->huge);
	}
	return text->failed ? -ENOMEM : 0;
}

static void print_heading(FILE *out, const struct row *row)
{
	const char *name = row->label;
	const char *current = *row->current ? row->current : "not known";

	if (row->is_unreadable)
		fprintf(out, "%s: what is in force can't be read\n", name);
	else if (row->sysctl < 0 && row->action == ACTION_CLAMPED)
		fprintf(out, "%s: %s, and %s needed, of which memory bears %s\n", name, current,
			row->need, row->recommended);
	else if (row->action != ACTION_KEEP && !strcmp(current, row->recommended))
		fprintf(out, "%s: %s is not enough, and the most\n", name, current);
	else if (row->action != ACTION_KEEP)
		fprintf(out, "%s: %s -> %s\n", name, current, row->recommended);
	else if (*row->current)
		fprintf(out, "%s: %s is enough\n", name, current);
	else
		fprintf(out, "%s: %s, the default of %s is enough\n", name, current,
			row->recommended);
}

int print_row(FILE *out, struct analysis *analysis, const struct row *row)
{
	_cleanup_(text_done) struct text text = {0};
	char *rest, *line;

	if (row_text(&text, analysis, row) < 0)
		return -ENOMEM;
	print_heading(out, row);
	rest = text.bytes;
	while ((line = strsep(&rest, "\n")))
		print_wrapped(out, line);
	return 0;
}

void print_warnings(FILE *out, const struct analysis *analysis, unsigned about)
{
	for (size_t i = 0; i < analysis->result.warning_count; i++) {
		const struct warning *warning = &analysis->result.warnings[i];

		if (warning->about & about)
			fprintf(out, "%s: %s\n", warning_name(warning->id), warning->text);
	}
}

static void print_alignment(FILE *out, const struct analysis *analysis)
{
	struct alignment rows[ALIGNMENTS_MAX];
	size_t count = alignments_find(rows, analysis);
	char bytes[SIZE_TEXT_SIZE], size[SIZE_TEXT_SIZE], waste[SIZE_TEXT_SIZE];

	if (count)
		fputs("\nSegments and huge pages:\n", out);
	for (size_t i = 0; i < count; i++) {
		const struct alignment *row = &rows[i];

		fprintf(out, "    %" PRIu64 " of %s %s %" PRIu64 " pages of %s each", row->count,
			size_format(row->bytes, bytes), row->is_huge ? "take" : "would take",
			row->pages, size_format(row->size, size));
		if (row->waste)
			fprintf(out, ", of it %s unused: %" PRIu64 " bytes would be whole pages",
				size_format(row->waste, waste), row->aligned);
		fputc('\n', out);
	}
}

int print_text(FILE *out, struct analysis *analysis)
{
	struct row rows[ROWS_MAX];
	size_t count = rows_make(rows, analysis);
	int r = print_table(out, rows, count);

	for (size_t i = 0; r == 0 && i < count; i++) {
		fputc('\n', out);
		r = print_row(out, analysis, &rows[i]);
	}
	if (r < 0)
		return r;
	print_alignment(out, analysis);
	if (analysis->result.warning_count)
		fputc('\n', out);
	print_warnings(out, analysis, ABOUT_ALL);
	return printed_all(out);
}
