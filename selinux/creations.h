/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who made an object that a later denial is about, as far as the log tells: a shmget, semget or msgget
 * that succeeded and would have made it (IPC_CREAT). Such records exist where an audit rule asks for
 * them, and with a denial that was permissive. Bounded: the last few thousand keys and domains.
 */
#pragma once

#include <time.h>

#include "object.h"
#include "record.h"

struct creation {
	bool is_known;
	enum ipc_kind kind;
	uint32_t key;
	int64_t id, pid, uid; /* -1: not told */
	time_t time;	      /* 0: not told */
	char domain[128];     /* the type that it ran as */
	char comm[64];	      /* empty: not told */
};

struct creations;
struct ipc_syscall;

/* Returns 0 and an empty set for free(3), or -ENOMEM. */
int creations_new(struct creations **out);

/* Takes a SYSCALL record and what was read of it, if it is one. */
void creations_note(struct creations *creations, const struct record *record,
		    const struct ipc_syscall *call);

/* The last of a key by a domain, or NULL. Key 0 is many objects'. */
const struct creation *creations_find(const struct creations *creations, enum ipc_kind kind,
				      uint32_t key, struct span domain);
