/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A key is one object's in its IPC namespace; an id is one's until four million others were made; a
 * file is its name and its inode. What has no key (IPC_PRIVATE, key 0) and no id in the log can only be
 * guessed: by kind, owner and mode of that time, and a creator of the label, if one alone is left.
 */
#include "match.h"

#include <stdio.h>
#include <string.h>
#include <sys/shm.h>

#include "cleanup.h"
#include "readall.h"

static const char *const match_names[MATCH_COUNT_] = {
	[MATCH_NONE] = "none", [MATCH_KEY] = "key",   [MATCH_ID] = "id",
	[MATCH_NAME] = "name", [MATCH_TIME] = "time",
};

const char *match_name(enum match match)
{
	return match_names[match];
}

char *match_label(const struct procs *procs, pid_t pid)
{
	char path[64], label[4096];

	snprintf(path, sizeof(path), "%d/attr/current", pid);
	if (read_text_at(procs->proc_fd, path, label, sizeof(label)) <= 0)
		return NULL;
	label[strcspn(label, "\n")] = '\0';
	/* where SELinux isn't running, other modules answer in other forms */
	return strchr(label, ':') ? strdup(label) : NULL;
}

static bool has_label_of(const struct procs *procs, const struct ipc_object *obj,
			 const char *context)
{
	_cleanup_free_ char *label =
		procs_creator_lives(procs, obj) ? match_label(procs, obj->cpid) : NULL;

	return !label || context_has_same_type(label, context);
}

/* Nothing that the log tells speaks against the keyless object. */
static bool may_be(const struct procs *procs, const struct denial *denial,
		   const struct ipc_object *obj)
{
	if (obj->key || (obj->kind == KIND_SHM && obj->mode & SHM_DEST && !obj->nattch))
		return false;
	if (denial->time && object_made_by(obj) > denial->time)
		return false;
	if (denial->object_uid != DENIAL_UNKNOWN && denial->object_uid != (int64_t)obj->uid)
		return false;
	if (denial->object_mode != DENIAL_UNKNOWN &&
	    denial->object_mode != (int64_t)(obj->mode & 0777))
		return false;
	return has_label_of(procs, obj, denial->tcontext);
}

static enum match guess(const struct inventory *inv, const struct procs *procs,
			const struct denial *denial, size_t *object)
{
	size_t found = 0;

	/* what is to be made isn't there yet */
	if (!strcmp(denial->perms, "create"))
		return MATCH_NONE;
	for (size_t i = 0; i < inv->count; i++)
		if (inv->objects[i].kind == denial->kind &&
		    may_be(procs, denial, &inv->objects[i])) {
			*object = i;
			found++;
		}
	return found == 1 ? MATCH_TIME : MATCH_NONE;
}

static enum match match_sysv(const struct inventory *inv, const struct procs *procs,
			     const struct denial *denial, size_t *object)
{
	bool has_key = denial->key_source != KEY_NONE && denial->key;
	enum match match = MATCH_NONE;

	for (size_t i = 0; i < inv->count; i++) {
		const struct ipc_object *obj = &inv->objects[i];

		if (obj->kind != denial->kind)
			continue;
		if (has_key && obj->key == denial->key) {
			*object = i;
			return MATCH_KEY;
		}
		/* a key that is another's makes it another object, which was given the id since */
		if (denial->id == (int64_t)obj->id && (!has_key || !obj->key)) {
			*object = i;
			match = MATCH_ID;
		}
	}
	/* a key that can't be read is no IPC_PRIVATE */
	if (match == MATCH_NONE && !has_key && denial->id == DENIAL_UNKNOWN &&
	    (denial->key_source != KEY_NONE || !denial->damage))
		return guess(inv, procs, denial, object);
	return match;
}

static bool is_last_element(const char *name, const char *last)
{
	const char *slash = strrchr(name, '/');

	return !strcmp(slash ? slash + 1 : name, last);
}

static bool is_file(const struct denial *denial, const struct ipc_object *obj)
{
	const char *last = denial->name;

	if (obj->kind != denial->kind || !obj->name)
		return false;
	if (denial->ino != DENIAL_UNKNOWN && denial->ino != (int64_t)obj->ino)
		return false;
	/* of a queue that was asked for by mq_open(3) records have the name without its slash */
	if (denial->about == ABOUT_FILE)
		return !strcmp(obj->name + (denial->name[0] != '/'), denial->name);
	if (obj->kind == KIND_PSEM && !strncmp(last, "sem.", 4))
		last += 4;
	/* a last name alone is no evidence */
	return denial->ino != DENIAL_UNKNOWN && is_last_element(obj->name, last);
}

static enum match match_file(const struct inventory *inv, const struct denial *denial,
			     size_t *object)
{
	for (size_t i = 0; denial->name && i < inv->count; i++)
		if (is_file(denial, &inv->objects[i])) {
			*object = i;
			return MATCH_NAME;
		}
	return MATCH_NONE;
}

enum match match_find(const struct inventory *inv, const struct procs *procs,
		      const struct denial *denial, size_t *object)
{
	return kind_is_sysv(denial->kind) ? match_sysv(inv, procs, denial, object)
					  : match_file(inv, denial, object);
}
