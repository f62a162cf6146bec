/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One logged call of a process of our own: do the records of calls arrive where they are waited for? */
#pragma once

#include <sys/types.h>

#include "calls.h"

/* The call that it makes, in vain: a set of no semaphores. */
#define PROBE_CALL CALL_SEMGET

/*
 * Runs a child with a filter like that of SystemCallLog=, which makes the call and ends. Returns its pid,
 * or a negative errno.
 */
pid_t probe_run(void);
