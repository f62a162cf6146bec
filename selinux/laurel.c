/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What records did this line of JSON come from? laurel (0.5.1) keeps a record's fields and their
 * order, and moves AVC's permissions to "denied" and SYSCALL's arguments to "ARGV". Written out as
 * records again, everything behind reads one form only. Values are as they are, odd bytes as %HH, and
 * the IPC key may be damaged (keytext.h).
 */
#include "laurel.h"

#include <errno.h>
#include <json-c/json.h>

#include "cleanup.h"
#include "jsonline.h"
#include "optional.h"

OPTIONAL_FUNCTION(json_object_is_type);
OPTIONAL_FUNCTION(json_object_object_get_ex);
OPTIONAL_FUNCTION(json_object_get_string);
OPTIONAL_FUNCTION(json_object_array_length);
OPTIONAL_FUNCTION(json_object_array_get_idx);
OPTIONAL_FUNCTION(json_object_iter_begin);
OPTIONAL_FUNCTION(json_object_iter_end);
OPTIONAL_FUNCTION(json_object_iter_equal);
OPTIONAL_FUNCTION(json_object_iter_next);
OPTIONAL_FUNCTION(json_object_iter_peek_name);
OPTIONAL_FUNCTION(json_object_iter_peek_value);

static const struct optional_symbol symbols[] = {
	OPTIONAL_SYMBOL(json_object_is_type),	      OPTIONAL_SYMBOL(json_object_object_get_ex),
	OPTIONAL_SYMBOL(json_object_get_string),      OPTIONAL_SYMBOL(json_object_array_length),
	OPTIONAL_SYMBOL(json_object_array_get_idx),   OPTIONAL_SYMBOL(json_object_iter_begin),
	OPTIONAL_SYMBOL(json_object_iter_end),	      OPTIONAL_SYMBOL(json_object_iter_equal),
	OPTIONAL_SYMBOL(json_object_iter_next),	      OPTIONAL_SYMBOL(json_object_iter_peek_name),
	OPTIONAL_SYMBOL(json_object_iter_peek_value),
};

/* records of one type in an event that are looked at */
#define RECORDS_MAX 64

/* " name=value" of numbers and strings; lists and null are left out. */
static void add_field(struct text *text, const char *name, struct json_object *value)
{
	if (!sym_json_object_is_type(value, json_type_int) &&
	    !sym_json_object_is_type(value, json_type_string))
		return;
	/* the key's value may end in a blank: records have two before this one */
	text_add(text, strcmp(name, "scontext") ? " " : "  ");
	text_add(text, name);
	text_add_char(text, '=');
	text_add(text, sym_json_object_get_string(value));
}

static void add_fields(struct text *text, struct json_object *record)
{
	struct json_object_iterator at = sym_json_object_iter_begin(record),
				    end = sym_json_object_iter_end(record);

	for (; !sym_json_object_iter_equal(&at, &end); sym_json_object_iter_next(&at))
		add_field(text, sym_json_object_iter_peek_name(&at),
			  sym_json_object_iter_peek_value(&at));
}

static void add_arguments(struct text *text, struct json_object *record)
{
	struct json_object *list;

	if (!sym_json_object_object_get_ex(record, "ARGV", &list) ||
	    !sym_json_object_is_type(list, json_type_array))
		return;
	for (size_t i = 0; i < sym_json_object_array_length(list) && i < 4; i++) {
		char name[] = {'a', (char)('0' + i), '\0'};

		add_field(text, name, sym_json_object_array_get_idx(list, i));
	}
}

/* "avc:  denied  { read write } for": "granted" likewise. */
static void add_permissions(struct text *text, struct json_object *record)
{
	struct json_object *list;
	const char *word = "denied";

	if (!sym_json_object_object_get_ex(record, word, &list)) {
		word = "granted";
		if (!sym_json_object_object_get_ex(record, word, &list))
			return;
	}
	text_add_format(text, " avc:  %s  {", word);
	if (sym_json_object_is_type(list, json_type_array))
		for (size_t i = 0; i < sym_json_object_array_length(list) && i < 64; i++) {
			text_add_char(text, ' ');
			text_add(text,
				 sym_json_object_get_string(sym_json_object_array_get_idx(list, i))
					 ?: "?");
		}
	text_add(text, " } for ");
}

/* Text may have been taken for hex, a number of JSON can't have. */
static bool has_key_number(struct json_object *record)
{
	struct json_object *key;

	return (sym_json_object_object_get_ex(record, "ipc_key", &key) ||
		sym_json_object_object_get_ex(record, "key", &key)) &&
	       sym_json_object_is_type(key, json_type_int);
}

struct event_context {
	const char *node, *id;
	laurel_fn fn;
	void *data;
};

static int give_record(const struct event_context *event, const char *type,
		       struct json_object *from)
{
	_cleanup_(text_done) struct text text = {0};
	struct record record;
	struct span line;

	if (!sym_json_object_is_type(from, json_type_object))
		return 0;
	if (event->node)
		text_add_format(&text, "node=%s ", event->node);
	text_add_format(&text, "type=%s msg=audit(%s):", type, event->id ? event->id : "");
	if (!strcmp(type, "AVC"))
		add_permissions(&text, from);
	add_fields(&text, from);
	if (!strcmp(type, "SYSCALL"))
		add_arguments(&text, from);
	if (text.failed)
		return -ENOMEM;
	line = (struct span){text.bytes, text.length};
	record_read(line, &record);
	record.form = FORM_LAUREL;
	record.has_key_number = has_key_number(from);
	return record.type == RECORD_NONE ? 0 : event->fn(&record, line, event->data);
}

static int give_records(const struct event_context *event, struct json_object *all,
			const char *type)
{
	struct json_object *records;
	int r = 0;

	if (!sym_json_object_object_get_ex(all, type, &records))
		return 0;
	if (!sym_json_object_is_type(records, json_type_array))
		return give_record(event, type, records);
	for (size_t i = 0; r == 0 && i < sym_json_object_array_length(records) && i < RECORDS_MAX;
	     i++)
		r = give_record(event, type, sym_json_object_array_get_idx(records, i));
	return r;
}

/* A log has a line for each event: what is open stays open. */
static int open_library(void)
{
	return sym_json_object_is_type ? 0
				       : optional_open("libjson-c.so.5", symbols,
						       sizeof(symbols) / sizeof(symbols[0]));
}

int laurel_read(struct span line, laurel_fn fn, void *data)
{
	static const char *const types[] = {"AVC", "SYSCALL", "IPC", "PATH", "MQ_OPEN"};
	_cleanup_(jsonline_done) struct json_object *all = NULL;
	struct event_context event = {.fn = fn, .data = data};
	int r = open_library();

	if (r == 0)
		r = jsonline_parse(line, &all);
	if (r < 0)
		return r;
	event.node = jsonline_text(all, "NODE");
	event.id = jsonline_text(all, "ID");
	for (size_t i = 0; r == 0 && i < sizeof(types) / sizeof(types[0]); i++)
		r = give_records(&event, all, types[i]);
	return r;
}
