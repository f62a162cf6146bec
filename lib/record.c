/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is this line an audit record, which one, of which event? The words that decide are "type=" and
 * "avc:", wherever they stand: in front of them, logs put hosts, dates, line numbers and marks of
 * comments. The forms were collected from bug reports, commit messages and live systems.
 */
#include "record.h"

#include <ctype.h>

/* Of those that matter; the numbers are linux/audit.h's, which the kernel log prints. */
static const struct {
	const char *name;
	enum record_type type;
} types[] = {
	{"AVC ", RECORD_AVC},	      {"SYSCALL ", RECORD_SYSCALL}, {"IPC ", RECORD_IPC},
	{"PATH ", RECORD_PATH},	      {"USER_AVC ", RECORD_AVC},    {"1400 ", RECORD_AVC},
	{"1300 ", RECORD_SYSCALL},    {"1302 ", RECORD_PATH},	    {"1303 ", RECORD_IPC},
	{"1107 ", RECORD_AVC},	      {"MQ_OPEN ", RECORD_MQ_OPEN}, {"1304 ", RECORD_MQ_OPEN},
	{"SECCOMP ", RECORD_SECCOMP}, {"1326 ", RECORD_SECCOMP},
};

static enum record_type type_of(struct span after_type)
{
	if (!after_type.length)
		return RECORD_NONE;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (*types[i].name == *after_type.at && span_starts(after_type, types[i].name))
			return types[i].type;
	return RECORD_NONE;
}

static bool is_digit_at(struct span line, size_t at)
{
	return line.length > at && isdigit((unsigned char)line.at[at]);
}

/* "type=" at the front of the line: of the types, the first letters tell most apart. */
static bool type_may_matter(struct span line)
{
	switch (line.length > 6 ? line.at[5] : '\0') {
	case 'A':
		return line.at[6] == 'V';
	case 'S':
		return line.at[6] == 'Y';
	case 'I':
		return line.at[6] == 'P';
	case 'P':
		return line.at[6] == 'A';
	case 'M':
		return line.at[6] == 'Q';
	case 'U':
		return span_starts(line, "type=USER_AVC");
	case '1':
		return is_digit_at(line, 6);
	}
	return false;
}

/* Behind the host's name that aggregated logs begin with. */
static struct span without_node(struct span line)
{
	struct span node;

	if (!span_starts(line, "node="))
		return line;
	node = span_word(line);
	return span_skip_blanks(span_from(line, span_end(node)));
}

bool record_may_matter(struct span line)
{
	line = without_node(line);
	if (span_starts(line, "type="))
		return type_may_matter(line);
	if (span_starts(line, "{"))
		return span_find(line, "\"AVC\"") || span_find(line, "\"USER_AVC\"") ||
		       span_find(line, "avc:") || span_find(line, "\"_AUDIT_TYPE\"");
	return span_find(line, "avc:") || span_find(line, "type=");
}

/* The event's id, in what stands before the fields; is_interpreted by how `msg=audit(…)` ends. */
static void read_event(struct span head, struct record *record)
{
	const char *open = span_find(head, "audit("), *close;
	struct span id;

	if (!open)
		return;
	id = span_from(head, open + strlen("audit("));
	close = id.length ? memchr(id.at, ')', id.length) : NULL;
	if (!close)
		return;
	record->event = span_until(id, close);
	id = span_from(head, close);
	if (span_starts(id, ") :") || memchr(record->event.at, '/', record->event.length) ||
	    memchr(record->event.at, ' ', record->event.length))
		record->form = FORM_INTERPRETED;
}

static void read_node(struct span head, struct record *record)
{
	const char *node = span_find(head, "node=");

	if (node)
		record->node = span_word(span_from(head, node + strlen("node=")));
}

/* "avc:  denied  {…": false for what the AVC has to say besides ("received policyload notice"). */
static bool read_avc(struct span line, const char *avc, struct record *record)
{
	struct span rest = span_skip_blanks(span_from(line, avc + strlen("avc:")));

	/* marks of emphasis, as bug reports have them */
	while (rest.length && (*rest.at == '_' || *rest.at == '*'))
		rest = span_from(rest, rest.at + 1);
	record->is_granted = span_starts(rest, "granted");
	if (!record->is_granted && !span_starts(rest, "denied"))
		return false;
	record->type = RECORD_AVC;
	record->body = rest;
	read_node(span_until(line, avc), record);
	read_event(span_until(line, avc), record);
	return true;
}

/* The records beside an AVC carry their fields right behind the event's id. */
static void read_beside(struct span line, const char *type, struct record *record)
{
	record->type = type_of(span_from(line, type + strlen("type=")));
	if (record->type == RECORD_NONE || record->type == RECORD_AVC) {
		record->type = RECORD_NONE;
		return;
	}
	read_node(span_until(line, type), record);
	read_event(span_from(line, type), record);
	if (!record->event.length) {
		record->type = RECORD_NONE;
		return;
	}
	record->body = span_from(line, span_end(record->event) + 1);
}

/* "type=… msg=audit(", or without msg= as in the kernel's log: where a record begins. */
static const char *find_beginning(struct span line)
{
	struct span rest = line;
	const char *type;

	while ((type = span_find(rest, "type="))) {
		struct span word = span_word(span_from(rest, type)),
			    behind = span_from(rest, span_end(word));

		if (span_starts(behind, " msg=audit(") || span_starts(behind, " audit("))
			return type;
		rest = span_from(rest, type + strlen("type="));
	}
	return NULL;
}

/*
 * The line's own type. What tells none before "avc:" is a line of the journal's or somebody's quote;
 * behind a type that is no AVC's, "avc:" is a text of somebody's choice.
 */
static const char *find_own_type(struct span line)
{
	struct span rest = without_node(line);
	const char *type, *avc;

	if (span_starts(rest, "type="))
		return rest.at;
	type = find_beginning(rest);
	avc = type ? span_find(rest, "avc:") : NULL;
	return avc && avc < type ? NULL : type;
}

struct span record_glued(struct span line)
{
	const char *own = find_own_type(line), *next;
	struct record record = {.form = FORM_RAW};
	struct span rest;

	if (!own)
		return SPAN_NONE;
	rest = span_from(line, own + strlen("type="));
	/* not of a program: what it tells may be anybody's text */
	if (!span_starts(rest, "AVC ") && !span_starts(rest, "1400 "))
		return SPAN_NONE;
	next = find_beginning(rest);
	if (!next)
		return SPAN_NONE;
	read_event(span_until(rest, next), &record);
	return record.form == FORM_RAW ? span_from(line, next) : SPAN_NONE;
}

void record_read(struct span line, struct record *record)
{
	const char *avc = NULL, *type = find_own_type(line);

	*record = (struct record){.form = FORM_RAW};
	if (span_starts(line, "{")) {
		record->type = RECORD_JSON;
		record->body = line;
		return;
	}
	if (!type || type_of(span_from(line, type + strlen("type="))) == RECORD_AVC)
		avc = span_find(line, "avc:");
	if (avc) {
		read_avc(line, avc, record);
		return;
	}
	if (!type)
		type = span_find(line, "type=");
	if (type)
		read_beside(line, type, record);
}

struct span record_field(const struct record *record, const char *name)
{
	size_t length = strlen(name);
	struct span rest = record->body;
	const char *at;

	while ((at = span_find(rest, name))) {
		struct span value = span_from(rest, at + length);

		rest = value;
		if ((at != record->body.at && at[-1] != ' ') || !value.length || *value.at != '=')
			continue;
		value = span_from(value, value.at + 1);
		if (span_starts(value, "\"")) {
			value = span_from(value, value.at + 1);
			at = value.length ? memchr(value.at, '"', value.length) : NULL;
			return at ? span_until(value, at) : value;
		}
		/* what an enriched log appends comes after a byte of its own */
		value = span_word(value);
		at = value.length ? memchr(value.at, 0x1d, value.length) : NULL;
		return at ? span_until(value, at) : value;
	}
	return SPAN_NONE;
}
