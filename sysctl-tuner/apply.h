/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A plan comes into force, and into /etc/sysctl.d/90-ipctune.conf. What was there is noted first,
 * then come the values, each read back, and on any mismatch all of them back to what they were; the
 * file last, in one step; so that a run that is killed leaves either file whole and, at worst,
 * limits that are higher than the file says, and the next run, or revert, goes on from there.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "parameter.h"
#include "plan.h"

#define APPLY_DIR "/etc/sysctl.d"
#define APPLY_FILE_NAME "90-ipctune.conf"
#define APPLY_FILE APPLY_DIR "/" APPLY_FILE_NAME

struct apply_request {
	const char *root;	 /* all is below it; "" for the host's own */
	const struct plan *plan; /* not for revert */
	/*
	 * How much of each limit is in use: none is lowered below. Where it isn't known, apply
	 * lowers nothing; revert does, as the host has run with that limit before.
	 */
	const struct parameters *use;
	uint64_t hugepages_used; /* of the default size, reserved ones too; OBJECT_UNKNOWN */
	bool is_dry_run;	 /* only shows what would change */
	FILE *out;		 /* for people: what changes */
};

enum apply_result {
	APPLY_DONE,    /* changed; in a dry run: would be */
	APPLY_NOTHING, /* nothing to change */
	APPLY_PARTLY,  /* fewer huge pages than wanted; revert: limits that are in use stayed */
	APPLY_REFUSED, /* nothing was changed */
	APPLY_UNDONE,  /* failed half way; all is again what it was */
	APPLY_BROKEN,  /* and that failed, too */
};

/*
 * Brings the plan into force. An empty plan takes our file away and leaves the values, which the
 * next boot brings. Returns an enum apply_result, or a negative errno with nothing changed; what is
 * wrong is said on standard error, which names every sysctl that is refused, and every line of
 * sysctl.d that has the last word over ours.
 */
int apply_plan(const struct apply_request *request);

/* Brings back values and file as they were before the last apply, in the same way. */
int apply_revert(const struct apply_request *request);
