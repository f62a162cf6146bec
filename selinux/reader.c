/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Line by line: nearly all are passed over by their first bytes. An AVC record about IPC becomes a
 * denial, records beside are kept for a while, and an AVC record that was wrapped by a mail program or
 * a terminal is put together again as long as its class hasn't come.
 */
#include "reader.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "journal.h"
#include "laurel.h"
#include "syscall.h"
#include "text.h"

#define WRAPPED_LINES_MAX 8
/* what is copied from the page cache is still in the processor's when it is looked at */
#define READ_SIZE (128u << 10)
/* item= and name= are a PATH record's first fields */
#define NAME_WITHIN 64

struct reader {
	struct reader_sink sink;
	struct lines lines;
	struct join *join;
	struct creations *creations;
	const char *file;
	uint64_t number;     /* of the line that is read */
	uint64_t offset;     /* where it begins */
	struct text wrapped; /* the beginning of a record that was wrapped, or empty */
	const char *wrapped_damage;
	uint64_t wrapped_number, wrapped_offset;
	unsigned wrapped_lines;
};

static int complain(struct reader *reader, uint64_t number, const char *what)
{
	return reader->sink.error(reader->file, number, what, reader->sink.data);
}

static int read_avc(struct reader *reader, const struct record *record, const char **damage)
{
	struct denial denial;
	const char *what;
	int r = denial_read(record, &denial, &what);

	*damage = r == DENIAL_DAMAGED ? what : NULL;
	if (r != DENIAL_FOUND)
		return r < 0 ? r : 0;
	denial.file = reader->file;
	denial.line = reader->number;
	denial.offset = reader->offset;
	return join_denial(reader->join, &denial);
}

static int give_wrapped_up(struct reader *reader)
{
	int r = complain(reader, reader->wrapped_number, reader->wrapped_damage);

	text_clear(&reader->wrapped);
	return r;
}

/* A record of which the class is missing: the next line may bring it. */
static int begin_wrapped(struct reader *reader, struct span line, const char *damage)
{
	text_clear(&reader->wrapped);
	if (line.length > 4096 || memchr(line.at, '\0', line.length))
		return complain(reader, reader->number, damage);
	text_add_format(&reader->wrapped, "%.*s", (int)line.length, line.at);
	reader->wrapped_damage = damage;
	reader->wrapped_number = reader->number;
	reader->wrapped_offset = reader->offset;
	reader->wrapped_lines = 1;
	return reader->wrapped.failed ? -ENOMEM : 0;
}

/* Calls that are no IPC tell nothing of a denial on it. */
static int take_syscall(struct reader *reader, const struct record *record, struct span line)
{
	struct ipc_syscall call;

	if (!syscall_read(record, &call))
		return 0;
	creations_note(reader->creations, record, &call);
	return join_beside(reader->join, record, line);
}

static bool names_shm(const struct record *record)
{
	struct span head = record->body;
	const char *name;

	head.length = head.length < NAME_WITHIN ? head.length : NAME_WITHIN;
	name = span_find(head, "name=");
	if (!name)
		return false;
	head = span_from(head, name + strlen("name="));
	/* "/" in hex, which has no quotes: then all of it is */
	return span_starts(head, "2F") ? span_starts(head, "2F6465762F73686D2F")
				       : span_find(head, "/dev/shm/") != NULL;
}

static int take_record(const struct record *record, struct span line, void *data)
{
	struct reader *reader = data;
	const char *damage;
	int r;

	switch (record->type) {
	case RECORD_AVC:
		r = read_avc(reader, record, &damage);
		return r == 0 && damage ? complain(reader, reader->number, damage) : r;
	case RECORD_SYSCALL:
		return take_syscall(reader, record, line);
	case RECORD_IPC:
	case RECORD_MQ_OPEN:
		return join_beside(reader->join, record, line);
	case RECORD_PATH:
		return names_shm(record) ? join_beside(reader->join, record, line) : 0;
	case RECORD_NONE:
	case RECORD_JSON:
	case RECORD_SECCOMP:
		break;
	}
	return 0;
}

/* An entry of the journal has a message, an event of laurel's hasn't. */
static int read_json(struct reader *reader, struct span line)
{
	int r = span_find(line, "\"MESSAGE\"") ? journal_read(line, take_record, reader)
					       : laurel_read(line, take_record, reader);

	if (r == -EBADMSG)
		return complain(reader, reader->number,
				"no JSON as laurel or the journal write it");
	return r;
}

/* What another record follows in its line: it is whole, or the next line is no part of it. */
static int read_torn(struct reader *reader, struct span line)
{
	struct record record;

	record_read(line, &record);
	if (record.type != RECORD_AVC)
		return complain(reader, reader->number,
				"an AVC record of which the end is missing");
	return take_record(&record, line, reader);
}

static int read_line(struct reader *reader, struct span line)
{
	struct record record;
	const char *damage;
	int r;

	for (struct span next; (next = record_glued(line)).length; line = next) {
		r = read_torn(reader, span_until(line, next.at));
		if (r < 0)
			return r;
	}
	record_read(line, &record);
	if (record.type == RECORD_JSON)
		return read_json(reader, line);
	if (record.type != RECORD_AVC)
		return take_record(&record, line, reader);
	r = read_avc(reader, &record, &damage);
	return r == 0 && damage ? begin_wrapped(reader, line, damage) : r;
}

static bool is_a_beginning(struct span line)
{
	return !line.length || span_starts(line, "----") || span_starts(line, "time->") ||
	       span_starts(line, "{") || span_find(line, "type=") || span_find(line, "audit(") ||
	       record_may_matter(line);
}

/* Lines were broken at blanks, and some in a word, at its colons. */
static void add_wrapped(struct text *wrapped, struct span line)
{
	line = span_skip_blanks(line);
	if (wrapped->bytes[wrapped->length - 1] != ':' && !span_starts(line, ":"))
		text_add_char(wrapped, ' ');
	text_add_format(wrapped, "%.*s", (int)line.length, line.at);
}

/* Whether the line was the next part of a wrapped record: 1, 0, or an error. */
static int continue_wrapped(struct reader *reader, struct span line)
{
	const char *damage;
	struct record record;
	int r;

	if (is_a_beginning(line) || reader->wrapped_lines >= WRAPPED_LINES_MAX ||
	    line.length > 4096 || memchr(line.at, '\0', line.length))
		return give_wrapped_up(reader);
	add_wrapped(&reader->wrapped, line);
	reader->wrapped_lines++;
	if (reader->wrapped.failed)
		return -ENOMEM;
	record_read((struct span){reader->wrapped.bytes, reader->wrapped.length}, &record);
	reader->number = reader->wrapped_number;
	reader->offset = reader->wrapped_offset;
	r = read_avc(reader, &record, &damage);
	if (!damage)
		text_clear(&reader->wrapped);
	return r < 0 ? r : 1;
}

static int on_line(struct span line, uint64_t number, void *data)
{
	struct reader *reader = data;
	int r;

	if (reader->wrapped.length) {
		r = continue_wrapped(reader, line);
		if (r)
			return r < 0 ? r : 0;
	}
	if (!record_may_matter(line))
		return 0;
	reader->number = number;
	reader->offset = reader->lines.begin;
	return read_line(reader, line);
}

static int on_too_long(struct span line, uint64_t number, void *data)
{
	struct reader *reader = data;

	(void)line;
	return complain(reader, number, "a line of more than 256 KiB is passed over");
}

/* What was to be made has no creator yet; and what nothing took for IPC is none. */
static int give_denial(struct denial *denial, void *data)
{
	struct reader *reader = data;
	const struct creation *made = NULL;
	int r = 0;

	if (denial->is_tentative) {
		denial_done(denial);
		return 0;
	}
	/* no record beside has brought the key */
	if (denial->damage && denial->key_source == KEY_NONE)
		r = reader->sink.error(denial->file, denial->line, denial->damage,
				       reader->sink.data);
	if (r < 0) {
		denial_done(denial);
		return r;
	}
	if (denial->has_kind && denial->key_source != KEY_NONE && strcmp(denial->perms, "create"))
		made = creations_find(reader->creations, denial->kind, denial->key,
				      context_type(denial->tcontext));
	/* it may have come while the denial was waiting for its event */
	if (made && (!made->time || !denial->time || made->time <= denial->time))
		denial->made = *made;
	return reader->sink.denial(denial, reader->sink.data);
}

int reader_new(struct reader **out, const struct reader_sink *sink)
{
	struct reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return -ENOMEM;
	reader->sink = *sink;
	if (lines_start(&reader->lines, on_line, on_too_long, reader) < 0 ||
	    creations_new(&reader->creations) < 0 ||
	    join_new(&reader->join, give_denial, reader) < 0) {
		reader_free(reader);
		return -ENOMEM;
	}
	*out = reader;
	return 0;
}

void reader_free(struct reader *reader)
{
	if (!reader)
		return;
	join_free(reader->join);
	free(reader->creations);
	lines_done(&reader->lines);
	text_done(&reader->wrapped);
	free(reader);
}

void reader_name(struct reader *reader, const char *file)
{
	reader->file = file;
}

char *reader_space(struct reader *reader, size_t *size)
{
	return lines_space(&reader->lines, size);
}

int reader_advance(struct reader *reader, size_t size)
{
	int r = lines_advance(&reader->lines, size);

	return r < 0 ? r : join_pass(reader->join, size);
}

int reader_read_some(struct reader *reader, int fd)
{
	size_t size;
	char *space = reader_space(reader, &size);
	ssize_t n;
	int r;

	size = size < READ_SIZE ? size : READ_SIZE;
	do {
		n = read(fd, space, size);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n < 0 ? -errno : 0;
	r = reader_advance(reader, (size_t)n);
	return r < 0 ? r : 1;
}

int reader_read(struct reader *reader, int fd)
{
	int r;

	while ((r = reader_read_some(reader, fd)) > 0)
		;
	return r;
}

int reader_end(struct reader *reader)
{
	int r = lines_end(&reader->lines);

	if (r == 0 && reader->wrapped.length)
		r = continue_wrapped(reader, SPAN_NONE);
	return r;
}

int reader_tick(struct reader *reader)
{
	return join_tick(reader->join);
}

bool reader_is_waiting(const struct reader *reader)
{
	return join_first(reader->join) != NULL;
}

uint64_t reader_taken(const struct reader *reader)
{
	return reader->lines.begin + reader->lines.skipped + reader->lines.used;
}

uint64_t reader_settled(const struct reader *reader)
{
	const struct denial *first = join_first(reader->join);

	if (first)
		return first->offset;
	return reader->wrapped.length ? reader->wrapped_offset : reader->lines.begin;
}

int reader_flush(struct reader *reader)
{
	return join_flush(reader->join);
}
