/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The last stage that acts: looks again, wipes if asked, removes; as the target user, in a child
 * process of its own that has given up everything else (rules 2 and 3).
 *
 * No segment is removed that somebody attaches meanwhile: its mode is set to 0000 first (from then
 * on nobody can attach), then nattch is read once more, then it is removed; if it is kept, the mode
 * is put back. A POSIX object is unlinked while we hold the lease that proves it unused.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "inventory.h"
#include "policy.h"

enum outcome {
	OUTCOME_KEPT,
	OUTCOME_WOULD_REMOVE,
	OUTCOME_REMOVED,
	OUTCOME_FAILED, /* should have gone: not-permitted, wipe-failed, deadline */
};

const char *outcome_name(enum outcome outcome);

/* One object with what was decided and what came of it. */
struct judged {
	const struct ipc_object *obj;
	uid_t target; /* as whom it is removed */
	enum verdict verdict;
	enum reason reason;
	enum outcome outcome;
	int error; /* negative errno behind a failure, 0 if none */
	uint64_t wiped_bytes;
};

struct reap_options {
	enum wipe_mode wipe;
	uint64_t deadline_ns; /* on CLOCK_MONOTONIC */
};

/*
 * Removes every object of the list whose verdict is VERDICT_REMOVE and whose target is `target`,
 * and fills in outcome, reason, error and wiped_bytes. uid 0 is refused (-EINVAL).
 * Returns 0 also when single objects failed; a negative errno if no child could be started or it
 * could not become the target user: then each object has failed, with the same error.
 */
int reap_apply(const struct inventory *inv, struct judged *list, size_t count, uid_t target,
	       const struct reap_options *options);
