/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which call is a thread in, and on which object? `syscall` holds the number of the call, its six
 * arguments, the stack pointer and the program counter (proc(5)).
 *
 * 32-bit programs on a 64-bit kernel show the numbers of their own table, where these calls differ
 * or hide behind ipc(2). A number that means a queue in either table is believed to, since a wrong
 * guess only keeps a queue; semtimedop, whose number is getdents64 to an i386 program, only where
 * the stack or the code lies out of such a program's reach.
 */
#include "waiters_parse.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "procs_parse.h"

/* arch/x86/entry/syscalls/syscall_32.tbl; the 400s are the same on all 32-bit tables */
#define I386_NR_IPC 117 /* first argument is the call */
#define I386_NR_MSGSND 400
#define I386_NR_MSGRCV 401
#define I386_NR_SEMTIMEDOP 420

/* linux/ipc.h: the calls of ipc(2), below a version in the upper half */
#define IPC_CALL_MASK 0xffff
#define IPC_CALL_SEMOP 1
#define IPC_CALL_SEMTIMEDOP 4
#define IPC_CALL_MSGSND 11

/* The numbers as they stand in the file. */
struct numbers {
	long nr;
	uint64_t args[6], sp, pc;
	bool is_whole; /* nothing is missing at the end */
};

static bool is_32bit(const struct numbers *n)
{
	return sizeof(long) == 8 && n->is_whole && n->sp <= UINT32_MAX && n->pc <= UINT32_MAX;
}

/* ipc(call, id, second, third, ptr, fifth): ipc/syscall.c, ksys_ipc */
static enum thread_call parse_ipc(const struct numbers *n, struct call_args *args)
{
	uint64_t call = n->args[0] & IPC_CALL_MASK;

	*args = (struct call_args){.id = (int)n->args[1]};
	if (call == IPC_CALL_SEMOP || call == IPC_CALL_SEMTIMEDOP) {
		args->nops = n->args[2];
		args->ops_at = n->args[4];
		args->is_timed = call == IPC_CALL_SEMTIMEDOP && n->args[5];
		return CALL_SEMOP;
	}
	return call == IPC_CALL_MSGSND ? CALL_MSGSND : CALL_MSGRCV;
}

/* Its timeout is the fourth argument; semop has none, and any number there. */
static enum thread_call parse_semop(const struct numbers *n, struct call_args *args)
{
	*args = (struct call_args){.id = (int)n->args[0], .ops_at = n->args[1], .nops = n->args[2]};
	return CALL_SEMOP;
}

static enum thread_call parse_semtimedop(const struct numbers *n, struct call_args *args)
{
	if (n->nr != I386_NR_SEMTIMEDOP && is_32bit(n))
		return CALL_OTHER;
	parse_semop(n, args);
	args->is_timed = n->args[3];
	return CALL_SEMOP;
}

static enum thread_call parse_msgsnd(const struct numbers *n, struct call_args *args)
{
	*args = (struct call_args){.id = (int)n->args[0]};
	return CALL_MSGSND;
}

static enum thread_call parse_msgrcv(const struct numbers *n, struct call_args *args)
{
	bool is_narrow = n->nr == I386_NR_MSGRCV || is_32bit(n);

	*args = (struct call_args){
		.id = (int)n->args[0],
		.has_type = n->is_whole,
		.type = is_narrow ? (int32_t)n->args[3] : (int64_t)n->args[3],
	};
	return CALL_MSGRCV;
}

/* A machine may lack a number: it has ipc(2) instead. */
static const struct {
	long nr;
	enum thread_call (*parse)(const struct numbers *n, struct call_args *args);
} calls[] = {
#ifdef SYS_semop
	{SYS_semop, parse_semop},
#endif
#ifdef SYS_semtimedop
	{SYS_semtimedop, parse_semtimedop},
#endif
	{SYS_msgsnd, parse_msgsnd},	    {SYS_msgrcv, parse_msgrcv},
	{I386_NR_IPC, parse_ipc},	    {I386_NR_MSGSND, parse_msgsnd},
	{I386_NR_MSGRCV, parse_msgrcv},	    {I386_NR_SEMTIMEDOP, parse_semtimedop},
};

/* Reads what follows the number of the call. Returns how much was there. */
static int parse_numbers(const char *text, struct numbers *n)
{
	uint64_t *a = n->args;
	int count = sscanf(text,
			   "%" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64
			   " %" SCNx64 " %" SCNx64,
			   &a[0], &a[1], &a[2], &a[3], &a[4], &a[5], &n->sp, &n->pc);

	n->is_whole = count == 8;
	return count;
}

enum thread_call waiters_parse(const char *text, struct call_args *args)
{
	struct numbers n = {0};
	char *rest;

	if (!strncmp(text, "running", strlen("running")))
		return CALL_RUNNING;
	n.nr = strtol(text, &rest, 10);
	if (rest == text)
		return CALL_OTHER;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].nr == n.nr)
			return parse_numbers(rest, &n) < 2 ? CALL_OTHER : calls[i].parse(&n, args);
	return CALL_OTHER;
}

bool waiters_sleeps_elsewhere(const char *wchan)
{
	/* ipc/msg.c; the entry of calls, into which the compiler may have put it; kernel/signal.c,
	 * kernel/freezer.c */
	static const char *const may_be_queue[] = {"msgrcv",   "msgsnd", "syscall",
						   "sys_call", "signal", "refrigerator",
						   "freez",    "ptrace", "el0_"};

	if (waiters_is_in_no_function(wchan) || !*wchan)
		return false;
	for (size_t i = 0; i < sizeof(may_be_queue) / sizeof(may_be_queue[0]); i++)
		if (strstr(wchan, may_be_queue[i]))
			return false;
	return true;
}

bool waiters_is_in_no_function(const char *wchan)
{
	return !strcmp(wchan, "0");
}

bool waiters_has_ended(const char *stat)
{
	const char *state = procs_behind_name(stat);

	return !strncmp(state, " Z", 2) || !strncmp(state, " X", 2);
}

bool waiters_is_hidden(const char *stat)
{
	unsigned long start_code;

	/* state (3) … rsslim (25) startcode (26) */
	return sscanf(procs_behind_name(stat),
		      "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
		      "%*s %*s %*s %*s %lu",
		      &start_code) != 1 ||
	       start_code == 1;
}
