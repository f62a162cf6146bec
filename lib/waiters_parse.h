/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of /proc/PID/task/TID/syscall, for waiters.c and its tests: what others wrote. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What a thread's `syscall` file says. */
enum thread_call {
	CALL_OTHER,   /* in another call, or in none */
	CALL_RUNNING, /* on the processor or waiting for it: not told */
	CALL_SEMOP,   /* in semop or semtimedop */
	CALL_MSGSND,
	CALL_MSGRCV,
};

struct call_args {
	int id; /* semid or msqid */
	/* semop: where the thread has its array of operations, and how many */
	uint64_t ops_at, nops;
	bool is_timed; /* semop: it gives up by itself */
	bool has_type; /* msgrcv: type is known */
	int64_t type;  /* msgrcv: msgtyp, see msgrcv(2) */
};

/* Reads the text of one `syscall` file; *args is set for calls that wait on an object. */
enum thread_call waiters_parse(const char *text, struct call_args *args);

/*
 * Whether a thread whose `wchan` (proc(5)) says this sleeps on no queue for certain: in a function
 * of the kernel that neither waits on a queue, nor stands for any call, nor only interrupts the wait
 * (a signal, a freezer).
 */
bool waiters_sleeps_elsewhere(const char *wchan);

/* Whether `wchan` says "0": of those who don't sleep, and of those who hide. */
bool waiters_is_in_no_function(const char *wchan);

/* By a thread's `stat` file (proc(5)): whether it has ended, and is there for its parent only. */
bool waiters_has_ended(const char *stat);

/*
 * By the same: whether the kernel hides from us what a thread does. Its start of the code is then 1
 * (proc(5)). What can't be read is hidden.
 */
bool waiters_is_hidden(const char *stat);
