/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ipcavc(8) describes the document; what is not known is null. */
#include "explain.h"
#include "group_policy.h"
#include "print.h"
#include "suggest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/* Texts of logs may be no UTF-8, which JSON can't hold. */
static int add_text(struct json_object *to, const char *key, const char *text)
{
	_cleanup_free_ char *escaped = name_escape(text);

	if (text && !escaped)
		return -ENOMEM;
	return document_add_text(to, key, escaped);
}

static int add_number(struct json_object *to, const char *key, int64_t value)
{
	return value == DENIAL_UNKNOWN ? document_add_null(to, key)
				       : document_add_int(to, key, value);
}

static int add_words(struct json_object *to, const char *key, const char *words)
{
	struct json_object *list = document_add_array(to, key);
	_cleanup_free_ char *copy = name_escape(words);
	int r = list && copy ? 0 : -ENOMEM;

	for (char *word, *rest = copy; r == 0 && (word = strtok_r(rest, " ", &rest));)
		r = document_append_text(list, word);
	return r;
}

static int add_key(struct json_object *to, const struct denial *denial)
{
	char key[KEY_TEXT_SIZE];

	return document_add_text(
		to, "key", denial->key_source == KEY_NONE ? NULL : key_format(denial->key, key));
}

static int add_type(struct json_object *to, const char *key, const char *context)
{
	_cleanup_free_ char *copy = context_copy_type(context);

	return copy ? add_text(to, key, copy) : -ENOMEM;
}

static int add_process(struct json_object *to, struct live *live, pid_t pid)
{
	const struct who *who = whos_get(&live->whos, pid);
	_cleanup_free_ char *label = match_label(&live->procs, pid);

	if (!who)
		return -ENOMEM;
	return document_add_int(to, "pid", pid) | document_add_text(to, "comm", who->comm) |
	       document_add_text(to, "unit", who->unit) |
	       document_add_text(to, "container", who->container) | add_text(to, "label", label);
}

static int add_users(struct json_object *to, struct live *live, const struct sighting *seen)
{
	struct json_object *users = document_add_array(to, "users"), *user;
	size_t count;
	const struct holding *holding = holders_of(&seen->place->holders, seen->object, &count);
	int r = users ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i++) {
		if (i && holding[i].pid == holding[i - 1].pid)
			continue;
		user = document_append_object(users);
		r = user ? add_process(user, live, holding[i].pid) : -ENOMEM;
	}
	return r;
}

static int add_object(struct json_object *to, struct live *live, const struct sighting *seen)
{
	const struct ipc_object *obj = sighting_object(seen);
	struct json_object *object = document_add_object(to, "object"), *creator;
	char mode[5] = {'0', (char)('0' + (obj->mode >> 6 & 7)), (char)('0' + (obj->mode >> 3 & 7)),
			(char)('0' + (obj->mode & 7)), '\0'};
	int r;

	if (!object)
		return -ENOMEM;
	r = document_add_identity(object, obj) | document_add_uint(object, "uid", obj->uid) |
	    document_add_text(object, "owner", usernames_get(&live->usernames, obj->uid)) |
	    document_add_uint(object, "cuid", obj->cuid) | document_add_text(object, "mode", mode) |
	    document_add_exact(object, "bytes",
			       obj->kind == KIND_SEM ? OBJECT_UNKNOWN : obj->bytes) |
	    document_add_exact(object, "nattch",
			       obj->kind == KIND_SHM ? obj->nattch : OBJECT_UNKNOWN) |
	    document_add_time(object, "ctime", obj->ctime) | add_users(object, live, seen);
	if (r || !live_creator_lives(live, obj))
		return r ? -ENOMEM : document_add_null(object, "creator");
	creator = document_add_object(object, "creator");
	return creator ? add_process(creator, live, obj->cpid) : -ENOMEM;
}

static int add_match(struct json_object *to, struct live *live, const struct sighting *seen)
{
	int r = document_add_text(to, "match", match_name(seen->match));

	r |= sighting_is_elsewhere(live, seen)
		     ? document_add_uint(to, "namespace", seen->place->ipc_ns)
		     : document_add_null(to, "namespace");
	return r | (seen->match == MATCH_NONE ? document_add_null(to, "object")
					      : add_object(to, live, seen));
}

/* Who made it, where the log tells. */
static int add_made(struct json_object *to, const struct creation *made)
{
	struct json_object *maker;

	if (!made->is_known)
		return document_add_null(to, "made");
	maker = document_add_object(to, "made");
	if (!maker)
		return -ENOMEM;
	return document_add_time(maker, "time", made->time) |
	       add_text(maker, "domain", made->domain) |
	       add_text(maker, "comm", made->comm[0] ? made->comm : NULL) |
	       add_number(maker, "pid", made->pid) | add_number(maker, "uid", made->uid) |
	       add_number(maker, "id", made->id);
}

static int add_gone(struct json_object *to, struct live *live, const struct group *group)
{
	struct json_object *gone;
	struct removal removal;
	int r = group_find_removal(group, live, &removal);

	if (r <= 0)
		return r < 0 ? r : document_add_null(to, "gone");
	gone = document_add_object(to, "gone");
	if (!gone)
		return -ENOMEM;
	return document_add_text(gone, "object", removal.object) |
	       add_number(gone, "uid", removal.uid) | document_add_time(gone, "time", removal.time);
}

/* What a denial and a group of them have in common. */
static int add_subject(struct json_object *to, const struct denial *denial)
{
	return document_add_text(to, "class", denial->class) | add_key(to, denial) |
	       document_add_text(to, "key_from", key_source_name(denial->key_source)) |
	       add_number(to, "id", denial->id) |
	       document_add_text(to, "kind", denial->has_kind ? kind_name(denial->kind) : NULL) |
	       document_add_text(to, "about", denial_about_name(denial->about)) |
	       add_text(to, "name", denial->name) | add_text(to, "container", denial->container) |
	       add_text(to, "node", denial->node);
}

static int add_denial(struct json_object *to, const struct denial *denial)
{
	int r = add_text(to, "event", denial->event) | document_add_time(to, "time", denial->time) |
		document_add_uint(to, "line", denial->line) |
		add_words(to, "permissions", denial->perms) | add_subject(to, denial) |
		add_number(to, "pid", denial->pid) | add_text(to, "comm", denial->comm) |
		add_text(to, "scontext", denial->scontext) |
		add_text(to, "tcontext", denial->tcontext) |
		document_add_text(to, "op", denial->op[0] ? denial->op : NULL);

	return r | (denial->permissive == DENIAL_UNKNOWN
			    ? document_add_null(to, "permissive")
			    : document_add_bool(to, "permissive", denial->permissive));
}

int print_denial_json(struct document_stream *stream, struct live *live,
		      const struct denial *denial, const struct sighting *seen)
{
	struct json_object *to = document_stream_element();

	if (!to || add_denial(to, denial) || add_match(to, live, seen)) {
		document_free(to);
		return -ENOMEM;
	}
	return document_stream_put(stream, to);
}

/* What it means: "needs" is null where the call isn't known. */
static int add_explanation(struct json_object *to, const struct group *group)
{
	const struct denial *sample = &group->sample;
	_cleanup_(text_done) struct text needs = {0};
	bool has_key = sample->key_source != KEY_NONE;
	int r;

	if (strcmp(group->perms, "create") && explain_needs(&needs, sample))
		r = needs.failed ? -ENOMEM : add_words(to, "needs", needs.bytes);
	else
		r = document_add_null(to, "needs");
	return r | document_add_text(to, "key_of", has_key ? explain_key(sample->key) : NULL) |
	       document_add_bool(to, "range",
				 explain_range(sample->scontext, sample->tcontext, group->perms) !=
					 RANGE_NONE);
}

static int add_list(struct json_object *to, const char *key, const struct text *words)
{
	return add_words(to, key, words->bytes ? words->bytes : "");
}

static int add_boolean(struct json_object *to, const struct sepolicy_answer *answer)
{
	struct json_object *boolean;

	if (!answer->boolean.length)
		return document_add_null(to, "boolean");
	boolean = document_add_object(to, "boolean");
	if (!boolean)
		return -ENOMEM;
	return add_text(boolean, "name", answer->boolean.bytes) |
	       document_add_bool(boolean, "value", answer->boolean_value);
}

static int add_policy(struct json_object *to, const struct sepolicy_answer *answer)
{
	struct json_object *policy;

	if (!answer)
		return document_add_null(to, "policy");
	policy = document_add_object(to, "policy");
	if (!policy)
		return -ENOMEM;
	return document_add_text(policy, "reason", sepolicy_reason_name(answer->reason)) |
	       add_list(policy, "missing", &answer->missing) |
	       add_list(policy, "constrained", &answer->constrained) |
	       add_list(policy, "silent", &answer->silent) | add_boolean(policy, answer);
}

static int add_suggestions(struct json_object *to, struct live *live, const struct group *group,
			   const struct sepolicy_answer *answer)
{
	struct json_object *list = document_add_array(to, "suggestions"), *one;
	_cleanup_(suggestions_done) struct suggestions suggestions;
	int r = list ? 0 : -ENOMEM;

	suggestions_make(&suggestions, live, group, answer);
	for (size_t i = 0; r == 0 && i < suggestions.count; i++) {
		one = suggestions.all[i].text.failed ? NULL : document_append_object(list);
		r = one ? document_add_text(one, "kind",
					    suggestion_kind_name(suggestions.all[i].kind)) |
				    document_add_text(one, "text", suggestions.all[i].text.bytes) |
				    document_add_bool(one, "wide", suggestions.all[i].is_wide)
			: -ENOMEM;
	}
	return r;
}

static int print_group(struct document_stream *stream, struct live *live, const struct group *group,
		       const struct print_style *style)
{
	_cleanup_(sepolicy_answer_done) struct sepolicy_answer answer;
	const struct denial *sample = &group->sample;
	struct json_object *to = document_stream_element();
	int asked = group_ask_policy(group, live, style->policy, &answer);
	int r = to && asked >= 0 ? 0 : -ENOMEM;

	if (r == 0)
		r = add_type(to, "source", sample->scontext) |
		    add_type(to, "target", sample->tcontext) | add_subject(to, sample) |
		    add_words(to, "permissions", group->perms) |
		    document_add_uint(to, "count", group->count) |
		    document_add_uint(to, "permissive", group->permissive) |
		    document_add_uint(to, "enforcing", group->enforcing) |
		    document_add_time(to, "first", group->first) |
		    document_add_time(to, "last", group->last) | add_explanation(to, group) |
		    add_match(to, live, &group->seen) | add_made(to, &sample->made) |
		    add_gone(to, live, group) | add_policy(to, asked ? &answer : NULL);
	if (r == 0 && style->is_suggesting)
		r = add_suggestions(to, live, group, asked ? &answer : NULL);
	if (r) {
		document_free(to);
		return -ENOMEM;
	}
	return document_stream_put(stream, to);
}

int print_groups_json(struct document_stream *stream, struct live *live,
		      const struct groups *groups, const struct print_style *style)
{
	int r = document_stream_array(stream, "groups");

	for (size_t i = 0; r == 0 && i < groups->count; i++)
		r = print_group(stream, live, &groups->all[i], style);
	return r;
}

int print_complaint_json(struct document_stream *stream, const struct complaint *complaint)
{
	struct json_object *to = document_stream_element();
	int r = to ? 0 : -ENOMEM;

	if (r == 0)
		r = add_text(to, "file", complaint->file) |
		    (complaint->line ? document_add_uint(to, "line", complaint->line)
				     : document_add_null(to, "line")) |
		    document_add_text(to, "what", complaint->what);
	if (r) {
		document_free(to);
		return -ENOMEM;
	}
	return document_stream_put(stream, to);
}
