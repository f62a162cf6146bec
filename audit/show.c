/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ipcaudit show: everything about one object. */
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "document.h"
#include "object_json.h"
#include "say.h"
#include "semaphores.h"
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
		if (procs_may_be_alive(&audit->procs, semaphore->pid, obj->newest))
			words_add_process(&text, audit, semaphore->pid);
		else
			text_add_format(&text, "%d, gone", semaphore->pid);
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
	if (holding->is_foreign)
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
		break;
	case KIND_MSG:
		print_msg(audit, obj, out);
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

static int print_json(struct audit *audit, size_t object, FILE *out)
{
	struct document_stream stream;
	int r = document_stream_begin(&stream, out, "show");

	if (r == 0)
		r = document_stream_array(&stream, "objects");
	if (r == 0)
		r = object_json_put(&stream, audit, object, OBJECT_JSON_SHOW);
	return r == 0 ? document_stream_end(&stream) : r;
}

static int show(struct audit *audit, const char *ref)
{
	size_t object;
	int r = audit_find(audit, ref, &object);

	if (r < 0) {
		say_error("%s: %s", ref,
			  strchr(ref, ':') ? "no such object"
					   : "not an object: shm:ID, sem:ID, msg:ID, pshm:/NAME, "
					     "psem:/NAME or pmq:/NAME");
		return EXIT_ERROR;
	}
	if (audit->options->is_json) {
		r = print_json(audit, object, stdout);
	} else {
		print_object(audit, object, stdout);
		r = fflush(stdout) != 0 || ferror(stdout) ? -EIO : 0;
	}
	if (r < 0)
		say_error("show: %s", r == -ENOSYS ? "--json needs libjson-c.so.5" : strerror(-r));
	return r < 0 ? EXIT_ERROR : EXIT_FINE;
}

int command_show(const struct command_context *context)
{
	struct audit audit;
	int status;

	if (audit_take(&audit, context->options, context->config, context->patterns, KINDS_ALL,
		       NEEDS_RESIDENT | NEEDS_MAPPED | NEEDS_OPEN) < 0)
		return EXIT_ERROR;
	audit_tell_gaps(&audit);
	status = show(&audit, context->options->operands[0]);
	audit_done(&audit);
	return status;
}
