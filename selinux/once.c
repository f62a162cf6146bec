/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Logs from their beginning to their end: reader, filters, matching, groups, print. */
#include "once.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "logs.h"
#include "print.h"
#include "reader.h"
#include "say.h"

/* complaints that are told one by one; a damaged log has as many as it has lines */
#define COMPLAINTS_MAX 1000

struct once {
	struct run *run;
	struct groups groups;
	struct document_stream stream; /* with --json */
	struct complaint complaints[COMPLAINTS_MAX];
	size_t complaint_count; /* may be more than are kept */
	int failed;		/* what ends the run: printing, memory */
	int unread;		/* of the last log that could not be read to its end */
};

static int take_denial(struct once *once, struct denial *denial)
{
	struct sighting seen;
	int r = 0;

	if (!run_takes(once->run, denial, &seen)) {
		denial_done(denial);
		return 0;
	}
	if (once->run->options->is_json)
		r = print_denial_json(&once->stream, &once->run->live, denial, &seen);
	if (r < 0) {
		denial_done(denial);
		return r;
	}
	return groups_add(&once->groups, denial, &seen);
}

static int on_denial(struct denial *denial, void *data)
{
	struct once *once = data;

	once->failed = take_denial(once, denial);
	return once->failed;
}

static int on_complaint(const char *file, uint64_t line, const char *what, void *data)
{
	struct once *once = data;

	if (once->complaint_count < COMPLAINTS_MAX)
		once->complaints[once->complaint_count] = (struct complaint){file, line, what};
	once->complaint_count++;
	return 0;
}

/* One log of several is no reason to keep back what the others tell. */
static void note_unread(struct once *once, const char *name, int error, const char *what)
{
	say_error("%s: %s", name, what);
	/* as text, it was told by that */
	if (once->run->options->is_json)
		on_complaint(strcmp(name, "-") ? name : NULL, 0, what, once);
	once->unread = error;
}

/* Returns 0 where the next log can be read. */
static int read_open(struct once *once, struct reader *reader, int fd, const char *name)
{
	int r = reader_read(reader, fd);

	if (once->failed || r == -ENOMEM)
		return r;
	if (r < 0)
		note_unread(once, name, r, strerror(-r));
	/* what is left of it is no part of the next one's first line */
	return reader_end(reader);
}

static int read_log(struct once *once, struct reader *reader, const char *name)
{
	struct log_file file;
	int r = log_open(name, &file), closed;

	if (r < 0) {
		note_unread(once, name, r, strerror(-r));
		return 0;
	}
	reader_name(reader, strcmp(name, "-") ? name : NULL);
	r = read_open(once, reader, file.fd, name);
	closed = log_close(&file);
	if (r == 0 && closed < 0)
		note_unread(once, name, closed, "damaged, not all of it could be decompressed");
	return r;
}

static int read_logs(struct once *once, const struct string_list *names)
{
	struct reader_sink sink = {on_denial, on_complaint, once};
	struct reader *reader = NULL;
	int r = reader_new(&reader, &sink);

	for (size_t i = 0; r == 0 && i < names->count; i++)
		r = read_log(once, reader, names->items[i]);
	if (r == 0)
		r = reader_flush(reader);
	if (r < 0)
		say_error("%s", strerror(-r));
	reader_free(reader);
	return r;
}

static int list_logs(const struct options *options, struct string_list *names)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < options->file_count; i++)
		r = string_list_add(names, options->files[i]);
	if (!options->file_count) {
		r = logs_find(AUDIT_LOG, names);
		if (r == 0 && !names->count)
			r = -ENOENT;
		if (r < 0)
			say_error(AUDIT_LOG ": %s; name a log, or `journalctl -k | ipcavc -`",
				  strerror(-r));
	}
	return r;
}

static int print_json_end(struct once *once)
{
	int r = print_groups_json(&once->stream, &once->run->live, &once->groups,
				  &once->run->style);

	if (r == 0)
		r = document_stream_array(&once->stream, "errors");
	for (size_t i = 0; r == 0 && i < once->complaint_count && i < COMPLAINTS_MAX; i++)
		r = print_complaint_json(&once->stream, &once->complaints[i]);
	if (r == 0 && once->complaint_count > COMPLAINTS_MAX)
		r = print_complaint_json(&once->stream,
					 &(struct complaint){NULL, 0, "and more of the kind"});
	if (r == 0 && once->groups.left_out)
		r = print_complaint_json(
			&once->stream,
			&(struct complaint){NULL, 0,
					    "more causes than there is memory for groups"});
	return r < 0 ? r : document_stream_end(&once->stream);
}

static int print_text_end(struct once *once)
{
	int r = print_groups_text(stdout, &once->run->live, &once->groups, &once->run->style);

	for (size_t i = 0; i < once->complaint_count && i < COMPLAINTS_MAX; i++)
		print_complaint_text(&once->complaints[i]);
	if (once->complaint_count > COMPLAINTS_MAX)
		say_error("and %zu more of the kind", once->complaint_count - COMPLAINTS_MAX);
	return r;
}

static int all(struct once *once)
{
	_cleanup_(string_list_done) struct string_list names = {0};
	int r = list_logs(once->run->options, &names);

	if (r == 0 && once->run->options->is_json) {
		r = document_stream_begin(&once->stream, stdout, "ipcavc");
		if (r == 0)
			r = document_stream_array(&once->stream, "denials");
		if (r < 0)
			say_error("--json: %s", strerror(-r));
	}
	if (r == 0)
		r = read_logs(once, &names);
	if (r < 0)
		return r;
	r = once->run->options->is_json ? print_json_end(once) : print_text_end(once);
	if (r < 0)
		say_error("standard output: %s", strerror(-r));
	return r < 0 ? r : once->unread;
}

int once_run(struct run *run)
{
	_cleanup_free_ struct once *once = calloc(1, sizeof(*once));
	int r;

	if (!once)
		return -ENOMEM;
	once->run = run;
	r = all(once);
	groups_done(&once->groups);
	return r;
}
