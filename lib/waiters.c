/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who sleeps on which semaphore set or message queue? One walk over the threads of all processes, the
 * only one in the house: safety rule 1 keeps a queue that somebody sleeps on, ipcaudit tells who
 * waits for whom.
 */
#include "waiters.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"

/*
 * How much processor time a woken sleeper has at most before it sleeps again, with room to spare.
 */
#define RAN_ENOUGH_NS 1000000

/* Operations of one call that are read: as many as SEMOPM allows by default (semop(2)). */
#define OPS_MAX 500

/* A line of `syscall`: a number and eight in hex. */
#define CALL_TEXT_SIZE 256

/* A line of `stat`: a name of 64 bytes at most, and some fifty numbers (fs/proc/array.c). */
#define STAT_SIZE 1024

/* How long to look at those who run, and how often. */
#define SETTLE_NS (3 * NS_PER_S)
#define SETTLE_STEP_MS 1

/* A thread that was running when it was looked at. */
struct runner {
	pid_t pid, tid;
	bool has_ran_ns;
	uint64_t ran_ns; /* processor time it had by then */
};

struct scan {
	struct waiters *waiters;
	const struct procs *procs;
	enum waiters_depth depth;
	ino_t ipc_ns; /* ours */
	struct runner *runners;
	size_t runner_count;
};

static int add(struct waiters *waiters, const struct waiter *waiter)
{
	if (waiters->count == waiters->allocated) {
		size_t more = waiters->allocated ? waiters->allocated * 2 : 16;
		struct waiter *grown = reallocarray(waiters->all, more, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		waiters->all = grown;
		waiters->allocated = more;
	}
	waiters->all[waiters->count++] = *waiter;
	return 0;
}

/*
 * A thread of another IPC namespace sleeps on another object of that id. One that has just ended has
 * no namespaces to show, and is believed.
 */
static bool shares_our_ipc(int dir, pid_t tid, ino_t ours)
{
	ino_t its = procs_ipc_ns(dir, tid);

	return !its || its == ours;
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

/* A file of a thread, of one line, read from its beginning. */
static int read_line(int fd, char *text, size_t size)
{
	ssize_t n = pread(fd, text, size - 1, 0);

	if (n < 0)
		return -errno;
	text[n] = '\0';
	return 0;
}

/* A small file of a thread; 0 or a negative errno. */
static int read_file(int task_fd, pid_t tid, const char *name, char *text, size_t size)
{
	char path[32];
	_cleanup_close_ int fd = -1;

	snprintf(path, sizeof(path), "%d/%s", tid, name);
	fd = openat(task_fd, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : read_line(fd, text, size);
}

/*
 * The first number of `schedstat` (Documentation/scheduler/sched-stats.rst): ns on the processor.
 */
static int read_ran_ns(int task_fd, pid_t tid, uint64_t *ran_ns)
{
	char text[128];
	int r = read_file(task_fd, tid, "schedstat", text, sizeof(text));

	if (r < 0)
		return r;
	return sscanf(text, "%" SCNu64, ran_ns) == 1 ? 0 : -EBADMSG;
}

/* What it asked for, out of its memory; what can't be read is not known. */
static int read_ops(struct waiter *waiter)
{
	size_t count = waiter->args.nops < OPS_MAX ? (size_t)waiter->args.nops : OPS_MAX;
	_cleanup_free_ struct sembuf *ops = calloc(count + 1, sizeof(*ops));
	struct iovec here = {ops, count * sizeof(*ops)};
	struct iovec there = {(void *)(uintptr_t)waiter->args.ops_at, here.iov_len};

	if (!ops)
		return -ENOMEM;
	if (process_vm_readv(waiter->tid, &here, 1, &there, 1, 0) != (ssize_t)here.iov_len)
		return 0;
	waiter->ops = STEAL_PTR(ops);
	waiter->op_count = count;
	return 0;
}

static enum ipc_kind kind_of(enum thread_call call)
{
	return call == CALL_SEMOP ? KIND_SEM : KIND_MSG;
}

static bool is_wanted(const struct scan *scan, enum thread_call call)
{
	return call != CALL_OTHER && call != CALL_RUNNING &&
	       (scan->depth == WAITERS_ALL || kind_of(call) == KIND_MSG);
}

/*
 * Reads the file again after the thread's processor time, which then vouches for call and
 * operations alike. Returns the call it is in by then, or -ENOMEM.
 */
static int read_details(int task_fd, int fd, struct waiter *waiter)
{
	char text[CALL_TEXT_SIZE];
	enum thread_call call;
	int r;

	/* stays 0 where the kernel doesn't count */
	read_ran_ns(task_fd, waiter->tid, &waiter->ran_ns);
	if (read_line(fd, text, sizeof(text)) < 0)
		return CALL_OTHER;
	call = waiters_parse(text, &waiter->args);
	r = call == CALL_SEMOP ? read_ops(waiter) : 0;
	return r < 0 ? r : (int)call;
}

/* Notes a sleeper, whose `syscall` file is fd. Returns the call it is in, or -ENOMEM. */
static int add_sleeper(struct scan *scan, int task_fd, int fd, struct waiter *waiter)
{
	int call = (int)waiter->call, r;

	waiter->kind = kind_of(waiter->call);
	if (scan->depth == WAITERS_ALL)
		call = read_details(task_fd, fd, waiter);
	r = call == (int)waiter->call ? add(scan->waiters, waiter) : call;
	if (call != (int)waiter->call || r < 0)
		free(waiter->ops);
	return r < 0 ? r : call;
}

/*
 * What is told of a thread that we may look at but not trace, as SELinux and AppArmor tell apart
 * (PTRACE_MODE_READ): the kernel's function it sleeps in. One that is in none has not come to sleep
 * yet, though it may call itself asleep (`S`) while it waits for the processor, or has ended.
 */
static enum thread_call read_untraceable(struct scan *scan, int task_fd, pid_t tid)
{
	char wchan[CALL_TEXT_SIZE], stat[STAT_SIZE];
	int r = read_file(task_fd, tid, "wchan", wchan, sizeof(wchan));

	if (r == 0 && waiters_sleeps_elsewhere(wchan))
		return CALL_OTHER;
	if (r == 0)
		r = read_file(task_fd, tid, "stat", stat, sizeof(stat));
	if (r == -ENOENT || r == -ESRCH || (r == 0 && waiters_has_ended(stat)))
		return CALL_OTHER;
	if (r == 0 && waiters_is_in_no_function(wchan) && !waiters_is_hidden(stat))
		return CALL_RUNNING;
	scan->waiters->is_partial = true;
	return CALL_OTHER;
}

/* Returns an enum thread_call, a sleeper on one of our objects having been noted, or -ENOMEM. */
static int read_thread(struct scan *scan, int task_fd, pid_t pid, pid_t tid)
{
	struct waiter waiter = {.pid = pid, .tid = tid};
	char path[32], text[CALL_TEXT_SIZE];
	_cleanup_close_ int fd = -1;
	int r;

	snprintf(path, sizeof(path), "%d/syscall", tid);
	fd = openat(task_fd, path, O_RDONLY | O_CLOEXEC);
	r = fd < 0 ? -errno : read_line(fd, text, sizeof(text));
	/* a thread that has ended waits for nothing */
	if (r == -ENOENT || r == -ESRCH)
		return CALL_OTHER;
	if (r < 0)
		return (int)read_untraceable(scan, task_fd, tid);
	waiter.call = waiters_parse(text, &waiter.args);
	if (!is_wanted(scan, waiter.call) || !shares_our_ipc(task_fd, tid, scan->ipc_ns))
		return (int)waiter.call;
	return add_sleeper(scan, task_fd, fd, &waiter);
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
		pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (tid <= 0)
			continue;
		r = read_thread(scan, dirfd(dir), pid, tid);
		if (r == CALL_RUNNING)
			r = add_runner(scan, pid, tid);
	}
	return r < 0 ? r : 0;
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
	char path[32];
	int r;

	snprintf(path, sizeof(path), "%d/task", runner->pid);
	task_fd = openat(scan->procs->proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (task_fd < 0)
		return 1;
	r = read_thread(scan, task_fd, runner->pid, runner->tid);
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

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_object(const void *a, const void *b)
{
	const struct waiter *x = a, *y = b;
	int r = compare(x->kind, y->kind);

	return r ? r : compare(x->args.id, y->args.id);
}

static int by_object_and_thread(const void *a, const void *b)
{
	const struct waiter *x = a, *y = b;
	int r = by_object(a, b);

	r = r ? r : compare(x->pid, y->pid);
	return r ? r : compare(x->tid, y->tid);
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

int waiters_read(struct waiters *waiters, const struct procs *procs, enum waiters_depth depth,
		 uint64_t deadline_ns)
{
	struct scan scan = {.waiters = waiters, .procs = procs, .depth = depth};
	int r;

	*waiters = (struct waiters){.is_partial = procs->is_partial};
	scan.ipc_ns = procs_ipc_ns(procs->proc_fd, 0);
	if (!scan.ipc_ns)
		return -errno;
	r = read_all_processes(&scan);
	if (r == 0)
		r = settle_runners(&scan, deadline_ns);
	free(scan.runners);
	if (r < 0) {
		waiters_done(waiters);
		return r;
	}
	if (waiters->count)
		qsort(waiters->all, waiters->count, sizeof(*waiters->all), by_object_and_thread);
	return 0;
}

void waiters_done(struct waiters *waiters)
{
	for (size_t i = 0; i < waiters->count; i++)
		free(waiters->all[i].ops);
	free(waiters->all);
	*waiters = (struct waiters){0};
}

const struct waiter *waiters_of(const struct waiters *waiters, enum ipc_kind kind, int id,
				size_t *count)
{
	const struct waiter wanted = {.kind = kind, .args = {.id = id}};
	const struct waiter *end = waiters->all + waiters->count, *first, *last;

	*count = 0;
	if (!waiters->count)
		return NULL;
	first = bsearch(&wanted, waiters->all, waiters->count, sizeof(wanted), by_object);
	if (!first)
		return NULL;
	for (last = first + 1; last < end && by_object(last, &wanted) == 0;)
		last++;
	while (first > waiters->all && by_object(first - 1, &wanted) == 0)
		first--;
	*count = (size_t)(last - first);
	return first;
}

bool waiters_sleeps_still(const struct procs *procs, const struct waiter *waiter)
{
	_cleanup_close_ int task_fd = -1;
	uint64_t ran_ns = 0;
	char path[32];

	snprintf(path, sizeof(path), "%d/task", waiter->pid);
	task_fd = openat(procs->proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (task_fd < 0)
		return false;
	read_ran_ns(task_fd, waiter->tid, &ran_ns);
	return ran_ns == waiter->ran_ns;
}
