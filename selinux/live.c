/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A key is one object's in its IPC namespace; an id is one's until four million others were made; a
 * file is its name and its inode. What has no key (IPC_PRIVATE, key 0) and no id in the log can only be
 * guessed: by kind, owner and mode of that time, and a creator of the label, if one alone is left.
 * What a log says of another host is not looked for here.
 */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>

#include "cleanup.h"
#include "readall.h"
#include "say.h"

static const char *const match_names[MATCH_COUNT_] = {
	[MATCH_NONE] = "none", [MATCH_KEY] = "key",   [MATCH_ID] = "id",
	[MATCH_NAME] = "name", [MATCH_TIME] = "time",
};

const char *match_name(enum match match)
{
	return match_names[match];
}

int live_take(struct live *live)
{
	int r;

	*live = (struct live){.inv = {.shm_fd = -1, .mqueue_fd = -1}, .procs = {.proc_fd = -1}};
	gethostname(live->host, sizeof(live->host) - 1);
	r = inventory_scan(&live->inv, KINDS_ALL, NULL);
	if (r == 0)
		r = procs_read(&live->procs);
	if (r == 0)
		r = holders_read(&live->holders, &live->inv, &live->procs, HOLDERS_OPEN);
	live->whos.procs = &live->procs;
	if (r < 0) {
		say_error("objects of this host: %s", strerror(-r));
		live_done(live);
	}
	return r;
}

void live_borrow(struct live *live, const struct inventory *inv, const struct procs *procs)
{
	*live = (struct live){.inv = *inv, .procs = *procs};
	gethostname(live->host, sizeof(live->host) - 1);
}

void live_done(struct live *live)
{
	removals_free(live->removals);
	usernames_done(&live->usernames);
	whos_done(&live->whos);
	holders_done(&live->holders);
	procs_done(&live->procs);
	inventory_done(&live->inv);
}

bool live_creator_lives(const struct live *live, const struct ipc_object *obj)
{
	return procs_creator_lives(&live->procs, obj);
}

char *live_label(const struct live *live, pid_t pid)
{
	char path[64], label[4096];

	snprintf(path, sizeof(path), "%d/attr/current", pid);
	if (read_text_at(live->procs.proc_fd, path, label, sizeof(label)) <= 0)
		return NULL;
	label[strcspn(label, "\n")] = '\0';
	/* where SELinux isn't running, other modules answer in other forms */
	return strchr(label, ':') ? strdup(label) : NULL;
}

static bool has_label_of(const struct live *live, const struct ipc_object *obj, const char *context)
{
	_cleanup_free_ char *label =
		live_creator_lives(live, obj) ? live_label(live, obj->cpid) : NULL;

	return !label || context_has_same_type(label, context);
}

/* Nothing that the log tells speaks against the keyless object. */
static bool may_be(const struct live *live, const struct denial *denial,
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
	return has_label_of(live, obj, denial->tcontext);
}

static enum match guess(const struct live *live, const struct denial *denial, size_t *object)
{
	size_t found = 0;

	/* what is to be made isn't there yet */
	if (!strcmp(denial->perms, "create"))
		return MATCH_NONE;
	for (size_t i = 0; i < live->inv.count; i++)
		if (live->inv.objects[i].kind == denial->kind &&
		    may_be(live, denial, &live->inv.objects[i])) {
			*object = i;
			found++;
		}
	return found == 1 ? MATCH_TIME : MATCH_NONE;
}

static enum match match_sysv(const struct live *live, const struct denial *denial, size_t *object)
{
	bool has_key = denial->key_source != KEY_NONE && denial->key;
	enum match match = MATCH_NONE;

	for (size_t i = 0; i < live->inv.count; i++) {
		const struct ipc_object *obj = &live->inv.objects[i];

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
		return guess(live, denial, object);
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

/*
 * A process that lives in another IPC namespace was denied an object there: the key and the name say
 * nothing about those here. One that was started later only has the pid.
 */
static bool is_of_another_namespace(const struct live *live, const struct denial *denial)
{
	const struct proc *proc =
		denial->pid > 0 ? procs_find(&live->procs, (pid_t)denial->pid) : NULL;
	ino_t its;

	if (!proc || (denial->time && proc->started > denial->time))
		return false;
	its = procs_ipc_ns(live->procs.proc_fd, proc->pid);
	return its && its != procs_ipc_ns(live->procs.proc_fd, 0);
}

enum match live_match(const struct live *live, const struct denial *denial, size_t *object)
{
	if (!denial->has_kind || denial->container || !denial_is_of_host(denial, live->host))
		return MATCH_NONE;
	/* files of /dev/shm are in no such namespace */
	if ((kind_is_sysv(denial->kind) || denial->kind == KIND_PMQ) &&
	    is_of_another_namespace(live, denial))
		return MATCH_NONE;
	if (kind_is_sysv(denial->kind))
		return match_sysv(live, denial, object);
	for (size_t i = 0; denial->name && i < live->inv.count; i++)
		if (is_file(denial, &live->inv.objects[i])) {
			*object = i;
			return MATCH_NAME;
		}
	return MATCH_NONE;
}
