/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A process that does System V calls in the order of its arguments, and sleeps where they do: what
 * deadlocks and stuck queues are made of. KIND:ID:... as the steps say below; the last one over, it
 * ends.
 *
 *   op:SEMID:NUM:N[:undo|:timed]   semop by N; with a timeout of an hour
 *   send:MSGID[:TYPE], recv:MSGID[:TYPE]   one message of 64 bytes
 *   fill:MSGID                     messages until the queue takes no more
 *   sends:MSGID[:MS], recvs:MSGID[:MS]     for ever, one each MS milliseconds
 *   meet                           prints "ready" and goes on at the next line of input
 *   hold                           prints "ready" and goes on at the end of input
 *   asleep:PID[:poll]              until its main thread sleeps in one of these calls, or in poll
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <time.h>

#include "tool.h"

#define ARGS_MAX 5
/* newer machines have ppoll(2) only */
#ifndef SYS_poll
#define SYS_poll SYS_ppoll
#endif

struct message {
	long type;
	char text[64];
};

struct step {
	const char *args[ARGS_MAX];
	int count;
};

static int is_said(const struct step *step, const char *word)
{
	return step->count > 4 && !strcmp(step->args[4], word);
}

static void do_op(const struct step *step)
{
	struct sembuf op = {(unsigned short)number(step->args[2]), (short)number(step->args[3]),
			    is_said(step, "undo") ? SEM_UNDO : 0};
	const struct timespec hour = {.tv_sec = 3600};

	check(semtimedop((int)number(step->args[1]), &op, 1,
			 is_said(step, "timed") ? &hour : NULL) == 0,
	      "semop");
}

static void do_send(const struct step *step)
{
	struct message message = {step->count > 2 ? number(step->args[2]) : 1, "a message"};

	check(msgsnd((int)number(step->args[1]), &message, sizeof(message.text), 0) == 0, "msgsnd");
}

static void do_recv(const struct step *step)
{
	struct message message;

	check(msgrcv((int)number(step->args[1]), &message, sizeof(message.text),
		     step->count > 2 ? number(step->args[2]) : 0, 0) >= 0,
	      "msgrcv");
}

static void do_fill(const struct step *step)
{
	struct message message = {1, "a message"};

	while (msgsnd((int)number(step->args[1]), &message, sizeof(message.text), IPC_NOWAIT) == 0)
		;
	check(errno == EAGAIN, "msgsnd");
}

/* Ready once the first is through. */
static void repeat(const struct step *step, void (*call)(const struct step *step))
{
	const struct step one = {{step->args[0], step->args[1]}, 2};
	int pause_ms = step->count > 2 ? (int)number(step->args[2]) : 0;

	for (call(&one), ready();; call(&one))
		if (pause_ms)
			poll(NULL, 0, pause_ms);
}

static void do_sends(const struct step *step)
{
	repeat(step, do_send);
}

static void do_recvs(const struct step *step)
{
	repeat(step, do_recv);
}

static void do_meet(const struct step *step)
{
	char c;

	(void)step;
	ready();
	while (read(STDIN_FILENO, &c, 1) > 0 && c != '\n')
		;
}

static void do_hold(const struct step *step)
{
	(void)step;
	hold();
}

/* A sleeper tells nobody that it sleeps but the kernel, which we ask until it says so. */
static void do_asleep(const struct step *step)
{
	char path[64], text[64];
	long call;
	int is_polling = step->count > 2;

	snprintf(path, sizeof(path), "/proc/%ld/syscall", number(step->args[1]));
	do {
		int fd = open(path, O_RDONLY);
		ssize_t n = read(fd, text, sizeof(text) - 1);

		check(n > 0, path);
		text[n] = '\0';
		close(fd);
		call = strtol(text, NULL, 10);
	} while (is_polling ? call != SYS_poll && call != SYS_ppoll
			    : call != SYS_semtimedop && call != SYS_msgsnd && call != SYS_msgrcv);
}

static const struct {
	const char *name;
	int least;
	void (*run)(const struct step *step);
} steps[] = {
	{"op", 4, do_op},     {"send", 2, do_send},   {"recv", 2, do_recv},
	{"fill", 2, do_fill}, {"sends", 2, do_sends}, {"recvs", 2, do_recvs},
	{"meet", 1, do_meet}, {"hold", 1, do_hold},   {"asleep", 2, do_asleep},
};

/* Cuts the argument at its colons. */
static void run_step(char *text)
{
	struct step step = {.count = 0};

	for (char *word = strtok(text, ":"); word && step.count < ARGS_MAX;
	     word = strtok(NULL, ":"))
		step.args[step.count++] = word;
	for (size_t i = 0; step.count && i < sizeof(steps) / sizeof(steps[0]); i++)
		if (!strcmp(steps[i].name, step.args[0]) && step.count >= steps[i].least) {
			steps[i].run(&step);
			return;
		}
	fprintf(stderr, "usage: ipcwait STEP...; see tests/tools/ipcwait.c\n");
	exit(2);
}

int main(int argc, char **argv)
{
	/* it may sleep for ever: the test's end is its end */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 1; i < argc; i++)
		run_step(argv[i]);
	return 0;
}
