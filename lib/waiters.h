/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which message queues does a thread sleep on? The kernel counts waiters of semaphores (GETNCNT)
 * but not of queues; /proc/PID/task/TID/syscall (proc(5), needs the right to ptrace) shows the call
 * a sleeping thread is in, and its first argument, the msqid.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "procs.h"

struct queue_waiters {
	int *msqids; /* sorted, may repeat */
	size_t count;
	bool is_partial; /* some thread's call could not be read */
};

/* Looks at every thread of every process in our IPC namespace. Returns 0 or -ENOMEM. */
int queue_waiters_read(struct queue_waiters *waiters, const struct procs *procs);
void queue_waiters_done(struct queue_waiters *waiters);
bool queue_waiters_has(const struct queue_waiters *waiters, int msqid);

/*
 * Reads the text of one `syscall` file. Returns 1 with *msqid if the thread is in msgsnd or msgrcv,
 * 0 if it is in another call or running.
 */
int queue_waiters_parse(const char *text, int *msqid);
