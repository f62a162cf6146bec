/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who sleeps on which semaphore set or message queue? The kernel counts waiters of semaphores
 * (GETNCNT) but not of queues, and names neither; /proc/PID/task/TID/syscall (proc(5), needs the
 * right to ptrace) shows the call a sleeping thread is in, and its arguments. Of a thread that may
 * only be looked at, it is told whether it sleeps on a queue at all (`wchan`).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/sem.h>
#include <sys/types.h>

#include "object.h"
#include "procs.h"
#include "waiters_parse.h"

/* A thread that sleeps. */
struct waiter {
	enum ipc_kind kind; /* KIND_SEM or KIND_MSG */
	pid_t pid, tid;
	enum thread_call call; /* CALL_SEMOP, CALL_MSGSND, CALL_MSGRCV */
	struct call_args args; /* .id: which object */
	/* semop: what it asked for, in order; NULL where its memory can't be read */
	struct sembuf *ops;
	size_t op_count;
	uint64_t ran_ns; /* processor time it had had by then, see waiters_sleeps_still() */
};

struct waiters {
	struct waiter *all; /* sorted by kind, id, pid, tid */
	size_t count, allocated;
	bool is_partial;   /* some thread's call could not be read */
	bool is_unsettled; /* some thread did not get the processor for long enough to tell */
};

enum waiters_depth {
	WAITERS_OF_QUEUES, /* all that cleanup needs; without ran_ns */
	WAITERS_ALL,	   /* and those of semaphores */
};

/*
 * Looks at every thread of every process in our IPC namespace. A sleeper that the kernel has just
 * woken (IPC_SET wakes all, ipc/msg.c: expunge_all) shows as running until it sleeps again, still
 * in the same call: those that run are looked at again until they sleep or have run for longer than
 * that takes, at most until deadline_ns (CLOCK_MONOTONIC). Returns 0 and waiters for waiters_done(),
 * or a negative errno.
 */
int waiters_read(struct waiters *waiters, const struct procs *procs, enum waiters_depth depth,
		 uint64_t deadline_ns);
void waiters_done(struct waiters *waiters);

/* The waiters of one object, *count of them; NULL for none. */
const struct waiter *waiters_of(const struct waiters *waiters, enum ipc_kind kind, int id,
				size_t *count);

/*
 * Whether a thread has slept ever since it was read (WAITERS_ALL): it has not had the processor. What
 * is read in between, about it and other such threads, was then true at one time. A kernel that
 * doesn't count processor time (without CONFIG_SCHED_INFO) can't tell: true.
 */
bool waiters_sleeps_still(const struct procs *procs, const struct waiter *waiter);
