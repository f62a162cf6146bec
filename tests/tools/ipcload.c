/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A workload of many objects alike, and what stops it: makes them until one fails, says how many there are and
 * why there are no more, "4096 ENOSPC" or "10 fine".
 *
 *   ipcload shm COUNT BYTES       ipcload sem COUNT NSEMS       ipcload msg COUNT
 *   ipcload send BYTES MESSAGES   one queue with so many messages, none waited for
 *   ipcload ops COUNT             one semop of so many operations on one semaphore
 *   ipcload pmq COUNT MAXMSG MSGSIZE
 *   ipcload huge COUNT BYTES      segments of huge pages of the default size
 */
#include <errno.h>
#include <mqueue.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

#include "tool.h"

static bool make_shm(const long *args, int flags)
{
	return shmget(IPC_PRIVATE, (size_t)args[1], IPC_CREAT | 0600 | flags) >= 0;
}

static bool make_sem(const long *args)
{
	return semget(IPC_PRIVATE, (int)args[1], IPC_CREAT | 0600) >= 0;
}

static bool send_one(const long *args)
{
	static int id = -1;
	struct {
		long type;
		char text[];
	} *message;
	bool is_sent;

	if (id < 0)
		id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
	check(id >= 0, "msgget");
	message = calloc(1, sizeof(*message) + (size_t)args[0]);
	check(message != NULL, "calloc");
	message->type = 1;
	is_sent = msgsnd(id, message, (size_t)args[0], IPC_NOWAIT) == 0;
	free(message);
	return is_sent;
}

static bool operate(const long *args)
{
	int id = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
	struct sembuf *ops = calloc((size_t)args[0], sizeof(*ops));
	bool is_done;

	check(id >= 0 && ops, "semget");
	for (long i = 0; i < args[0]; i++)
		ops[i].sem_op = i % 2 ? -1 : 1;
	is_done = semop(id, ops, (size_t)args[0]) == 0;
	free(ops);
	return is_done;
}

static bool make_pmq(const long *args, long n)
{
	struct mq_attr attr = {.mq_maxmsg = args[1], .mq_msgsize = args[2]};
	char name[32];

	snprintf(name, sizeof(name), "/load-%d-%ld", (int)getpid(), n);
	return mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attr) >= 0;
}

static bool make(const char *what, const long *args, long n)
{
	if (!strcmp(what, "shm"))
		return make_shm(args, 0);
	if (!strcmp(what, "huge"))
		return make_shm(args, SHM_HUGETLB);
	if (!strcmp(what, "sem"))
		return make_sem(args);
	if (!strcmp(what, "msg"))
		return msgget(IPC_PRIVATE, IPC_CREAT | 0600) >= 0;
	if (!strcmp(what, "send"))
		return send_one(args);
	if (!strcmp(what, "ops"))
		return operate(args);
	return make_pmq(args, n);
}

int main(int argc, char **argv)
{
	long args[3] = {0}, count, n = 0;

	check(argc >= 3, "usage");
	for (int i = 2; i < argc && i < 5; i++)
		args[i - 2] = number(argv[i]);
	count = !strcmp(argv[1], "send") ? args[1] : !strcmp(argv[1], "ops") ? 1 : args[0];
	while (n < count && make(argv[1], args, n))
		n++;
	printf("%ld %s\n", n, n < count ? strerrorname_np(errno) : "fine");
	return 0;
}
