/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a log says of another host is not looked for here. Where the denied process still lives, its own
 * IPC namespace and /dev/shm are those that count.
 */
#include "live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "namespaces.h"
#include "say.h"

/* Whoever may make namespaces can make more than there is memory and time for. */
#define OTHERS_MAX 64

static void init_place(struct live_place *place)
{
	*place = (struct live_place){.inv = {.shm_fd = -1, .mqueue_fd = -1}};
}

static void name_here(struct live *live)
{
	struct place place;

	if (place_of(&live->procs, getpid(), &place) < 0)
		return;
	live->here.ipc_ns = place.ipc_ns;
	live->here.shm_dev = place.shm_dev;
}

int live_take(struct live *live)
{
	struct live_place *here = &live->here;
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
	if (r == 0)
		name_here(live);
	if (r < 0) {
		say_error("objects of this host: %s", strerror(-r));
		live_done(live);
	}
	return r;
}

void live_borrow(struct live *live, const struct inventory *inv, const struct procs *procs)
{
	*live = (struct live){.here = {.inv = *inv}, .procs = *procs, .is_borrowed = true};
	gethostname(live->host, sizeof(live->host) - 1);
	name_here(live);
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

/*
 * A process that lives in another IPC namespace was denied an object there: the key and the name say
 * nothing about those here. One that was started later only has the pid.
 */
static bool is_elsewhere(const struct live *live, const struct denial *denial, struct place *place)
{
	const struct proc *proc =
		denial->pid > 0 ? procs_find(&live->procs, (pid_t)denial->pid) : NULL;

	if (!proc || (denial->time && proc->started > denial->time))
		return false;
	if (KIND_BIT(denial->kind) & KINDS_DEV_SHM)
		/* files of /dev/shm are in no IPC namespace; who sees none may have had one */
		return live->here.shm_dev && place_of(&live->procs, proc->pid, place) == 0 &&
		       place->shm_dev && place->shm_dev != live->here.shm_dev;
	/* the usual answer costs one look, a log may have a million denials */
	return live->here.ipc_ns &&
	       procs_ipc_ns(live->procs.proc_fd, proc->pid) != live->here.ipc_ns &&
	       place_of(&live->procs, proc->pid, place) == 0;
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
		seen.match = match_find(&seen.place->inv, &live->procs, denial, &seen.object);
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
