// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A busy host to be audited: SEGMENTS of 4 KiB (one in four attached), SETS of two semaphores and QUEUES
 * of one message, all of the caller's, and PROCESSES that have four segments each attached. Prints
 * "ready" and stays until standard input ends.
 *
 *   host SEGMENTS SETS QUEUES PROCESSES
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

#define ATTACHED_EACH 4

static int make_segments(unsigned long count, int *ids)
{
	for (unsigned long i = 0; i < count; i++) {
		ids[i] = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
		if (ids[i] < 0)
			return -1;
	}
	return 0;
}

static int make_sets(unsigned long count)
{
	for (unsigned long i = 0; i < count; i++)
		if (semget(IPC_PRIVATE, 2, IPC_CREAT | 0600) < 0)
			return -1;
	return 0;
}

static int make_queues(unsigned long count)
{
	struct {
		long type;
		char text[16];
	} message = {.type = 1, .text = "waiting"};

	for (unsigned long i = 0; i < count; i++) {
		int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);

		if (id < 0 || msgsnd(id, &message, sizeof(message.text), IPC_NOWAIT) < 0)
			return -1;
	}
	return 0;
}

/* A process that has its share of the segments attached, and ends with us. */
static int start_process(unsigned long number, const int *ids, unsigned long count)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid < 0 ? -1 : 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned long i = 0; i < ATTACHED_EACH && count; i++)
		if (shmat(ids[(number * ATTACHED_EACH + i) % count], NULL, 0) == (void *)-1)
			_exit(1);
	putchar('.');
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	unsigned long count[4] = {0};
	int *ids;

	if (argc != 5) {
		fprintf(stderr, "usage: host SEGMENTS SETS QUEUES PROCESSES\n");
		return 2;
	}
	for (int i = 0; i < 4; i++)
		count[i] = strtoul(argv[i + 1], NULL, 10);
	ids = calloc(count[0] + 1, sizeof(*ids));
	if (!ids || make_segments(count[0], ids) < 0 || make_sets(count[1]) < 0 ||
	    make_queues(count[2]) < 0) {
		perror("host");
		return 1;
	}
	for (unsigned long i = 0; i < count[3]; i++)
		if (start_process(i, ids, count[0]) < 0) {
			perror("host: fork");
			return 1;
		}
	puts("ready");
	fflush(stdout);
	while (getchar() != EOF)
		;
	free(ids);
	return 0;
}
