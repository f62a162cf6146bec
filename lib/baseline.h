/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What existed when a unit started, and which processes it was seen to have: the hint that tells a
 * unit's own leftovers from those of others under the same user. One file a unit in
 * /run/ipcguard/baseline, locked, written atomically; missing or damaged it proves nothing, and
 * objects are then kept.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "inventory.h"
#include "procs.h"

struct baseline;

/*
 * Reads the unit's file. run_dir NULL: /run/ipcguard. Returns 0 and a baseline for
 * baseline_free(), -ENOENT if there is none, -EBADMSG if it is damaged, -EINVAL for a name that is
 * no unit name, -EPERM if the file is not root's (or ours) alone to write, or another errno.
 */
int baseline_load(struct baseline **out, const char *run_dir, const char *unit);
void baseline_free(struct baseline *baseline);
static inline void baseline_freep(struct baseline **baseline)
{
	baseline_free(*baseline);
}

/*
 * Records what there is now. A file of the same invocation is a second look: its objects stay and
 * the processes are added; else it is replaced. Objects made after the second `since` (0: none)
 * are taken for the unit's own, made by an ExecStartPre= before this one, and left out; what was
 * made within that second may be older than the unit. Returns 0 or a negative errno; the old file
 * is then untouched.
 */
int baseline_record(const char *run_dir, const char *unit, const char *invocation, time_t since,
		    const struct inventory *inv, const struct procs *procs);

/* Removes the unit's file; a missing one is no error. */
int baseline_forget(const char *run_dir, const char *unit);

/* Whether the object, not only its id or name, is in the baseline. */
bool baseline_has(const struct baseline *baseline, const struct ipc_object *obj);

/* Whether the unit was seen to have this process alive at the wall-clock second `when`. */
bool baseline_saw_process(const struct baseline *baseline, pid_t pid, time_t when);
