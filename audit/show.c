/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ipcaudit show: everything about one object. */
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "document.h"
#include "object_json.h"
#include "printed.h"
#include "say.h"
#include "semaphores.h"
#include "show_denials.h"
#include "show_ftok.h"
#include "sleepers.h"
#include "words.h"

/* Column names stand this wide; so many semaphores are shown, a set may have 32,000. */
#define LABEL_WIDTH 15
#define SEMAPHORES_SHOWN 64

static void print_label(const char *label, FILE *out)
{
	fprintf(out, "%-*s", LABEL_WIDTH, label);
}

static void print_text(const char *label, struct text *text, FILE *out)
{
	print_label(label, out);
	fprintf(out, "%s\n", text->bytes && text->length ? text->bytes : "-");
	text_clear(text);
}

static void print_size(const char *label, uint64_t bytes, FILE *out)
{
	char size[SIZE_TEXT_SIZE];

	print_label(label, out);
	if (bytes == OBJECT_UNKNOWN)
		fputs("unknown\n", out);
	else
		fprintf(out, "%llu (%s)\n", (unsigned long long)bytes, size_format(bytes, size));
}

static void print_time(const char *label, const struct audit *audit, time_t when, FILE *out)
{
	struct text text = {0};
	struct tm then;
	char form[64];

	if (!when) {
		text_add(&text, "never");
	} else if (localtime_r(&when, &then) &&
		   strftime(form, sizeof(form), "%Y-%m-%d %H:%M:%S", &then)) {
		text_add(&text, form);
		text_add(&text, ", ");
		words_add_span(&text, when < audit->now ? (uint64_t)(audit->now - when) : 0);
		text_add(&text, " ago");
	}
	print_text(label, &text, out);
	text_done(&text);
}

/* A pid with what is left of it: "123 postgres, postgresql.service", "123, gone". */
static void print_process(const char *label, struct audit *audit, pid_t pid, bool lives, FILE *out)
{
	const struct who *who = lives ? whos_get(&audit->whos, pid) : NULL;
	struct text text = {0};

	if (!pid) {
		text_add(&text, "none, or not visible from here");
	} else if (!lives) {
		text_add_uint(&text, (uint64_t)pid);
		text_add(&text, ", gone");
	} else {
		words_add_process(&text, audit, pid);
		if (who && who->unit)
			text_add_format(&text, ", %s", who->unit);
		if (who && who->container)
			text_add_format(&text, ", container %s", who->container);
	}
	print_text(label, &text, out);
	text_done(&text);
}

static void print_identity(struct audit *audit, const struct ipc_object *obj, FILE *out)
{
	struct text text = {0};
	char key[KEY_TEXT_SIZE];

	words_add_object(&text, obj);
	text_add_format(&text, ", a %s", kind_title(obj->kind));
	print_text("object", &text, out);
	if (kind_is_sysv(obj->kind)) {
		text_add_format(&text, "%s%s", key_format(obj->key, key),
				obj->key ? "" : " (private)");
		print_text("key", &text, out);
	}
	words_add_user(&text, audit, obj->uid);
	text_add_format(&text, " (uid %u, gid %u)", obj->uid, obj->gid);
	print_text("owner", &text, out);
	if (kind_is_sysv(obj->kind)) {
		words_add_user(&text, audit, obj->cuid);
		text_add_format(&text, " (uid %u, gid %u)", obj->cuid, obj->cgid);
		print_text("creator", &text, out);
	}
	words_add_mode(&text, obj->mode);
	text_add_char(&text, ' ');
	words_add_perms(&text, obj->mode);
	print_text("mode", &text, out);
	text_done(&text);
}

static void print_shm(struct audit *audit, size_t object, FILE *out)
{
	const struct ipc_object *obj = &audit->inv.objects[object];
	struct text state = {0};
	uint64_t hugepage_size;

	print_size("size", obj->bytes, out);
	print_size("in memory", obj->rss, out);
	print_size("in swap", obj->swap, out);
	hugepage_size = holders_hugepage_size(&audit->holders, object);
	if (hugepage_size)
		print_size("huge pages", hugepage_size, out);
	words_add_state(&state, obj);
	print_text("state", &state, out);
	text_done(&state);
	print_process("made by", audit, obj->cpid, audit_creator_lives(audit, obj), out);
	print_process("last used by", audit, obj->lpid, audit_last_user_lives(audit, obj), out);
	print_time("attached", audit, obj->atime, out);
	print_time("detached", audit, obj->dtime, out);
	print_label("nattch", out);
	fprintf(out, "%llu\n", (unsigned long long)obj->nattch);
}

/* Who operated on it last, and what that process does now. */
static void add_last(struct text *text, struct audit *audit, const struct ipc_object *obj,
		     const struct semaphore *semaphore)
{
	struct text doing = {0};

	if (!procs_may_be_alive(&audit->procs, semaphore->pid, obj->newest)) {
		text_add_format(text, "%d, gone", semaphore->pid);
		return;
	}
	words_add_process(text, audit, semaphore->pid);
	sleepers_add_doing(&doing, audit, semaphore->pid);
	if (doing.bytes)
		text_add_format(text, ", which %s", doing.bytes);
	text_done(&doing);
}

static void print_semaphore(struct audit *audit, const struct ipc_object *obj, uint32_t n,
			    const struct semaphore *semaphore, FILE *out)
{
	char label[24];
	struct text text = {0};

	snprintf(label, sizeof(label), "semaphore %u", n);
	text_add_format(&text, "value %d, %d wait for more, %d for zero", semaphore->value,
			semaphore->ncnt, semaphore->zcnt);
	if (semaphore->pid) {
		text_add(&text, "; last: ");
		add_last(&text, audit, obj, semaphore);
	}
	print_text(label, &text, out);
	text_done(&text);
}

static void print_sem(struct audit *audit, const struct ipc_object *obj, FILE *out)
{
	print_time("last operation", audit, obj->lpid_at, out);
	print_label("semaphores", out);
	fprintf(out, "%u\n", obj->nsems);
	for (uint32_t n = 0; n < obj->nsems; n++) {
		struct semaphore semaphore;
		int r = semaphore_read(obj, n, &semaphore);

		if (r < 0) {
			say_error("sem:%d: its values can't be read: %s", obj->id, strerror(-r));
			return;
		}
		if (n < SEMAPHORES_SHOWN)
			print_semaphore(audit, obj, n, &semaphore, out);
	}
	if (obj->nsems > SEMAPHORES_SHOWN)
		fprintf(out, "... and %u more (--json has all)\n", obj->nsems - SEMAPHORES_SHOWN);
}

/*
 * The kernel doesn't tell who asked for SEM_UNDO. But what a process that is dead has not given back, it
 * had taken without.
 */
static void print_undo(const struct audit *audit, size_t object, FILE *out)
{
	struct text text = {0};

	for (size_t i = 0; i < audit->sem_waits.state_count; i++) {
		const struct sem_state *state = &audit->sem_waits.states[i];

		if (state->object != object || !sem_state_is_orphaned(state))
			continue;
		text_add_format(
			&text,
			"semaphore %u was taken without SEM_UNDO by %d, gone: nobody will give "
			"it back",
			state->num, state->sem.pid);
		print_text("undo", &text, out);
	}
	text_done(&text);
}

static void print_waiters(struct audit *audit, const struct ipc_object *obj, FILE *out)
{
	struct text text = {0};
	size_t count = 0;
	const struct waiter *waiter = waiters_of(&audit->usage.waiters, obj->kind, obj->id, &count);

	for (size_t i = 0; i < count; i++) {
		sleepers_add_waiter(&text, audit, &waiter[i]);
		print_text("waiter", &text, out);
	}
	text_done(&text);
}

static void print_msg(struct audit *audit, const struct ipc_object *obj, FILE *out)
{
	print_label("messages", out);
	fprintf(out, "%llu\n", (unsigned long long)obj->qnum);
	print_size("bytes", obj->bytes, out);
	print_size("takes", obj->qbytes, out);
	print_process("last sender", audit, obj->lpid, audit_last_user_lives(audit, obj), out);
	print_time("sent", audit, obj->lpid_at, out);
	print_process("last receiver", audit, obj->lrpid, audit_receiver_lives(audit, obj), out);
	print_time("received", audit, obj->lrpid_at, out);
}

static void print_file(struct audit *audit, const struct ipc_object *obj, FILE *out)
{
	if (obj->kind == KIND_PMQ && obj->maxmsg) {
		print_label("messages", out);
		fprintf(out, "%llu of %u, of %u bytes at most\n", (unsigned long long)obj->qnum,
			obj->maxmsg, obj->msgsize);
	} else {
		print_size("size", obj->bytes, out);
		print_size("in memory", obj->rss, out);
		print_size("in swap", obj->swap, out);
	}
	print_time("written", audit, obj->mtime, out);
	print_label("inode", out);
	fprintf(out, "%llu, %u %s\n", (unsigned long long)obj->ino, obj->nlink,
		obj->nlink == 1 ? "name" : "names");
}

static void print_holding(struct audit *audit, const struct holding *holding, FILE *out)
{
	const struct who *who = whos_get(&audit->whos, holding->pid);
	struct text text = {0};

	words_add_process(&text, audit, holding->pid);
	if (who && who->unit)
		text_add_format(&text, ", %s", who->unit);
	text_add(&text, holding->is_writable ? ", rw" : ", ro");
	if (holding->end)
		text_add_format(&text, " at %llx-%llx", (unsigned long long)holding->start,
				(unsigned long long)holding->end);
	else
		text_add(&text, ", open");
	if (holders_is_foreign(&audit->holders, holding))
		text_add(&text, ", of another IPC namespace");
	print_text("user", &text, out);
	text_done(&text);
}

static void print_object(struct audit *audit, size_t object, FILE *out)
{
	const struct ipc_object *obj = &audit->inv.objects[object];
	size_t count;
	const struct holding *holding = holders_of(&audit->holders, object, &count);

	print_identity(audit, obj, out);
	print_time("changed", audit, obj->ctime, out);
	switch (obj->kind) {
	case KIND_SHM:
		print_shm(audit, object, out);
		break;
	case KIND_SEM:
		print_sem(audit, obj, out);
		print_undo(audit, object, out);
		print_waiters(audit, obj, out);
		break;
	case KIND_MSG:
		print_msg(audit, obj, out);
		print_waiters(audit, obj, out);
		break;
	case KIND_PSHM:
	case KIND_PSEM:
	case KIND_PMQ:
		print_file(audit, obj, out);
		break;
	case KIND_COUNT_:
		break;
	}
	for (size_t i = 0; i < count; i++)
		print_holding(audit, &holding[i], out);
}

/* The keys of files that were asked about, or of none. */
static int ask_ftok(const struct audit *audit, const struct ipc_object *obj,
		    struct ftok_answers *answers)
{
	const struct options *options = audit->options;
	_cleanup_(tmp_places_done) struct tmp_places places = {0};
	int r;

	if (!options->ftok_count)
		return 0;
	r = tmp_places_read(&places, NULL);
	if (r == 0)
		r = ftok_ask(answers, obj->key, options->ftok_files, options->ftok_count, &places);
	if (r == 0 && answers->has_shared && (places.unread || places.is_partial))
		say_error(
			"--ftok: not every unit's private /tmp can be looked into; root sees all");
	return r;
}

/* Many files may be asked about: of those that are not it one is shown, more are counted. */
static void print_ftok(const struct ftok_answers *answers, uint32_t key, FILE *out)
{
	const struct ftok_answer *other = NULL;
	struct text text = {0};
	size_t others = 0;

	for (size_t i = 0; i < answers->count; i++) {
		const struct ftok_answer *answer = &answers->all[i];

		if (answer->is_match || answer->is_clash) {
			show_ftok_write(&text, answer, key);
			print_text("ftok", &text, out);
		} else if (!answer->error) {
			other = answer;
			others++;
		}
	}
	if (others == 1)
		show_ftok_write(&text, other, key);
	else if (others)
		text_add_format(&text, "%zu files don't give this key", others);
	if (others)
		print_text("ftok", &text, out);
	if (answers->matches > 1) {
		text_add_format(&text, "%zu different files do: a key has only 24 bits of its file",
				answers->matches);
		print_text("ftok", &text, out);
	}
	text_done(&text);
}

/* A file that is nowhere was asked for by mistake. */
static bool have_all_files(const struct ftok_answers *answers)
{
	bool have_all = true;

	for (size_t i = 0; i < answers->count; i++) {
		const struct ftok_answer *answer = &answers->all[i];
		_cleanup_free_ char *path = name_escape(answer->path);

		if (!answer->error || answer->is_clash)
			continue;
		say_error("%s: %s", path ? path : "?", strerror(-answer->error));
		have_all = false;
	}
	return have_all;
}

static int print_json(struct audit *audit, size_t object, const struct show_denials *denials,
		      const struct ftok_answers *answers, FILE *out)
{
	struct document_stream stream;
	int r = document_stream_begin(&stream, out, "show");

	if (r == 0)
		r = document_stream_array(&stream, "objects");
	if (r == 0)
		r = object_json_put(&stream, audit, object, OBJECT_JSON_SHOW);
	if (r == 0)
		r = show_denials_put_json(&stream, denials);
	if (r == 0 && audit->options->ftok_count)
		r = show_ftok_put_json(&stream, answers);
	return r == 0 ? document_stream_end(&stream) : r;
}

static void print_denials(const struct audit *audit, const struct show_denials *denials, FILE *out)
{
	struct text text = {0};

	for (size_t i = 0; i < denials->groups.count; i++) {
		show_denials_write(&text, &denials->groups.all[i], audit->now);
		print_text("denied", &text, out);
	}
	text_done(&text);
}

static int print(struct audit *audit, size_t object, FILE *out)
{
	const struct ipc_object *obj = &audit->inv.objects[object];
	_cleanup_(ftok_answers_done) struct ftok_answers answers = {0};
	_cleanup_(show_denials_done) struct show_denials denials;
	int r = show_denials_read(&denials, audit, object);

	if (r == 0)
		r = ask_ftok(audit, obj, &answers);
	if (r == 0 && audit->options->is_json) {
		r = print_json(audit, object, &denials, &answers, out);
	} else if (r == 0) {
		print_object(audit, object, out);
		print_denials(audit, &denials, out);
		print_ftok(&answers, obj->key, out);
		r = printed_all(out);
	}
	if (r < 0)
		say_error("show: %s", r == -ENOSYS ? "--json needs libjson-c.so.5" : strerror(-r));
	return r < 0 || !have_all_files(&answers) ? EXIT_ERROR : EXIT_FINE;
}

static int show(struct audit *audit, const char *ref)
{
	const struct ipc_object *obj;
	size_t object;
	int r = audit_find(audit, ref, &object);

	if (r < 0) {
		say_error("%s: %s", ref, audit_find_error(r));
		return EXIT_ERROR;
	}
	obj = &audit->inv.objects[object];
	if (audit->options->ftok_count && (!kind_is_sysv(obj->kind) || !obj->key)) {
		say_error("%s: has no key that ftok(3) could make", ref);
		return EXIT_ERROR;
	}
	return print(audit, object, stdout);
}

/* Who sleeps is asked of all threads of the host: not for what nobody sleeps on. */
static unsigned needs_of(const char *ref)
{
	bool may_have_waiters = !strncmp(ref, "sem:", 4) || !strncmp(ref, "msg:", 4);

	return NEEDS_RESIDENT | NEEDS_MAPPED | NEEDS_OPEN |
	       (may_have_waiters ? (unsigned)NEEDS_WAITERS : 0);
}

int command_show(const struct command_context *context)
{
	const char *ref = context->options->operands[0];
	struct audit audit;
	int status;

	if (audit_take(&audit, context, KINDS_ALL, needs_of(ref)) < 0)
		return EXIT_ERROR;
	audit_tell_gaps(&audit);
	status = show(&audit, ref);
	audit_done(&audit);
	return status;
}
