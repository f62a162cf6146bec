/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which object of this host, now, is a denial about? One snapshot of objects, processes and who holds
 * what, taken when the first denial asks; and one of each other IPC namespace or /dev/shm in which a
 * denied process lives, when its denial asks.
 */
#pragma once

#include "holders.h"
#include "match.h"
#include "removals.h"
#include "usernames.h"
#include "who.h"

/* An IPC namespace with a /dev/shm, and what is in it. */
struct live_place {
	ino_t ipc_ns;
	dev_t shm_dev; /* 0: none to be seen */
	int error;     /* why it could not be looked at, a negative errno: it is empty */
	struct inventory inv;
	struct holders holders;
};

/* Where an object was looked for, and whether it was found. */
struct sighting {
	enum match match;
	const struct live_place *place; /* NULL: nowhere */
	size_t object;			/* in the place's inventory, unless MATCH_NONE */
};

struct live {
	struct live_place here;
	struct live_place **others;
	size_t other_count;
	bool is_borrowed; /* then no other place is looked at */
	struct procs procs;
	struct whos whos;
	struct usernames usernames;
	char host[65];
	struct removals *removals; /* NULL until somebody asks */
};

/* Returns 0 and a live for live_done(), or a negative errno, said on standard error already. */
int live_take(struct live *live);
void live_done(struct live *live);

/*
 * For live_find() with what somebody else has looked at, who keeps it: not for live_done(). Objects of
 * other places are not found.
 */
void live_borrow(struct live *live, const struct inventory *inv, const struct procs *procs);

/* The answer's place lives as long as the look. */
struct sighting live_find(struct live *live, const struct denial *denial);

/* NULL where none was found. */
const struct ipc_object *sighting_object(const struct sighting *seen);

/* Whether it was looked for in another IPC namespace than ours, or another /dev/shm. */
bool sighting_is_elsewhere(const struct live *live, const struct sighting *seen);

/* Whether the process that made the segment lives; of other kinds the kernel keeps no creator. */
bool live_creator_lives(const struct live *live, const struct ipc_object *obj);
