/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One look at a unit's objects, while it is observed and after it has stopped. */
#pragma once

#include "look.h"
#include "observation.h"

/*
 * Notes the objects that the unit's processes use, who else does, and what they take. owner is the unit's user,
 * before the host as it was without the unit. Returns 0 or a negative errno.
 */
int observe_look(struct observation *observation, const char *unit, uid_t owner,
		 const struct look *before);

/* Only what its processes are. 0 or a negative errno. */
int observe_processes(struct observation *observation, const char *unit);

/* Notes whose keys are those of files in the unit's private /tmp, while that is there. */
int observe_private_keys(struct observation *observation);

/* Notes which of them are still there and in nobody's use. */
int observe_leftovers(struct observation *observation, const struct look *before);

/* The larger of "VmLck:" and "VmPin:" in the text of /proc/PID/status, in bytes; 0 where they aren't. */
uint64_t observe_parse_locked(const char *status);
