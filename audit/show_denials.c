/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A log that can't be read is nothing to complain of here: most hosts have none, and who isn't root may
 * not read it. An object of another namespace is no object of the log, which names none.
 */
#include "show_denials.h"

#include <errno.h>

#include "../selinux/logs.h"
#include "../selinux/reader.h"
#include "cleanup.h"
#include "words.h"

struct search {
	struct groups *groups;
	struct live live;
	size_t object;
};

static int on_denial(struct denial *denial, void *data)
{
	struct search *search = data;
	struct sighting seen = live_find(&search->live, denial);

	if (seen.match != MATCH_NONE && seen.object == search->object)
		return groups_add(search->groups, denial, &seen);
	denial_done(denial);
	return 0;
}

/* ipcavc tells what is wrong with a log. */
static int on_error(const char *file, uint64_t line, const char *what, void *data)
{
	(void)file;
	(void)line;
	(void)what;
	(void)data;
	return 0;
}

/* Whether it could be read; else what was read before stands. */
static bool read_log(struct reader *reader, const char *name, int *r)
{
	struct log_file file;
	bool is_read;

	if (log_open(name, &file) < 0)
		return false;
	*r = reader_read(reader, file.fd);
	if (*r == 0)
		*r = reader_end(reader);
	is_read = log_close(&file) == 0 && *r == 0;
	if (*r != -ENOMEM)
		*r = 0;
	return is_read;
}

int show_denials_read(struct show_denials *denials, const struct audit *audit, size_t object)
{
	_cleanup_(string_list_done) struct string_list logs = {0};
	struct search search = {.groups = &denials->groups, .object = object};
	struct reader_sink sink = {on_denial, on_error, &search};
	struct reader *reader = NULL;
	int r = 0;

	*denials = (struct show_denials){0};
	if (audit->place || logs_find(AUDIT_LOG, &logs) < 0)
		return 0;
	live_borrow(&search.live, &audit->inv, &audit->procs);
	r = reader_new(&reader, &sink);
	for (size_t i = 0; r == 0 && i < logs.count; i++)
		denials->is_read |= read_log(reader, logs.items[i], &r);
	if (r == 0)
		r = reader_flush(reader);
	reader_free(reader);
	return r;
}

void show_denials_done(struct show_denials *denials)
{
	groups_done(&denials->groups);
}

void show_denials_write(struct text *text, const struct group *group, time_t now)
{
	_cleanup_free_ char *source = context_copy_type(group->sample.scontext);

	text->failed |= !source;
	text_add_escaped(text, source ?: "");
	if (group->sample.comm) {
		text_add(text, " (");
		text_add_escaped(text, group->sample.comm);
		text_add_char(text, ')');
	}
	text_add(text, ": ");
	text_add_escaped(text, group->perms);
	text_add_format(text, ", %llu time%s", (unsigned long long)group->count,
			group->count == 1 ? "" : "s");
	if (group->last) {
		text_add(text, ", last ");
		words_add_span(text, group->last < now ? (uint64_t)(now - group->last) : 0);
		text_add(text, " ago");
	}
	if (group->permissive && !group->enforcing)
		text_add(text, ", permissive");
	if (group->seen.match == MATCH_TIME)
		text_add(text, " (a guess)");
}

/* Texts of logs may be no UTF-8, which JSON can't hold. */
static int add_escaped(struct json_object *to, const char *key, const char *text)
{
	_cleanup_free_ char *escaped = name_escape(text);

	return escaped ? document_add_text(to, key, escaped) : -ENOMEM;
}

static int add_type(struct json_object *to, const char *key, const char *context)
{
	_cleanup_free_ char *type = context_copy_type(context);

	return type ? add_escaped(to, key, type) : -ENOMEM;
}

static int add_permissions(struct json_object *to, const char *perms)
{
	struct json_object *list = document_add_array(to, "permissions");
	_cleanup_free_ char *copy = name_escape(perms);
	int r = list && copy ? 0 : -ENOMEM;

	for (char *word, *rest = copy; r == 0 && (word = strtok_r(rest, " ", &rest));)
		r = document_append_text(list, word);
	return r;
}

static int fill_json(struct json_object *to, const struct group *group)
{
	const struct denial *sample = &group->sample;
	int r = sample->comm ? add_escaped(to, "comm", sample->comm)
			     : document_add_null(to, "comm");

	return r | add_type(to, "source", sample->scontext) |
	       add_type(to, "target", sample->tcontext) |
	       document_add_text(to, "class", sample->class) | add_permissions(to, group->perms) |
	       document_add_uint(to, "count", group->count) |
	       document_add_uint(to, "permissive", group->permissive) |
	       document_add_uint(to, "enforcing", group->enforcing) |
	       document_add_time(to, "first", group->first) |
	       document_add_time(to, "last", group->last) |
	       document_add_text(to, "match", match_name(group->seen.match));
}

int show_denials_put_json(struct document_stream *stream, const struct show_denials *denials)
{
	int r = denials->is_read ? document_stream_array(stream, "denials")
				 : document_stream_null(stream, "denials");

	for (size_t i = 0; r == 0 && i < denials->groups.count; i++) {
		struct json_object *element = document_stream_element();

		if (!element || fill_json(element, &denials->groups.all[i])) {
			document_free(element);
			return -ENOMEM;
		}
		r = document_stream_put(stream, element);
	}
	return r;
}
