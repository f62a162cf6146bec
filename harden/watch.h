/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Watching one unit: the audit records of its processes as they come, told by their cgroup while they
 * live, and what the manager does with it meanwhile.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "audit_stream.h"
#include "look.h"
#include "observation.h"
#include "target.h"

#define WATCH_CACHE 1024

struct watch {
	struct target *target;
	sigset_t unblocked; /* what the caller had blocked: what interrupts it, now is, too */
	struct audit_stream stream;
	struct procs procs;		 /* /proc alone */
	struct observation *observation; /* what is seen is noted there; NULL: nowhere */
	struct watch_answer {
		pid_t pid;
		int is_ours; /* 1, 0, -ESRCH */
		uint64_t until_ns;
	} cache[WATCH_CACHE];
	pid_t probe;   /* a process of ours whose record is waited for; 0: it has come */
	bool has_news; /* it may have made or opened an object since this was last cleared */
	/* the first call that was refused, if any */
	bool was_refused;
	struct seccomp_event refused;
	const bool
		*blocked; /* calls that its filter refuses since the trial; NULL: there is none */
};

/*
 * Set by SIGINT, SIGTERM and SIGHUP once watch_start() has been called. They are let in by watch_pump() alone:
 * whatever else is asked of the manager or the kernel is not cut short.
 */
extern volatile sig_atomic_t watch_interrupted;

/*
 * Begins, with the first source of audit records from which one of a probe has arrived. *stream_error is 0,
 * or why there is none, for watch_stream_error(). Returns 0 and a watch for watch_done(), or a negative
 * errno.
 */
int watch_start(struct watch *watch, struct target *target, int *stream_error);
const char *watch_stream_error(int stream_error);

/* Waits until a record of a call of our own has come, five seconds at most: 0, -ENOMSG, or another errno. */
int watch_hear_probe(struct watch *watch);
void watch_done(struct watch *watch);

/* Waits that long at most, and takes the records that come meanwhile. 0 or a negative errno. */
int watch_pump(struct watch *watch, int timeout_ms);

/*
 * Takes what is still on its way: auditd and journald write a record a moment after the call. Returns when
 * none has come for a quarter of a second, after five at most; 0 or a negative errno.
 */
int watch_settle(struct watch *watch);

/*
 * Asks the manager to start, stop or restart the unit and waits until it has. Returns 0, -ETIME after five
 * minutes, or a negative errno; said. How it went is in target->facts.
 */
int watch_act(struct watch *watch, enum unit_verb verb);

/* Whether the first service or scope in a cgroup path is this unit. */
bool cgroup_is_in_unit(const char *path, const char *unit);

/* ... or any service: not a session's or a container's scope. */
bool cgroup_is_in_a_service(const char *path);
