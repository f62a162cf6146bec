/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that failed at a limit. The kernel counts none of them, but programs complain: what the journal
 * (libsystemd, loaded when asked) says of them between two samples.
 */
#pragma once

#include "sample.h"

/* A call with its error: what it may be that has no room. */
struct failed_call {
	enum figure_id figure;
	const char *call, *error; /* "shmget", "ENOSPC" */
	const char *limits;	  /* "shmall or shmmni" */
	unsigned about; /* the same as a set of 1 << sysctl_id; SYSCTL_COUNT_: huge pages */
};

#define FAILED_CALLS 9
extern const struct failed_call failed_calls[FAILED_CALLS];

/*
 * Which of them a message tells of: it names the call, or is one that a known product prints for it, and names the
 * error. Returns its place in failed_calls, or -ENOENT.
 */
int failed_call_of(const char *message, size_t length);

/*
 * Counts them in the messages from one time until another into the sample's figures; where there is no journal, or
 * it may not be read, they stay unknown. A flood of messages is looked at for a while only: the figures are
 * at least so many.
 */
void failed_calls_read(struct sample *sample, time_t from, time_t until);
