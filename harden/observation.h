/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a unit was seen to do: which IPC calls, and which objects with whom. Kept as JSON, one file a
 * unit in /var/lib/ipcguard/harden, until the next observation; proposals rest on it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "calls.h"
#include "object.h"
#include "patterns.h"
#include "pidset.h"
#include "stringlist.h"

struct seen_object {
	char *ref; /* "shm:5", escaped */
	enum ipc_kind kind;
	uint32_t key;
	mode_t mode;
	uint64_t bytes;
	bool was_there;		   /* before the unit was started */
	bool is_left;		   /* after it had stopped */
	bool has_private_key;	   /* made of a file in the unit's private /tmp */
	struct string_list others; /* units, and "pid N (NAME)" of none, that used it, too */
};

struct observation {
	char *unit;
	time_t started;
	uint64_t seconds;
	bool has_calls;	   /* calls were logged; else objects alone are known */
	bool saw_stop;	   /* it was stopped in the end, and looked for what is left */
	bool saw_any_sysv; /* calls of 32-bit x86 that don't say which */
	bool saw_foreign;  /* calls of an architecture that isn't known */
	bool saw_setuid;   /* a process of it ran a set-user-id program */
	bool saw_escape; /* processes of it left it for a session or a container, with its filter */
	bool may_mount;	 /* a process of it may mount where the host sees it */
	bool has_locked_segment;       /* a segment of it is locked, or of huge pages */
	uint64_t lost;		       /* times that records were lost */
	uint64_t looks;		       /* at the host's objects */
	uint64_t calls[CALL_COUNT_];   /* of the unit's processes */
	uint64_t unknown[CALL_COUNT_]; /* of processes that had ended before they were asked */
	uint64_t
		queue_bytes; /* most that queues of its user counted for RLIMIT_MSGQUEUE; 0: it has none */
	uint64_t locked_bytes; /* most that one of its processes had locked or pinned */
	struct pidset own;     /* processes of it that were seen; not kept */
	struct seen_object *objects;
	size_t object_count;
	bool is_partial; /* there were more objects than are kept */
};

#define OBSERVATION_OBJECTS_MAX 1024
#define OBSERVATION_OTHERS_MAX 16

void observation_done(struct observation *observation);

/*
 * The object of that name and key, added if it is new; NULL where there are too many (is_partial is set)
 * or without memory (*r is -ENOMEM). It moves when another is added.
 */
struct seen_object *observation_object(struct observation *observation,
				       const struct ipc_object *obj, int *r);

/* Notes somebody who used the object, too, once. 0 or -ENOMEM. */
int observation_add_other(struct seen_object *object, const char *name);

/* Whether a call was made, as far as is known: what can't be told from it counts as made. */
bool observation_saw(const struct observation *observation, enum ipc_call call);

/* Whether any call of the family was made. */
bool observation_saw_family(const struct observation *observation, enum call_family family);

#define OBSERVATION_DIR "/var/lib/ipcguard/harden"

/*
 * Writes it, whole or not at all. directory NULL: OBSERVATION_DIR, made if it isn't there. Returns 0,
 * -ENOSYS where json-c is missing, or another negative errno.
 */
int observation_save(const struct observation *observation, const char *directory);

/*
 * Reads the unit's. Returns 0 and an observation for observation_done(); -ENOENT if there is none, -EINVAL if
 * it is damaged, which *error tells, -EPERM if others than root may have written it, or another errno.
 */
int observation_load(struct observation *observation, const char *directory, const char *unit,
		     struct parse_error *error);
