/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "say.h"

static bool is_to_syslog(const struct run *run)
{
	return run->options->is_plugin && !run->options->is_json;
}

void tell_begin(const struct run *run)
{
	if (is_to_syslog(run))
		say_to_syslog();
}

/* The paragraph's lines, which are indented but for the first, behind each other. */
static void join_lines(char *paragraph)
{
	char *to = paragraph;

	for (const char *from = paragraph; *from; from++)
		if (*from != '\n') {
			*to++ = *from;
		} else if (from[1]) {
			*to++ = ';';
			from += strspn(from + 1, " ");
			*to++ = ' ';
		}
	*to = '\0';
}

static int tell_syslog(struct run *run, const struct groups *groups)
{
	_cleanup_free_ char *paragraph = NULL;
	size_t size;
	FILE *out = open_memstream(&paragraph, &size);
	int r = out ? print_groups_text(out, &run->live, groups, &run->style) : -ENOMEM;

	if (out && fclose(out) != 0 && r == 0)
		r = -ENOMEM;
	if (r < 0)
		return r;
	join_lines(paragraph);
	say_done("%s", paragraph);
	return 0;
}

static int tell_text(struct run *run, const struct groups *groups)
{
	if (is_to_syslog(run))
		return tell_syslog(run, groups);
	if (run->denials > 1)
		fputc('\n', stdout);
	return print_groups_text(stdout, &run->live, groups, &run->style);
}

/* A document of the one denial, in one line. */
static int begin_json(struct document_stream *json)
{
	int r = document_stream_begin(json, stdout, "ipcavc");

	return r < 0 ? r : document_stream_array(json, "denials");
}

static int end_json(struct run *run, struct document_stream *json, const struct groups *groups,
		    const struct complaint *complaint)
{
	int r = print_groups_json(json, &run->live, groups, &run->style);

	if (r == 0)
		r = document_stream_array(json, "errors");
	if (r == 0 && complaint)
		r = print_complaint_json(json, complaint);
	return r < 0 ? r : document_stream_end(json);
}

int tell_denial(struct run *run, struct denial *denial, const struct sighting *seen)
{
	_cleanup_(groups_done) struct groups groups = {0};
	struct document_stream json;
	bool is_json = run->options->is_json;
	int r = is_json ? begin_json(&json) : 0;

	if (is_json && r == 0)
		r = print_denial_json(&json, &run->live, denial, seen);
	if (r < 0) {
		denial_done(denial);
		return r;
	}
	r = groups_add(&groups, denial, seen);
	if (r < 0)
		return r;
	return is_json ? end_json(run, &json, &groups, NULL) : tell_text(run, &groups);
}

int tell_complaint(struct run *run, const struct complaint *complaint)
{
	struct document_stream json;
	int r;

	if (!run->options->is_json) {
		print_complaint_text(complaint);
		return 0;
	}
	r = begin_json(&json);
	return r < 0 ? r : end_json(run, &json, &(struct groups){0}, complaint);
}
