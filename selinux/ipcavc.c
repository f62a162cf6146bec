/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcavc: SELinux denials on IPC objects, explained down to the object. See ipcavc(8). This file sets
 * the process up and leads the logs through: reader, filters, matching, groups, print.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "logs.h"
#include "options.h"
#include "print.h"
#include "program.h"
#include "reader.h"
#include "say.h"

#define AUDIT_LOGS "/var/log/audit"
/* complaints that are told one by one; a damaged log has as many as it has lines */
#define COMPLAINTS_MAX 1000

enum exit_status {
	EXIT_NONE = 0,
	EXIT_DENIALS = 1,
	EXIT_ERROR = 2,
};

struct run {
	const struct options *options;
	struct live live;
	bool is_live_tried, has_live;
	struct groups groups;
	struct document_stream stream; /* with --json */
	struct complaint complaints[COMPLAINTS_MAX];
	size_t complaint_count; /* may be more than are kept */
	uint64_t denials;
};

static bool is_type(const char *context, const char *type)
{
	return span_is(context_type(context), type);
}

/* The filters of the command line that need no look at the host. */
static bool is_wanted(const struct options *options, const struct denial *denial)
{
	if (options->has_key && (denial->key_source == KEY_NONE || denial->key != options->key))
		return false;
	if (options->class && strcmp(options->class, denial->class))
		return false;
	if (options->domain && !is_type(denial->scontext, options->domain) &&
	    !is_type(denial->tcontext, options->domain))
		return false;
	/* a time that can't be told is no reason to hide the denial */
	if (denial->time && options->since && denial->time < options->since)
		return false;
	return !denial->time || !options->until || denial->time <= options->until;
}

/* Without it, what the log tells is told all the same. */
static enum match match_live(struct run *run, const struct denial *denial, size_t *object)
{
	if (!run->is_live_tried)
		run->has_live = live_take(&run->live) == 0;
	run->is_live_tried = true;
	return run->has_live ? live_match(&run->live, denial, object) : MATCH_NONE;
}

static int on_denial(struct denial *denial, void *data)
{
	struct run *run = data;
	enum match match = MATCH_NONE;
	bool is_left_out = !is_wanted(run->options, denial);
	size_t object = 0;
	int r = 0;

	if (!is_left_out)
		match = match_live(run, denial, &object);
	if (is_left_out || (run->options->is_live_only && match == MATCH_NONE)) {
		denial_done(denial);
		return 0;
	}
	run->denials++;
	if (run->options->is_json)
		r = print_denial_json(&run->stream, &run->live, denial, match, object);
	if (r < 0) {
		denial_done(denial);
		return r;
	}
	return groups_add(&run->groups, denial, match, object);
}

static int on_complaint(const char *file, uint64_t line, const char *what, void *data)
{
	struct run *run = data;

	if (run->complaint_count < COMPLAINTS_MAX)
		run->complaints[run->complaint_count] = (struct complaint){file, line, what};
	run->complaint_count++;
	return 0;
}

static int read_log(struct reader *reader, const char *name)
{
	struct log_file file;
	int r = log_open(name, &file), closed;

	if (r < 0) {
		say_error("%s: %s", name, strerror(-r));
		return r;
	}
	reader_name(reader, strcmp(name, "-") ? name : NULL);
	r = reader_read(reader, file.fd);
	if (r == 0)
		r = reader_end(reader);
	closed = log_close(&file);
	if (r == 0)
		r = closed;
	if (r < 0)
		say_error("%s: %s", name, strerror(-r));
	return r;
}

static int read_logs(struct run *run, const struct string_list *names)
{
	struct reader_sink sink = {on_denial, on_complaint, run};
	struct reader *reader = NULL;
	int r = reader_new(&reader, &sink);

	for (size_t i = 0; r == 0 && i < names->count; i++)
		r = read_log(reader, names->items[i]);
	if (r == 0)
		r = reader_flush(reader);
	reader_free(reader);
	return r;
}

static int list_logs(const struct options *options, struct string_list *names)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < options->file_count; i++)
		r = string_list_add(names, options->files[i]);
	if (!options->file_count) {
		r = logs_find(AUDIT_LOGS, names);
		if (r == 0 && !names->count)
			r = -ENOENT;
		if (r < 0)
			say_error(AUDIT_LOGS ": %s; name a log, or `journalctl -k | ipcavc -`",
				  strerror(-r));
	}
	return r;
}

static int print_json_end(struct run *run)
{
	int r = print_groups_json(&run->stream, &run->live, &run->groups,
				  run->options->is_suggesting);

	if (r == 0)
		r = document_stream_array(&run->stream, "errors");
	for (size_t i = 0; r == 0 && i < run->complaint_count && i < COMPLAINTS_MAX; i++)
		r = print_complaint_json(&run->stream, &run->complaints[i]);
	if (r == 0 && run->complaint_count > COMPLAINTS_MAX)
		r = print_complaint_json(&run->stream,
					 &(struct complaint){NULL, 0, "and more of the kind"});
	return r < 0 ? r : document_stream_end(&run->stream);
}

static int print_text_end(struct run *run)
{
	int r = print_groups_text(stdout, &run->live, &run->groups, run->options->is_suggesting);

	for (size_t i = 0; i < run->complaint_count && i < COMPLAINTS_MAX; i++) {
		const struct complaint *complaint = &run->complaints[i];

		say_error("%s:%" PRIu64 ": %s", complaint->file ?: "standard input",
			  complaint->line, complaint->what);
	}
	if (run->complaint_count > COMPLAINTS_MAX)
		say_error("and %zu more of the kind", run->complaint_count - COMPLAINTS_MAX);
	return r;
}

static void run_done(struct run *run)
{
	groups_done(&run->groups);
	if (run->has_live)
		live_done(&run->live);
}

static int run_all(struct run *run)
{
	_cleanup_(string_list_done) struct string_list names = {0};
	int r = list_logs(run->options, &names);

	if (r == 0 && run->options->is_json) {
		r = document_stream_begin(&run->stream, stdout, "ipcavc");
		if (r == 0)
			r = document_stream_array(&run->stream, "denials");
		if (r < 0)
			say_error("--json: %s", strerror(-r));
	}
	if (r == 0)
		r = read_logs(run, &names);
	if (r == 0)
		r = run->options->is_json ? print_json_end(run) : print_text_end(run);
	return r;
}

int main(int argc, char **argv)
{
	_cleanup_free_ struct run *run = NULL;
	struct options options;
	int r;

	if (program_start() < 0)
		return EXIT_ERROR;
	switch (options_parse(&options, argc, argv)) {
	case OPTIONS_DONE:
		return EXIT_NONE;
	case OPTIONS_USAGE:
		return EXIT_ERROR;
	case OPTIONS_RUN:
		break;
	}
	run = calloc(1, sizeof(*run));
	if (!run)
		return EXIT_ERROR;
	run->options = &options;
	r = run_all(run);
	run_done(run);
	return r < 0 ? EXIT_ERROR : run->denials ? EXIT_DENIALS : EXIT_NONE;
}
