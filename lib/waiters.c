/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which message queues does a thread sleep on? See waiters.h. 32-bit programs on a 64-bit kernel
 * show the numbers of their own table, where msgsnd and msgrcv differ or hide behind ipc(2): a
 * number that means either is believed, since a wrong guess only keeps a queue.
 */
#include "waiters.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"

#define I386_NR_IPC 117 /* arch/x86/entry/syscalls/syscall_32.tbl: first argument is the call */
#define I386_NR_MSGSND 400
#define I386_NR_MSGRCV 401

/*
 * How much processor time a woken sleeper has at most before it sleeps again, with room to spare.
 */
#define RAN_ENOUGH_NS 1000000

/* How long to look at those who run, and how often. */
#define SETTLE_NS (3 * NS_PER_S)
#define SETTLE_STEP_MS 1

enum thread_call queue_waiters_parse(const char *text, int *msqid)
{
	unsigned long long args[2];
	long nr;

	if (!strncmp(text, "running", strlen("running")))
		return CALL_RUNNING;
	if (sscanf(text, "%ld %llx %llx", &nr, &args[0], &args[1]) != 3)
		return CALL_OTHER;
	if (nr == SYS_msgsnd || nr == SYS_msgrcv || nr == I386_NR_MSGSND || nr == I386_NR_MSGRCV) {
		*msqid = (int)args[0];
		return CALL_QUEUE;
	}
	if (nr == I386_NR_IPC) {
		*msqid = (int)args[1];
		return CALL_QUEUE;
	}
	return CALL_OTHER;
}

/* A thread that was running when it was looked at. */
struct runner {
	pid_t pid, tid;
	bool has_ran_ns;
	uint64_t ran_ns; /* processor time it had by then */
};

struct scan {
	struct queue_waiters *waiters;
	const struct procs *procs;
	ino_t ipc_ns; /* ours */
	struct runner *runners;
	size_t runner_count;
};

static int add(struct queue_waiters *waiters, int msqid)
{
	int *grown = reallocarray(waiters->msqids, waiters->count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	waiters->msqids = grown;
	waiters->msqids[waiters->count++] = msqid;
	return 0;
}

/*
 * A thread of another IPC namespace sleeps on another queue of that id. One that has just ended has
 * no namespaces to show, and is believed.
 */
static bool shares_our_ipc(int dir, const char *id, ino_t ours)
{
	struct stat st;
	char path[300];

	snprintf(path, sizeof(path), "%s/ns/ipc", id);
	return fstatat(dir, path, &st, 0) < 0 || st.st_ino == ours;
}

static int add_runner(struct scan *scan, pid_t pid, pid_t tid)
{
	struct runner *grown = reallocarray(scan->runners, scan->runner_count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	scan->runners = grown;
	scan->runners[scan->runner_count++] = (struct runner){.pid = pid, .tid = tid};
	return 0;
}

/* Returns an enum thread_call, a sleeper on one of our queues having been noted, or -ENOMEM. */
static int read_thread(struct scan *scan, int task_fd, const char *tid)
{
	char path[300], text[256];
	_cleanup_close_ int fd = -1;
	enum thread_call call;
	ssize_t n;
	int msqid;

	snprintf(path, sizeof(path), "%s/syscall", tid);
	fd = openat(task_fd, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0) {
		/* a thread that has ended waits for nothing; all else hides from us */
		if (errno != ENOENT && errno != ESRCH)
			scan->waiters->is_partial = true;
		return CALL_OTHER;
	}
	text[n] = '\0';
	call = queue_waiters_parse(text, &msqid);
	if (call != CALL_QUEUE || !shares_our_ipc(task_fd, tid, scan->ipc_ns))
		return (int)call;
	return add(scan->waiters, msqid) < 0 ? -ENOMEM : (int)call;
}

static int read_process(struct scan *scan, pid_t pid)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	char path[32];
	int fd, r = 0;

	snprintf(path, sizeof(path), "%d/task", pid);
	fd = openat(scan->procs->proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		scan->waiters->is_partial |= errno != ENOENT && errno != ESRCH;
		return 0;
	}
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	while (r >= 0 && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		r = read_thread(scan, dirfd(dir), entry->d_name);
		if (r == CALL_RUNNING)
			r = add_runner(scan, pid, (pid_t)strtol(entry->d_name, NULL, 10));
	}
	return r < 0 ? r : 0;
}

/*
 * The first number of `schedstat` (Documentation/scheduler/sched-stats.rst): ns on the processor.
 */
static int read_ran_ns(int task_fd, pid_t tid, uint64_t *ran_ns)
{
	char path[32], text[128];
	_cleanup_close_ int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "%d/schedstat", tid);
	fd = openat(task_fd, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	return sscanf(text, "%" SCNu64, ran_ns) == 1 ? 0 : -EBADMSG;
}

/* Whether it has run for so long since it was first seen that it was not on its way to sleep. */
static bool has_run_enough(int task_fd, struct runner *runner)
{
	uint64_t ran_ns;

	if (read_ran_ns(task_fd, runner->tid, &ran_ns) < 0)
		return false;
	if (!runner->has_ran_ns) {
		runner->ran_ns = ran_ns;
		runner->has_ran_ns = true;
	}
	return ran_ns - runner->ran_ns >= RAN_ENOUGH_NS;
}

/* 1 if it is known now what the thread does, 0 if not yet, or -ENOMEM. */
static int look_again(struct scan *scan, struct runner *runner)
{
	_cleanup_close_ int task_fd = -1;
	char path[32], tid[16];
	int r;

	snprintf(path, sizeof(path), "%d/task", runner->pid);
	task_fd = openat(scan->procs->proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (task_fd < 0)
		return 1;
	snprintf(tid, sizeof(tid), "%d", runner->tid);
	r = read_thread(scan, task_fd, tid);
	if (r != CALL_RUNNING)
		return r < 0 ? r : 1;
	return has_run_enough(task_fd, runner);
}

static int settle_runners(struct scan *scan, uint64_t deadline_ns)
{
	uint64_t end = clock_now_ns() + SETTLE_NS;

	if (end > deadline_ns)
		end = deadline_ns;
	while (scan->runner_count) {
		size_t left = 0;

		for (size_t i = 0; i < scan->runner_count; i++) {
			int r = look_again(scan, &scan->runners[i]);

			if (r < 0)
				return r;
			if (r == 0)
				scan->runners[left++] = scan->runners[i];
		}
		scan->runner_count = left;
		if (left && clock_is_past(end)) {
			scan->waiters->is_unsettled = true;
			break;
		}
		if (left)
			poll(NULL, 0, SETTLE_STEP_MS);
	}
	return 0;
}

/* The host's init sleeps on no queue, and where it is protected from everyone it can't be asked. */
static bool is_init(const struct procs *procs, pid_t pid)
{
	return pid == 1 && procs->is_initial_pid_ns;
}

static int by_value(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static int read_all_processes(struct scan *scan)
{
	for (size_t i = 0; i < scan->procs->count; i++) {
		const struct proc *proc = &scan->procs->all[i];
		int r;

		if (proc->is_kernel_thread || is_init(scan->procs, proc->pid) ||
		    proc->pid == getpid())
			continue;
		r = read_process(scan, proc->pid);
		if (r < 0)
			return r;
	}
	return 0;
}

int queue_waiters_read(struct queue_waiters *waiters, const struct procs *procs,
		       uint64_t deadline_ns)
{
	struct scan scan = {.waiters = waiters, .procs = procs};
	struct stat ours = {0};
	int r;

	*waiters = (struct queue_waiters){.is_partial = procs->is_partial};
	if (fstatat(procs->proc_fd, "self/ns/ipc", &ours, 0) < 0)
		return -errno;
	scan.ipc_ns = ours.st_ino;
	r = read_all_processes(&scan);
	if (r == 0)
		r = settle_runners(&scan, deadline_ns);
	free(scan.runners);
	if (r < 0) {
		queue_waiters_done(waiters);
		return r;
	}
	if (waiters->count)
		qsort(waiters->msqids, waiters->count, sizeof(int), by_value);
	return 0;
}

void queue_waiters_done(struct queue_waiters *waiters)
{
	free(waiters->msqids);
	*waiters = (struct queue_waiters){0};
}

bool queue_waiters_has(const struct queue_waiters *waiters, int msqid)
{
	return waiters->count &&
	       bsearch(&msqid, waiters->msqids, waiters->count, sizeof(int), by_value);
}
