/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What does somebody who was woken by "Permission denied" need to read? One paragraph for each cause:
 * who was denied what on which object, how often and since when, and what the object is now. A System
 * V object has the label of the process that made it, so the target's type names the creator's domain.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "explain.h"
#include "group_policy.h"
#include "print.h"
#include "printed.h"
#include "say.h"
#include "suggest.h"
#include "text.h"

static void add_type(struct text *text, const char *context)
{
	_cleanup_free_ char *copy = context_copy_type(context);

	text_add_escaped(text, copy ?: "?");
}

/* Both forms: programs print keys in hex, audit prints them in decimal. */
static void add_key(struct text *text, const struct denial *denial)
{
	char key[KEY_TEXT_SIZE];

	if (denial->key_source == KEY_NONE)
		return;
	text_add_format(text, " %s (%" PRId32 ")", key_format(denial->key, key),
			(int32_t)denial->key);
	if (!denial->key)
		text_add(text, ", IPC_PRIVATE: a key that many have");
	if (explain_key(denial->key))
		text_add_format(text, ", %s", explain_key(denial->key));
}

static void add_subject(struct text *text, const struct denial *denial)
{
	switch (denial->about) {
	case ABOUT_SYSV:
		text_add(text, denial->has_kind ? kind_title(denial->kind) : "System V object");
		add_key(text, denial);
		break;
	case ABOUT_SEGMENT_FILE:
		text_add(text, "the mapping of shared memory segment");
		add_key(text, denial);
		break;
	case ABOUT_FILE:
	case ABOUT_NAME:
		text_add_format(text, "%s ", kind_title(denial->kind));
		text_add_escaped(text, denial->name);
		if (denial->about == ABOUT_NAME)
			text_add(text, " (taken for one by its name and label)");
		break;
	case ABOUT_MOUNT:
		text_add(text, "the mount of POSIX objects");
		break;
	case ABOUT_INFO:
		text_add(text, "the limits and sums of System V objects");
		break;
	case ABOUT_CAPABILITY:
		text_add(text, denial->has_kind ? kind_title(denial->kind) : "an object");
		add_key(text, denial);
		break;
	case ABOUT_COUNT_:
		break;
	}
	if (denial->id != DENIAL_UNKNOWN)
		text_add_format(text, ", id %" PRId64, denial->id);
	if (denial->about == ABOUT_CAPABILITY)
		text_add(text, ", whose mode bits refuse it");
	if (denial->container) {
		text_add(text, ", of a container, below ");
		text_add_escaped(text, denial->container);
	}
}

static void add_time(struct text *text, time_t when)
{
	char form[32];
	struct tm tm;

	if (localtime_r(&when, &tm) && strftime(form, sizeof(form), "%Y-%m-%d %H:%M:%S", &tm))
		text_add(text, form);
}

static void add_count(struct text *text, const struct group *group)
{
	text_add_format(text, "  denied: %" PRIu64 " time%s", group->count,
			group->count == 1 ? "" : "s");
	if (group->first) {
		text_add(text, group->first == group->last ? ", at " : ", from ");
		add_time(text, group->first);
	}
	if (group->first != group->last) {
		text_add(text, " to ");
		add_time(text, group->last);
	}
	if (group->enforcing)
		text_add(text, "; enforcing, so only the first check that fails is in the log");
	else if (group->permissive)
		text_add(text, "; permissive, so it went through");
	text_add(text, "\n");
}

static void add_process(struct text *text, struct live *live, pid_t pid)
{
	const struct who *who = whos_get(&live->whos, pid);

	text_add_format(text, "%d", pid);
	if (who && who->comm)
		text_add_format(text, " %s", who->comm);
	if (who && who->unit) {
		text_add(text, " of ");
		text_add_escaped(text, who->unit);
	}
}

static void add_holders(struct text *text, struct live *live, const struct sighting *seen)
{
	size_t count, shown = 0;
	const struct holding *holding = holders_of(&seen->place->holders, seen->object, &count);

	for (size_t i = 0; i < count && shown < 5; i++) {
		if (i && holding[i].pid == holding[i - 1].pid)
			continue;
		text_add(text, shown++ ? ", " : "; held by ");
		add_process(text, live, holding[i].pid);
	}
}

/* Where it was looked for, if that isn't here: where the process lives that was denied. */
static void add_place(struct text *text, struct live *live, const struct group *group)
{
	if (KIND_BIT(group->sample.kind) & KINDS_DEV_SHM)
		text_add(text, "in the /dev/shm of ");
	else
		text_add_format(text, "in IPC namespace %lu, that of ",
				(unsigned long)group->seen.place->ipc_ns);
	add_process(text, live, (pid_t)group->sample.pid);
}

static void add_not_there(struct text *text, struct live *live, const struct group *group)
{
	int error = group->seen.place->error;

	text_add(text, error ? "  object: not looked for " : "  object: none ");
	add_place(text, live, group);
	if (error)
		text_add_format(text, ": %s\n",
				error == -E2BIG ? "there are too many" : strerror(-error));
	else
		text_add(text, ", that is it for certain\n");
}

/* The owner as a name, where the look at the host has succeeded; else as a number. */
static void add_gone(struct text *text, struct live *live, const struct group *group)
{
	struct removal removal;
	const char *owner;

	if (sighting_is_elsewhere(live, &group->seen)) {
		add_not_there(text, live, group);
		return;
	}
	if (group_find_removal(group, live, &removal) <= 0) {
		text_add(text, "  object: none here now that is it for certain\n");
		return;
	}
	owner = removal.uid < 0 ? NULL : usernames_get(&live->usernames, (uid_t)removal.uid);
	text_add_format(text, "  object: %s, owner %s, gone: removed by ipcclean at ",
			removal.object, owner ?: "?");
	add_time(text, removal.time);
	text_add(text, "\n");
}

static void add_made(struct text *text, const struct creation *made)
{
	if (!made->is_known)
		return;
	text_add(text, "  made: by ");
	text_add_escaped(text, made->comm[0] ? made->comm : "?");
	text_add_format(text, " (pid %" PRId64 ", uid %" PRId64 ") as ", made->pid, made->uid);
	text_add_escaped(text, made->domain);
	if (made->time) {
		text_add(text, " at ");
		add_time(text, made->time);
	}
	text_add(text, ", by the log\n");
}

static void add_object(struct text *text, struct live *live, const struct group *group)
{
	const struct ipc_object *obj = sighting_object(&group->seen);
	_cleanup_free_ char *ref = NULL;
	const char *owner;

	if (!obj) {
		if (group->sample.has_kind)
			add_gone(text, live, group);
		return;
	}
	ref = object_ref(obj);
	owner = usernames_get(&live->usernames, obj->uid);
	text_add_format(text, "  object: %s%s, owner %s, mode 0%03o", ref ?: "?",
			group->seen.match == MATCH_TIME ? " (a guess)" : "", owner ?: "?",
			obj->mode & 0777);
	if (live_creator_lives(live, obj)) {
		text_add(text, ", made by ");
		add_process(text, live, obj->cpid);
	}
	add_holders(text, live, &group->seen);
	if (sighting_is_elsewhere(live, &group->seen)) {
		text_add(text, "; ");
		add_place(text, live, group);
	}
	text_add(text, "\n");
}

/* What each of the denied permissions is asked for. */
static void add_tried(struct text *text, const struct group *group)
{
	const char *class = group->sample.class;
	bool is_first = true;

	for (const char *at = group->perms; *at;) {
		size_t length = strcspn(at, " ");
		_cleanup_free_ char *permission = strndup(at, length);
		const char *tried = permission ? explain_permission(class, permission) : NULL;

		if (tried)
			text_add_format(text, "%s%s", is_first ? "  tried: " : "; ", tried);
		is_first = is_first && !tried;
		text->failed |= !permission;
		at += length + strspn(at + length, " ");
	}
	if (!is_first)
		text_add(text, "\n");
}

static void add_needs(struct text *text, const struct group *group)
{
	const char *message = explain_message(&group->sample);
	struct text needs = {0};

	/* a new object needs one permission, and that was denied */
	if (strcmp(group->perms, "create") && explain_needs(&needs, &group->sample))
		text_add_format(text, "  needs: { %s } in all%s%s\n",
				needs.bytes ? needs.bytes : "",
				message ? ", and for the message " : "", message ?: "");
	text_done(&needs);
}

static void add_policy_words(struct text *text, const char *what, const struct text *words)
{
	if (!words->length)
		return;
	text_add_format(text, "  policy: %s { ", what);
	text_add_escaped(text, words->bytes);
	text_add(text, " }\n");
}

/* What refuses those that rules allow. */
static const char *constraint_of(enum sepolicy_reason reason)
{
	switch (reason) {
	case SEPOLICY_RANGE:
		return "rules allow it, the ranges (MLS, MCS) refuse";
	case SEPOLICY_ROLE:
		return "rules allow it, a change of role refuses";
	case SEPOLICY_BOUNDS:
		return "rules allow it, a type's bounds refuse";
	case SEPOLICY_ALLOWS:
	case SEPOLICY_RULE:
	case SEPOLICY_CONSTRAINT:
	case SEPOLICY_COUNT_:
		break;
	}
	return "a constraint refuses";
}

static void add_policy(struct text *text, const struct sepolicy_answer *answer)
{
	if (answer->reason == SEPOLICY_ALLOWS)
		text_add(text, "  policy: allows it by now\n");
	add_policy_words(text, "no rule allows", &answer->missing);
	add_policy_words(text, constraint_of(answer->reason), &answer->constrained);
	add_policy_words(text, "not logged when refused (dontaudit):", &answer->silent);
	if (!answer->boolean.length)
		return;
	text_add(text, "  policy: the boolean ");
	text_add_escaped(text, answer->boolean.bytes);
	text_add_format(text, " would allow it when it is %s\n",
			answer->boolean_value ? "on" : "off");
}

/* Whose label it is and what the process calls itself, which may be another's. */
static void add_source(struct text *text, const struct group *group)
{
	static const struct {
		const char *before, *comm, *behind;
	} words[] = {
		[SOURCE_PROCESS] = {"", " (", ")"},
		[SOURCE_MESSAGE] = {"a message labelled ", " (sent by ", ")"},
		[SOURCE_RECEIVER] = {"", ", a receiver that waited while ", " sent,"},
		[SOURCE_EITHER] = {"", " (", ", or a receiver that waited while it sent)"},
	};
	const struct denial *sample = &group->sample;
	enum explain_source source = explain_source(sample->class, group->perms, group->op);

	text_add(text, words[source].before);
	add_type(text, sample->scontext);
	if (!sample->comm)
		return;
	text_add(text, words[source].comm);
	text_add_escaped(text, sample->comm);
	text_add(text, words[source].behind);
}

static void add_label(struct text *text, const struct group *group)
{
	const struct denial *sample = &group->sample;

	text_add(text, "  label: ");
	add_type(text, sample->tcontext);
	/* what was to be made would have had the label of the process itself */
	if (!strcmp(sample->class, "msg"))
		text_add(text, ", that of the message");
	else if (sample->about == ABOUT_SYSV && strcmp(group->perms, "create"))
		text_add(text, ", that of the process that made it; nothing can relabel it");
	text_add(text, "\n");
}

static void add_call(struct text *text, const struct group *group)
{
	bool is_senders =
		explain_source(group->sample.class, group->perms, group->op) == SOURCE_RECEIVER;

	if (group->op[0])
		text_add_format(text, "  call: %s%s\n", group->op,
				is_senders ? ", of the sender" : "");
}

/* A look at the contexts, where no policy is at hand that knows. */
static void add_range(struct text *text, const struct group *group)
{
	static const char lacks[] = "  range: the object has categories that the process lacks";

	switch (explain_range(group->sample.scontext, group->sample.tcontext, group->perms)) {
	case RANGE_PERHAPS:
		text_add_format(text, "%s: may also be refused by MCS\n", lacks);
		break;
	case RANGE_REFUSES:
		text_add_format(text, "%s; an allow rule doesn't help\n", lacks);
		break;
	case RANGE_NONE:
		break;
	}
}

static void add_group(struct text *text, struct live *live, const struct group *group,
		      const struct sepolicy_answer *answer)
{
	const struct denial *sample = &group->sample;

	add_source(text, group);
	text_add(text, " was denied { ");
	text_add_escaped(text, group->perms);
	text_add(text, " } on ");
	add_subject(text, sample);
	text_add(text, "\n");
	add_label(text, group);
	add_call(text, group);
	add_tried(text, group);
	add_needs(text, group);
	if (answer)
		add_policy(text, answer);
	else
		add_range(text, group);
	add_count(text, group);
	add_made(text, &sample->made);
	add_object(text, live, group);
}

/* The rule stands alone in its line, to be copied. */
static void add_suggestions(struct text *text, struct live *live, const struct group *group,
			    const struct sepolicy_answer *answer)
{
	_cleanup_(suggestions_done) struct suggestions suggestions;

	suggestions_make(&suggestions, live, group, answer);
	for (size_t i = 0; i < suggestions.count; i++) {
		const struct suggestion *one = &suggestions.all[i];

		text->failed |= one->text.failed;
		if (one->kind == SUGGEST_RULE)
			text_add_format(text, "  %s a rule%s:\n    %s\n", i ? "or" : "do:",
					one->is_wide
						? ", which opens what many programs have, each of "
						  "this type"
						: "",
					one->text.bytes);
		else
			text_add_format(text, "  do: %s\n", one->text.bytes);
	}
}

static int print_group(FILE *out, struct text *text, struct live *live, const struct group *group,
		       const struct print_style *style)
{
	_cleanup_(sepolicy_answer_done) struct sepolicy_answer answer;
	int asked = group_ask_policy(group, live, style->policy, &answer);

	if (asked < 0)
		return asked;
	add_group(text, live, group, asked ? &answer : NULL);
	if (style->is_suggesting)
		add_suggestions(text, live, group, asked ? &answer : NULL);
	if (text->failed)
		return -ENOMEM;
	return fputs(text->bytes, out) < 0 ? -errno : 0;
}

int print_groups_text(FILE *out, struct live *live, const struct groups *groups,
		      const struct print_style *style)
{
	_cleanup_(text_done) struct text text = {0};

	for (size_t i = 0; i < groups->count; i++) {
		int r;

		text_clear(&text);
		if (i)
			text_add(&text, "\n");
		r = print_group(out, &text, live, &groups->all[i], style);
		if (r < 0)
			return r;
	}
	if (groups->left_out)
		fprintf(out, "\n%" PRIu64 " more denials, of other causes than these %zu\n",
			groups->left_out, groups->count);
	return printed_all(out);
}

void print_complaint_text(const struct complaint *complaint)
{
	say_error("%s:%" PRIu64 ": %s", complaint->file ?: "standard input", complaint->line,
		  complaint->what);
}
