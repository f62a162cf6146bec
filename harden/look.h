/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One look at the host: every IPC object, and which processes use it, by all that the kernel tells: who
 * made it, used it last, has it attached, open or mapped, and who touched which semaphore.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "holders.h"
#include "inventory.h"
#include "procs.h"
#include "who.h"

struct object_use {
	uint32_t object; /* index in the inventory */
	pid_t pid;
};

/* By object, then pid, each once. */
struct object_uses {
	struct object_use *all;
	size_t count, allocated;
};

struct look {
	struct inventory inv;
	struct procs procs;
	struct holders holders;
	struct whos whos;
	struct object_uses uses;  /* by processes that live */
	struct object_uses ended; /* the last known ones by such as don't */
	ino_t *ipc_ns; /* of each process, as far as they have been asked for; 0: not yet */
};

/* Takes it: 0 and a look for look_done(), or a negative errno. */
int look_take(struct look *look);
void look_done(struct look *look);

/* The uses of one object: *count of them, from the one returned on. */
const struct object_use *look_uses_of(const struct look *look, size_t object, size_t *count);

/* Likewise those that made it or used it last and have ended since. */
const struct object_use *look_ended_of(const struct look *look, size_t object, size_t *count);

/* The IPC namespace of the process at an index of the table; 0 if it can't be told, or for a thread of the kernel. */
ino_t look_ipc_ns(struct look *look, size_t process);

/* The service of this host that a process is in; NULL for none. It lives as long as the look. */
const char *look_unit_of(struct look *look, pid_t pid);
