/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was denied, on what? The kernel writes an AVC record in a fixed order (security/lsm_audit.c,
 * selinux/avc.c): { permissions } for pid= comm=, what it is about, scontext= tcontext= tclass=
 * permissive=. So the contexts and the class are looked for from the end, and the key is what stands
 * last before them: a program may choose its name or a file's, and ausearch -i prints names without
 * quotes, but nothing that it chooses comes behind.
 */
#include "denial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "denial_internal.h"
#include "eventtime.h"
#include "keytext.h"
#include "spannumber.h"

static const char *const about_names[ABOUT_COUNT_] = {
	[ABOUT_SYSV] = "object",
	[ABOUT_SEGMENT_FILE] = "segment-file",
	[ABOUT_FILE] = "file",
	[ABOUT_NAME] = "file-name",
	[ABOUT_MOUNT] = "mount",
	[ABOUT_INFO] = "limits",
	[ABOUT_CAPABILITY] = "capability",
};

static const char *const source_names[KEY_COUNT_] = {
	[KEY_NONE] = NULL,   [KEY_RECORD] = "record",	[KEY_REPAIRED] = "repaired",
	[KEY_PATH] = "path", [KEY_SYSCALL] = "syscall",
};

const char *denial_about_name(enum denial_about about)
{
	return about_names[about];
}

const char *key_source_name(enum key_source source)
{
	return source_names[source];
}

struct span context_type(const char *context)
{
	struct span rest = span_of(context);
	const char *colon;

	for (int part = 0; part < 2; part++) {
		colon = rest.length ? memchr(rest.at, ':', rest.length) : NULL;
		if (!colon)
			return span_of(context);
		rest = span_from(rest, colon + 1);
	}
	colon = rest.length ? memchr(rest.at, ':', rest.length) : NULL;
	return colon ? span_until(rest, colon) : rest;
}

bool context_has_same_type(const char *a, const char *b)
{
	struct span one = context_type(a), other = context_type(b);

	return one.length == other.length && !memcmp(one.at, other.at, one.length);
}

char *context_copy_type(const char *context)
{
	struct span type = context_type(context);

	return strndup(type.at, type.length);
}

/* Takes the part of `text` from behind the last ` name=` to the end, and cuts it off there. */
static struct span cut_last(struct span *text, const char *name)
{
	const char *at = span_find_last(*text, name);
	struct span value;

	if (!at)
		return SPAN_NONE;
	value = span_from(*text, at + strlen(name));
	*text = span_until(*text, at);
	return value;
}

/* The rest may follow in words of its own: "s0:c123 c456", as ausearch -i had it until 2025. */
static struct span context_with_categories(struct span text)
{
	struct span context = span_word(text);

	while (context.length) {
		struct span rest = span_from(text, span_end(context)), word;

		if (rest.length < 3 || rest.at[1] != 'c' || rest.at[2] < '0' || rest.at[2] > '9')
			return context;
		word = span_word(span_from(rest, rest.at + 1));
		context = span_until(text, span_end(word));
	}
	return context;
}

static struct span class_word(struct span text)
{
	size_t n = 0;

	while (n < text.length && (text.at[n] == '_' || (text.at[n] >= 'a' && text.at[n] <= 'z') ||
				   (text.at[n] >= '0' && text.at[n] <= '9')))
		n++;
	return (struct span){text.at, n};
}

static const char *const classes[] = {
	"shm",	"sem", "msgq",	     "msg",	   "ipc",	 "system",
	"file", "dir", "filesystem", "capability", "cap_userns",
};

/* What is most of a log's AVC records: told apart before anything is copied. */
static bool may_be_ipc(const struct avc_parts *parts)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (span_is(parts->class, classes[i]))
			return true;
	return false;
}

static bool has_perm(struct span perms, const char *perm)
{
	struct span word;

	for (; perms.length; perms = span_skip_blanks(span_from(perms, span_end(word)))) {
		word = span_word(perms);
		if (span_is(word, perm))
			return true;
	}
	return false;
}

/* A class of ours without its end: no class of the kernel's is called so, but for msg of msgq. */
static bool is_class_cut(const struct avc_parts *parts)
{
	if (span_is(parts->class, "msg"))
		return !has_perm(parts->perms, "send") && !has_perm(parts->perms, "receive");
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (parts->class.length < strlen(classes[i]) &&
		    !memcmp(parts->class.at, classes[i], parts->class.length))
			return !may_be_ipc(parts);
	return false;
}

/* Cuts an AVC record's text into its parts. Returns NULL, or what is missing. */
static const char *cut_parts(struct span text, struct avc_parts *parts)
{
	const char *open = span_find(text, "{"), *close = span_find(text, "}");
	struct span rest;

	if (!open || !close || close < open)
		return "an AVC record without permissions";
	parts->perms = span_until(span_from(text, open + 1), close);
	rest = span_from(text, close + 1);
	parts->tail = cut_last(&rest, " tclass=");
	if (!parts->tail.at)
		return "an AVC record without class, cut off perhaps";
	parts->class = class_word(parts->tail);
	parts->tcontext = context_with_categories(cut_last(&rest, " tcontext="));
	if (!parts->tcontext.length)
		return "an AVC record without target context";
	/* the blank before it may be the separator's last one: it belongs to the value then */
	parts->scontext = context_with_categories(cut_last(&rest, "scontext="));
	if (!parts->scontext.length)
		return "an AVC record without source context";
	parts->middle = rest;
	return is_class_cut(parts) ? "an AVC record without class, cut off perhaps" : NULL;
}

/* Copies a part into the arena, NULs shown as '?'. */
static char *keep(char **arena, struct span part)
{
	char *copy = *arena;

	for (size_t i = 0; i < part.length; i++)
		copy[i] = part.at[i] ? part.at[i] : '?';
	copy[part.length] = '\0';
	*arena += part.length + 1;
	return copy;
}

/* One blank between permissions, none around them. */
static const char *keep_perms(char **arena, struct span perms)
{
	char *copy = keep(arena, perms), *to = copy;
	bool is_first = true;

	for (char *word, *rest = copy; (word = strtok_r(rest, " \t", &rest));) {
		size_t length = strlen(word);

		if (!is_first)
			*to++ = ' ';
		memmove(to, word, length);
		to += length;
		is_first = false;
	}
	*to = '\0';
	return copy;
}

static const char *keep_context(char **arena, struct span context)
{
	char *copy = keep(arena, context);

	for (char *blank = copy; (blank = strchr(blank, ' '));)
		*blank = ',';
	return copy;
}

static void read_permissive(struct span tail, struct denial *denial)
{
	const char *at = span_find(tail, " permissive=");
	struct span value = at ? span_from(tail, at + strlen(" permissive=")) : SPAN_NONE;

	denial->permissive = span_starts(value, "1")   ? 1
			     : span_starts(value, "0") ? 0
						       : DENIAL_UNKNOWN;
}

/*
 * The key's text, by which of its names stands last: what a program calls itself may be the other one.
 * *is_old tells that it is `key=`, which auparse takes for the name of an audit rule.
 */
static struct span cut_key(const struct avc_parts *parts, bool *is_old)
{
	struct span middle = parts->middle, before = parts->middle;
	struct span key = cut_last(&before, " ipc_key="), old = cut_last(&middle, " key=");

	*is_old = old.at && (!key.at || old.at > key.at);
	return *is_old ? old : key;
}

/* The key of a System V class. */
static void read_key(const struct record *record, const struct avc_parts *parts,
		     struct denial *denial)
{
	bool is_old;
	struct span text = cut_key(parts, &is_old);

	if (!text.at)
		return;
	denial->is_key_doubtful = (record->form == FORM_LAUREL && !record->has_key_number) ||
				  (record->form == FORM_INTERPRETED && is_old);
	if (denial->is_key_doubtful && keytext_repair(text, record->form, &denial->key) == 0)
		denial->key_source = KEY_REPAIRED;
	else if (keytext_read(span_word(text), &denial->key) == 0)
		denial->key_source = KEY_RECORD;
	else
		denial->damage = "an IPC key that is no number of 32 bits";
}

static enum denial_answer read_about(const struct record *record, const struct avc_parts *parts,
				     struct denial *denial, char **arena)
{
	static const struct {
		const char *class;
		enum ipc_kind kind;
	} sysv[] = {{"shm", KIND_SHM}, {"sem", KIND_SEM}, {"msgq", KIND_MSG}, {"msg", KIND_MSG}};

	denial->about = ABOUT_SYSV;
	for (size_t i = 0; i < sizeof(sysv) / sizeof(sysv[0]); i++)
		if (span_is(parts->class, sysv[i].class)) {
			denial->has_kind = true;
			denial->kind = sysv[i].kind;
			read_key(record, parts, denial);
			return DENIAL_FOUND;
		}
	if (span_is(parts->class, "ipc")) {
		read_key(record, parts, denial);
		return DENIAL_FOUND;
	}
	if (span_is(parts->class, "system") && has_perm(parts->perms, "ipc_info")) {
		denial->about = ABOUT_INFO;
		return DENIAL_FOUND;
	}
	if ((span_is(parts->class, "capability") || span_is(parts->class, "cap_userns")) &&
	    has_perm(parts->perms, "ipc_owner")) {
		denial->about = ABOUT_CAPABILITY;
		return DENIAL_FOUND;
	}
	return avc_read_file(record, parts, denial, arena) ? DENIAL_FOUND : DENIAL_NOT_IPC;
}

/* The texts of any denial; each is shorter than the record. */
static void keep_texts(const struct record *record, const struct avc_parts *parts,
		       struct denial *denial, char **arena)
{
	struct span comm = avc_field(parts, "comm");

	denial->class = keep(arena, parts->class);
	denial->perms = keep_perms(arena, parts->perms);
	denial->scontext = keep_context(arena, parts->scontext);
	denial->tcontext = keep_context(arena, parts->tcontext);
	if (comm.at)
		denial->comm = avc_keep_text(record, parts, "comm", arena);
	if (record->event.length)
		denial->event = keep(arena, record->event);
	if (record->node.length)
		denial->node = keep(arena, record->node);
	denial->time = eventtime_read(record->event);
}

/* As many are kept while they wait, and as samples: none keeps more than it needs. */
static int trim(struct denial *denial, size_t used)
{
	const char **const texts[] = {&denial->node,  &denial->event,	 &denial->class,
				      &denial->perms, &denial->scontext, &denial->tcontext,
				      &denial->comm,  &denial->name,	 &denial->container};
	char *exact = malloc(used);

	if (!exact)
		return -ENOMEM;
	memcpy(exact, denial->arena, used);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (*texts[i])
			*texts[i] = exact + (*texts[i] - denial->arena);
	free(denial->arena);
	denial->arena = exact;
	denial->size = used;
	return 0;
}

int denial_read(const struct record *record, struct denial *denial, const char **what)
{
	struct avc_parts parts = {0};
	enum denial_answer answer;
	char *arena;

	*what = cut_parts(record->body, &parts);
	if (*what)
		return DENIAL_DAMAGED;
	if (!may_be_ipc(&parts))
		return DENIAL_NOT_IPC;
	if (record->body.length + record->event.length + record->node.length > AVC_LENGTH_MAX) {
		*what = "an AVC record of more than 16 KiB is passed over";
		return DENIAL_DAMAGED;
	}
	*denial = (struct denial){.id = DENIAL_UNKNOWN,
				  .ino = DENIAL_UNKNOWN,
				  .op_flags = DENIAL_UNKNOWN,
				  .object_uid = DENIAL_UNKNOWN,
				  .object_mode = DENIAL_UNKNOWN};
	/* two texts may come from one field, and each has a NUL */
	arena = denial->arena =
		malloc(2 * record->body.length + record->event.length + record->node.length + 16);
	if (!arena)
		return -ENOMEM;
	answer = read_about(record, &parts, denial, &arena);
	if (answer == DENIAL_FOUND && record->is_granted)
		answer = DENIAL_GRANTED;
	if (answer != DENIAL_FOUND) {
		denial_done(denial);
		return (int)answer;
	}
	keep_texts(record, &parts, denial, &arena);
	denial->pid = span_decimal(avc_field(&parts, "pid"));
	read_permissive(parts.tail, denial);
	if (trim(denial, (size_t)(arena - denial->arena)) < 0) {
		denial_done(denial);
		return -ENOMEM;
	}
	return DENIAL_FOUND;
}

bool denial_is_of_host(const struct denial *denial, const char *host)
{
	const char *node = denial->node;
	size_t length = node ? strcspn(node, ".") : 0;

	if (!node || !strcmp(node, host))
		return true;
	return length == strcspn(host, ".") && !memcmp(node, host, length) &&
	       (!node[length] || !host[length]);
}

void denial_done(struct denial *denial)
{
	free(denial->arena);
	free(denial->path);
	denial->arena = denial->path = NULL;
}
