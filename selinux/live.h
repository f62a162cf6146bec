/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which object of this host, now, is a denial about? One snapshot of objects, processes and who holds
 * what, taken when the first denial asks.
 */
#pragma once

#include "denial.h"
#include "holders.h"
#include "inventory.h"
#include "procs.h"
#include "removals.h"
#include "usernames.h"
#include "who.h"

enum match {
	MATCH_NONE,
	MATCH_KEY,  /* the one object that has the key */
	MATCH_ID,   /* by the id, its key not against it */
	MATCH_NAME, /* the file of that name, its inode not against it */
	MATCH_TIME, /* the only one of its kind without a key that was there: likely, no more */
	MATCH_COUNT_
};

struct live {
	struct inventory inv;
	struct procs procs;
	struct holders holders;
	struct whos whos;
	struct usernames usernames;
	char host[65];
	struct removals *removals; /* NULL until somebody asks */
};

/* Returns 0 and a live for live_done(), or a negative errno, said on standard error already. */
int live_take(struct live *live);
void live_done(struct live *live);

/* For live_match() with what somebody else has looked at, who keeps it: not for live_done(). */
void live_borrow(struct live *live, const struct inventory *inv, const struct procs *procs);

/* The object, an index in live->inv, where the answer isn't MATCH_NONE. */
enum match live_match(const struct live *live, const struct denial *denial, size_t *object);

const char *match_name(enum match match);

/* Whether the process that made the segment lives; of other kinds the kernel keeps no creator. */
bool live_creator_lives(const struct live *live, const struct ipc_object *obj);

/* The SELinux context of a process, to be freed; NULL if it can't be read. */
char *live_label(const struct live *live, pid_t pid);
