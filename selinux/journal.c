/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What did the audit system say, by the journal? journald (journald-audit.c) takes records apart: the
 * type into _AUDIT_TYPE, the serial into _AUDIT_ID, the time into _SOURCE_REALTIME_TIMESTAMP, the rest
 * behind the type's name into MESSAGE. The kernel's own lines have all of it in MESSAGE. Any program may
 * log a text that looks like one: _TRANSPORT, which journald sets itself, tells who it was.
 */
#include "journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "cleanup.h"
#include "jsonline.h"

static bool is_number(const char *text)
{
	return text && *text && strlen(text) < 20 && strspn(text, "0123456789") == strlen(text);
}

/* "node=H type=1400 msg=audit(1690000000.123:456): ", for what journald has taken off. */
static void add_head(struct text *text, struct json_object *entry)
{
	const char *type = jsonline_text(entry, "_AUDIT_TYPE"),
		   *serial = jsonline_text(entry, "_AUDIT_ID"),
		   *time = jsonline_text(entry, "_SOURCE_REALTIME_TIMESTAMP");
	uint64_t us = is_number(time) ? strtoull(time, NULL, 10) : 0;

	text_add_format(text, "type=%s msg=audit(", is_number(type) ? type : "0");
	if (us && is_number(serial))
		text_add_format(text, "%" PRIu64 ".%03" PRIu64 ":%s", us / 1000000,
				us / 1000 % 1000, serial);
	text_add(text, "): ");
}

/* Where the record stands in MESSAGE: behind the name of its type. */
static void add_record(struct text *text, struct json_object *entry)
{
	_cleanup_(text_done) struct text message = {0};
	const char *rest;

	jsonline_add(&message, entry, "MESSAGE");
	text->failed |= message.failed;
	rest = message.bytes ? strchr(message.bytes, ' ') : NULL;
	text_add(text, rest ? rest + 1 : "");
}

int journal_read(struct span line, journal_fn fn, void *data)
{
	_cleanup_(jsonline_done) struct json_object *entry = NULL;
	_cleanup_(text_done) struct text text = {0};
	struct record record;
	const char *transport, *node;
	int r = jsonline_parse(line, &entry);

	if (r < 0)
		return r;
	transport = jsonline_text(entry, "_TRANSPORT");
	if (!transport || (strcmp(transport, "audit") && strcmp(transport, "kernel")))
		return 0;
	node = jsonline_text(entry, "_HOSTNAME");
	if (node)
		text_add_format(&text, "node=%s ", node);
	if (!strcmp(transport, "audit")) {
		add_head(&text, entry);
		add_record(&text, entry);
	} else {
		jsonline_add(&text, entry, "MESSAGE");
	}
	if (text.failed)
		return -ENOMEM;
	line = (struct span){text.bytes, text.length};
	record_read(line, &record);
	return record.type == RECORD_NONE || record.type == RECORD_JSON ? 0
									: fn(&record, line, data);
}
