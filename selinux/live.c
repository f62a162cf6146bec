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
#include "namespaces.h"
#include "readall.h"
#include "say.h"

/* A look costs a few milliseconds and a megabyte for each thousand objects; whoever may make namespaces... */
#define OTHERS_MAX 64

static const char *const match_names[MATCH_COUNT_] = {
	[MATCH_NONE] = "none", [MATCH_KEY] = "key",   [MATCH_ID] = "id",
	[MATCH_NAME] = "name", [MATCH_TIME] = "time",
};

const char *match_name(enum match match)
{
	return match_names[match];
}

static void init_place(struct live_place *place)
{
	*place = (struct live_place){.inv = {.shm_fd = -1, .mqueue_fd = -1}};
}

int live_take(struct live *live)
{
	struct live_place *here = &live->here;
	struct place place;
	int r;

	*live = (struct live){.procs = {.proc_fd = -1}};
	init_place(here);
	gethostname(live->host, sizeof(live->host) - 1);
	r = inventory_scan(&here->inv, KINDS_ALL, NULL);
	if (r == 0)
		r = procs_read(&live->procs);
	if (r == 0)
		r = holders_read(&here->holders, &here->inv, &live->procs, HOLDERS_OPEN);
	live->whos.procs = &live->procs;
	if (r == 0 && place_of(&live->procs, getpid(), &place) == 0) {
		here->ipc_ns = place.ipc_ns;
		here->shm_dev = place.shm_dev;
	}
	if (r < 0) {
		say_error("objects of this host: %s", strerror(-r));
		live_done(live);
	}
	return r;
}

void live_borrow(struct live *live, const struct inventory *inv, const struct procs *procs)
{
	struct place place;

	*live = (struct live){.here = {.inv = *inv}, .procs = *procs, .is_borrowed = true};
	gethostname(live->host, sizeof(live->host) - 1);
	if (place_of(procs, getpid(), &place) == 0) {
		live->here.ipc_ns = place.ipc_ns;
		live->here.shm_dev = place.shm_dev;
	}
}

static void place_done(struct live_place *place)
{
	holders_done(&place->holders);
	inventory_done(&place->inv);
}

void live_done(struct live *live)
{
	for (size_t i = 0; i < live->other_count; i++) {
		place_done(live->others[i]);
		free(live->others[i]);
	}
	free(live->others);
	live->others = NULL;
	live->other_count = 0;
	place_done(&live->here);
	removals_free(live->removals);
	usernames_done(&live->usernames);
	whos_done(&live->whos);
	procs_done(&live->procs);
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

static enum match guess(const struct live *live, const struct inventory *inv,
			const struct denial *denial, size_t *object)
{
	size_t found = 0;

	/* what is to be made isn't there yet */
	if (!strcmp(denial->perms, "create"))
		return MATCH_NONE;
	for (size_t i = 0; i < inv->count; i++)
		if (inv->objects[i].kind == denial->kind &&
		    may_be(live, denial, &inv->objects[i])) {
			*object = i;
			found++;
		}
	return found == 1 ? MATCH_TIME : MATCH_NONE;
}

static enum match match_sysv(const struct live *live, const struct inventory *inv,
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
		return guess(live, inv, denial, object);
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

/*
 * A process that lives in another IPC namespace was denied an object there: the key and the name say
 * nothing about those here. One that was started later only has the pid.
 */
static bool is_elsewhere(const struct live *live, const struct denial *denial, struct place *place)
{
	const struct proc *proc =
		denial->pid > 0 ? procs_find(&live->procs, (pid_t)denial->pid) : NULL;

	if (!proc || (denial->time && proc->started > denial->time) ||
	    place_of(&live->procs, proc->pid, place) < 0)
		return false;
	/* files of /dev/shm are in no IPC namespace; who sees none may have had one */
	if (KIND_BIT(denial->kind) & KINDS_DEV_SHM)
		return place->shm_dev && place->shm_dev != live->here.shm_dev;
	return place->ipc_ns != live->here.ipc_ns;
}

static struct live_place *look_into(struct live *live, const struct place *place)
{
	struct live_place *other = malloc(sizeof(*other)), **grown;

	grown = reallocarray(live->others, live->other_count + 1, sizeof(struct live_place *));
	if (grown)
		live->others = grown;
	if (!other || !grown) {
		free(other);
		return NULL;
	}
	init_place(other);
	other->ipc_ns = place->ipc_ns;
	other->shm_dev = place->shm_dev;
	other->error = live->other_count < OTHERS_MAX ? place_scan(&live->procs, place, KINDS_ALL,
								   &other->inv, &other->holders)
						      : -E2BIG;
	live->others[live->other_count++] = other;
	return other;
}

/* NULL without memory. */
static struct live_place *find_place(struct live *live, const struct place *place)
{
	for (size_t i = 0; i < live->other_count; i++)
		if (live->others[i]->ipc_ns == place->ipc_ns &&
		    live->others[i]->shm_dev == place->shm_dev)
			return live->others[i];
	return look_into(live, place);
}

struct sighting live_find(struct live *live, const struct denial *denial)
{
	struct sighting seen = {MATCH_NONE, NULL, 0};
	struct place place;

	if (!denial->has_kind || denial->container || !denial_is_of_host(denial, live->host))
		return seen;
	if (!is_elsewhere(live, denial, &place))
		seen.place = &live->here;
	else if (!live->is_borrowed)
		seen.place = find_place(live, &place);
	if (seen.place)
		seen.match = kind_is_sysv(denial->kind)
				     ? match_sysv(live, &seen.place->inv, denial, &seen.object)
				     : match_file(&seen.place->inv, denial, &seen.object);
	return seen;
}

const struct ipc_object *sighting_object(const struct sighting *seen)
{
	return seen->match == MATCH_NONE ? NULL : &seen->place->inv.objects[seen->object];
}

bool sighting_is_elsewhere(const struct live *live, const struct sighting *seen)
{
	return seen->place && seen->place != &live->here;
}
