/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of /proc/PID/task/TID/syscall, for waiters.c and its tests: what others wrote. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What a thread's `syscall` file says. */
enum thread_call {
	CALL_OTHER,   /* in another call, or in none */
	CALL_RUNNING, /* on the processor or waiting for it: not told */
	CALL_MSGSND,
	CALL_MSGRCV,
};

struct call_args {
	int id; /* msqid */
};

/* Reads the text of one `syscall` file; *args is set for calls that wait on an object. */
enum thread_call waiters_parse(const char *text, struct call_args *args);
