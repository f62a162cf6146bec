/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ipcaudit limits: every limit with its use, near its end or not. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "document.h"
#include "ipc_limits.h"
#include "printed.h"
#include "say.h"
#include "table.h"
#include "words.h"

static const struct table_column columns[] = {
	{"LIMIT", false}, {"VALUE", true}, {"USED", true},    {"USE%", true},
	{"UNIT", false},  {"MOST", false}, {"SYSCTL", false},
};

#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

static const char *number(uint64_t value, char text[24])
{
	if (value == OBJECT_UNKNOWN)
		return NULL;
	snprintf(text, 24, "%" PRIu64, value);
	return text;
}

/* The user of the row, or who uses most with how much, or the largest object. */
static void add_most(struct text *text, struct audit *audit, const struct limit *limit)
{
	if (limit->has_uid) {
		words_add_user(text, audit, limit->uid);
		return;
	}
	if (limit->has_top) {
		words_add_user(text, audit, limit->top_uid);
		text_add_format(text, " %" PRIu64, limit->top_used);
	}
	if (limit->top_object != SIZE_MAX) {
		text_add(text, limit->has_top ? ", " : "");
		words_add_object(text, &audit->inv.objects[limit->top_object]);
	}
}

static int add_row(struct table *table, struct audit *audit, const struct limit *limit)
{
	_cleanup_(text_done) struct text most = {0};
	char value[24], used[24], percent[24];
	long use = limit_percent(limit);

	snprintf(percent, sizeof(percent), "%ld", use);
	add_most(&most, audit, limit);
	if (most.failed)
		return -ENOMEM;
	return table_add(table, (const char *const[COLUMN_COUNT]){
					limit_name(limit->id), number(limit->value, value),
					number(limit->used, used), use < 0 ? NULL : percent,
					limit_unit(limit->id), most.length ? most.bytes : NULL,
					limit_sysctl(limit->id)});
}

static int print_table(struct audit *audit, const struct limits *limits, FILE *out)
{
	_cleanup_(table_freep) struct table *table = NULL;
	int r = table_new(&table, columns, COLUMN_COUNT);

	for (size_t i = 0; r == 0 && i < limits->count; i++)
		r = add_row(table, audit, &limits->list[i]);
	return r == 0 ? table_print(table, out) : r;
}

static int fill_json(struct json_object *to, const struct audit *audit, const struct limit *limit)
{
	_cleanup_free_ char *object = limit->top_object == SIZE_MAX
					      ? NULL
					      : object_ref(&audit->inv.objects[limit->top_object]);
	long percent = limit_percent(limit);

	return document_add_text(to, "limit", limit_name(limit->id)) |
	       document_add_text(to, "sysctl", limit_sysctl(limit->id)) |
	       document_add_text(to, "unit", limit_unit(limit->id)) |
	       document_add_exact(to, "value", limit->value) |
	       document_add_exact(to, "used", limit->used) |
	       (percent < 0 ? document_add_null(to, "percent")
			    : document_add_int(to, "percent", percent)) |
	       (limit->has_uid ? document_add_uint(to, "uid", limit->uid)
			       : document_add_null(to, "uid")) |
	       (limit->has_top
			? document_add_uint(to, "top_uid", limit->top_uid) |
				  document_add_exact(to, "top_used", limit->top_used)
			: document_add_null(to, "top_uid") | document_add_null(to, "top_used")) |
	       document_add_text(to, "top_object", object);
}

static int print_json(const struct audit *audit, const struct limits *limits, FILE *out)
{
	struct document_stream stream;
	int r = document_stream_begin(&stream, out, "limits");

	if (r == 0)
		r = document_stream_array(&stream, "limits");
	for (size_t i = 0; r == 0 && i < limits->count; i++) {
		struct json_object *element = document_stream_element();

		if (!element || fill_json(element, audit, &limits->list[i])) {
			document_free(element);
			return -ENOMEM;
		}
		r = document_stream_put(&stream, element);
	}
	return r == 0 ? document_stream_end(&stream) : r;
}

int command_limits(const struct command_context *context)
{
	_cleanup_(limits_done) struct limits limits = {0};
	struct audit audit;
	int r;

	if (audit_take(&audit, context, KINDS_ALL, NEEDS_RESIDENT | NEEDS_PROCESSES) < 0)
		return EXIT_ERROR;
	audit_tell_gaps(&audit);
	r = limits_read(&limits, &audit.inv, &audit.procs);
	if (r == 0)
		r = context->options->is_json ? print_json(&audit, &limits, stdout)
					      : print_table(&audit, &limits, stdout);
	if (r == 0)
		r = printed_all(stdout);
	if (r < 0)
		say_error("limits: %s", r == -ENOSYS
						? "libsmartcols.so.1 or libjson-c.so.5 is missing"
						: strerror(-r));
	audit_done(&audit);
	return r < 0 ? EXIT_ERROR : EXIT_FINE;
}
