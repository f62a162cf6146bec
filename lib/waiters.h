/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which message queues does a thread sleep on? The kernel counts waiters of semaphores (GETNCNT)
 * but not of queues; /proc/PID/task/TID/syscall (proc(5), needs the right to ptrace) shows the call
 * a sleeping thread is in, and its first argument, the msqid.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "procs.h"

struct queue_waiters {
	int *msqids; /* sorted, may repeat */
	size_t count;
	bool is_partial;   /* some thread's call could not be read */
	bool is_unsettled; /* some thread did not get the processor for long enough to tell */
};

/*
 * Looks at every thread of every process in our IPC namespace. A sleeper that the kernel has just
 * woken (IPC_SET wakes all, ipc/msg.c: expunge_all) shows as running until it sleeps again, still
 * in the same call: those that run are looked at again until they sleep or have run for longer than
 * that takes, at most until deadline_ns (CLOCK_MONOTONIC). Returns 0 or a negative errno.
 */
int queue_waiters_read(struct queue_waiters *waiters, const struct procs *procs,
		       uint64_t deadline_ns);
void queue_waiters_done(struct queue_waiters *waiters);
bool queue_waiters_has(const struct queue_waiters *waiters, int msqid);

/* What a thread's `syscall` file says. */
enum thread_call {
	CALL_OTHER,   /* in another call, or in none */
	CALL_QUEUE,   /* in msgsnd or msgrcv */
	CALL_RUNNING, /* on the processor or waiting for it: not told */
};

/* Reads the text of one `syscall` file; *msqid is set for CALL_QUEUE. */
enum thread_call queue_waiters_parse(const char *text, int *msqid);
