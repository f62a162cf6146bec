/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a run of ipcaudit looks at: one snapshot of objects, processes and who holds what. It is taken
 * in this order, so that a process met in the table may be gone when it is asked about, but an
 * object is never younger than the process table says. Whatever a command doesn't need is not read.
 */
#pragma once

#include <stdio.h>
#include <time.h>

#include "config.h"
#include "holders.h"
#include "inventory.h"
#include "namespaces.h"
#include "options.h"
#include "patterns.h"
#include "procs.h"
#include "semwaits.h"
#include "usage.h"
#include "usernames.h"
#include "who.h"

enum exit_status {
	EXIT_FINE = 0,
	EXIT_WARNING = 1,
	EXIT_CRITICAL = 2,
	EXIT_ERROR = 3, /* usage, configuration, or the audit could not be made */
};

/* What a snapshot is to hold besides objects. */
enum audit_needs {
	NEEDS_RESIDENT = 1 << 0, /* rss and swap */
	/* all processes, as the rest does; else each that is asked about */
	NEEDS_PROCESSES = 1 << 1,
	NEEDS_MAPPED = 1 << 2,	/* who has segments attached */
	NEEDS_OPEN = 1 << 3,	/* and who has POSIX objects open */
	NEEDS_WAITERS = 1 << 4, /* who sleeps on sets and queues, and for which semaphore */
};

struct changes;
struct output_parts;

/* What a command is given. */
struct command_context {
	const struct options *options;
	const struct config *config;
	const struct patterns *patterns;
	/* which namespace we look into; NULL: our own, as programs see it */
	const struct place *place;
	int shm_fd;		    /* its /dev/shm, -1 for none; the snapshot takes it */
	struct output_parts *parts; /* of a document about many places; NULL: it is about one */
};

struct audit {
	const struct options *options;
	const struct config *config;
	const struct patterns *patterns;
	const struct place *place;
	struct output_parts *parts;
	time_t now;
	uint64_t taken_ns; /* when the objects were listed, on CLOCK_MONOTONIC */
	unsigned has;	   /* set of audit_needs */
	struct inventory inv;
	struct procs procs;
	struct holders holders;
	struct whos whos;
	struct usernames usernames;
	struct usage_scope usage; /* with the waiters */
	struct sem_waits sem_waits;
	const struct changes
		*changes; /* since the last look of watch; NULL: there is one look only */
	/* whether users have processes, each asked once: see finder_user_lives() */
	struct user_life {
		uid_t uid;
		bool lives;
	} * lives;
	size_t lives_count;
};

/*
 * Takes the snapshot. Returns 0 and an audit for audit_done(), or a negative errno, said on standard
 * error already.
 */
int audit_take(struct audit *audit, const struct command_context *context, unsigned kinds,
	       unsigned needs);
void audit_done(struct audit *audit);

/* What could not be seen, one line each, to people; nothing where all was. */
void audit_tell_gaps(const struct audit *audit);

/*
 * Whether the process that made, or last used, an object still lives; a pid that was given to
 * another process since doesn't count.
 */
bool audit_creator_lives(const struct audit *audit, const struct ipc_object *obj);
bool audit_last_user_lives(const struct audit *audit, const struct ipc_object *obj);
bool audit_receiver_lives(const struct audit *audit, const struct ipc_object *obj);

/* Seconds since the object's newest time; 0 for one of the future. */
uint64_t audit_age_s(const struct audit *audit, const struct ipc_object *obj);

/* Whether the filters of the command line let the object through. */
bool audit_is_wanted(struct audit *audit, size_t object);

/* The object of the command line's name, "shm:5" or "pshm:/x". 0 and its index, -EINVAL or -ENOENT. */
int audit_find(const struct audit *audit, const char *ref, size_t *object);
/* The same for people. */
const char *audit_find_error(int error);

/*
 * Whether nobody has it attached, mapped or open. Segments by nattch, POSIX objects by the lease;
 * sets and queues by their waiters. 1, 0, or -ENODATA where that can't be known.
 */
int audit_is_unused(struct audit *audit, size_t object);
