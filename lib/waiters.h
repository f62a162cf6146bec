/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who sleeps on which message queue? The kernel counts waiters of semaphores (GETNCNT) but not of
 * queues; /proc/PID/task/TID/syscall (proc(5), needs the
 * right to ptrace) shows the call a sleeping thread is in, and its arguments.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "object.h"
#include "procs.h"
#include "waiters_parse.h"

/* A thread that sleeps. */
struct waiter {
	enum ipc_kind kind; /* KIND_MSG */
	pid_t pid, tid;
	enum thread_call call; /* CALL_MSGSND, CALL_MSGRCV */
	struct call_args args; /* .id: which object */
};

struct waiters {
	struct waiter *all; /* sorted by kind, id, pid, tid */
	size_t count, allocated;
	bool is_partial;   /* some thread's call could not be read */
	bool is_unsettled; /* some thread did not get the processor for long enough to tell */
};

/*
 * Looks at every thread of every process in our IPC namespace, for those that sleep on message
 * queues. A sleeper that the kernel has just woken (IPC_SET
 * wakes all, ipc/msg.c: expunge_all) shows as running until it sleeps again, still in the same call:
 * those that run are looked at again until they sleep or have run for longer than that takes, at most
 * until deadline_ns (CLOCK_MONOTONIC). Returns 0 and waiters for waiters_done(), or a negative errno.
 */
int waiters_read(struct waiters *waiters, const struct procs *procs, uint64_t deadline_ns);
void waiters_done(struct waiters *waiters);

/* The waiters of one object, *count of them; NULL for none. */
const struct waiter *waiters_of(const struct waiters *waiters, enum ipc_kind kind, int id,
				size_t *count);
