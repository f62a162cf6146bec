/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which call is a thread in, and on which object? `syscall` holds the number of the call and its
 * arguments (proc(5)).
 *
 * 32-bit programs on a 64-bit kernel show the numbers of their own table, where these calls differ
 * or hide behind ipc(2). A number that means a queue in either table is believed to, since a wrong
 * guess only keeps a queue.
 */
#include "waiters_parse.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

/* arch/x86/entry/syscalls/syscall_32.tbl */
#define I386_NR_IPC 117 /* first argument is the call */
#define I386_NR_MSGSND 400
#define I386_NR_MSGRCV 401

/* linux/ipc.h: the calls of ipc(2), below a version in the upper half */
#define IPC_CALL_MASK 0xffff
#define IPC_CALL_MSGSND 11

enum thread_call waiters_parse(const char *text, struct call_args *args)
{
	uint64_t a[2];
	long nr;

	if (!strncmp(text, "running", strlen("running")))
		return CALL_RUNNING;
	if (sscanf(text, "%ld %" SCNx64 " %" SCNx64, &nr, &a[0], &a[1]) != 3)
		return CALL_OTHER;
	args->id = (int)a[nr == I386_NR_IPC];
	if (nr == SYS_msgsnd || nr == I386_NR_MSGSND)
		return CALL_MSGSND;
	if (nr == SYS_msgrcv || nr == I386_NR_MSGRCV)
		return CALL_MSGRCV;
	if (nr == I386_NR_IPC)
		return (a[0] & IPC_CALL_MASK) == IPC_CALL_MSGSND ? CALL_MSGSND : CALL_MSGRCV;
	return CALL_OTHER;
}
