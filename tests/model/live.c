// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Lives one history from a clean beginning: a process of its own enters new IPC and mount
 * namespaces (half of the histories a new PID namespace as well, with two processes left outside of
 * it), and everything ends with it. The host's objects, /run and configuration are never seen.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model.h"

#define HISTORY_TIMEOUT_S 180
#define FIRST_UID 2000000000u
#define FIRST_SYSTEM_UID 500u /* below MinUid=, where few systems have any */
#define SYSTEM_UIDS 400u

static struct world world;

static void no_harness(struct history *history, const char *what)
{
	history->failure = FAIL_HARNESS;
	snprintf(history->message, sizeof(history->message), "%s: %s", what, strerror(errno));
}

/*
 * A directory of the host's that ipcclean would read is covered; one that isn't there needs none.
 */
static int cover(const char *path, const char *mode)
{
	if (mount("model", path, "tmpfs", MS_NOSUID | MS_NODEV, mode) == 0 || errno == ENOENT)
		return 0;
	return -1;
}

static int enter_namespaces(void)
{
	if (unshare(CLONE_NEWIPC | CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -1;
	if (cover("/dev/shm", "mode=1777") < 0 || cover("/run", "mode=0755") < 0 ||
	    cover("/etc/ipcguard", "mode=0755") < 0 || cover("/usr/lib/ipcguard", "mode=0755") < 0)
		return -1;
	return 0;
}

/*
 * Processes of other jobs, and of other runs of this test, are seen in /proc: each has its own
 * users.
 */
static void name_users(unsigned lane, uint64_t seed)
{
	world.users[0] = 0;
	for (unsigned i = 1; i < SYSTEM_USER; i++)
		world.users[i] = FIRST_UID + lane * 10000 + (unsigned)(seed % 997) * 8 + i;
	world.users[SYSTEM_USER] = FIRST_SYSTEM_UID + lane % SYSTEM_UIDS;
}

/* Two workers that no PID namespace made after them can see; death is seen by their pidfd. */
static int start_outside(void)
{
	for (unsigned i = 0; i < 2; i++) {
		struct worker *worker = &world.workers[WORKERS_MAX - 2 + i];
		uid_t uid = world.users[1 + i];
		int r = worker_spawn(&world, WORKERS_MAX - 2 + i, (uid_t[]){uid, uid, uid}, 0);

		if (r)
			return -1;
		worker->is_outside = true;
		worker->pid = (pid_t)syscall(SYS_pidfd_open, worker->pid, 0);
	}
	return 0;
}

/* By the process that has started them; their sockets were shared with the controller. */
static void end_outside(void)
{
	for (unsigned i = WORKERS_MAX - 2; i < WORKERS_MAX; i++)
		if (world.workers[i].is_outside)
			syscall(SYS_pidfd_send_signal, world.workers[i].pid, SIGKILL, NULL, 0);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void end_workers(void)
{
	for (unsigned i = 0; i < WORKERS_MAX; i++) {
		struct worker *worker = &world.workers[i];

		if (worker->is_outside || (!worker->is_alive && !worker->is_zombie))
			continue;
		kill(worker->pid, SIGKILL);
		waitpid(worker->pid, NULL, 0);
	}
}

static void step(struct history *history, const struct op *op)
{
	world_apply(&world, op);
	if (world.failure)
		history->failure = world.failure;
}

static void invent(struct history *history, struct plan *plan)
{
	struct op op;

	while (!history->failure && history->count < OPS_MAX && plan_next(plan, &world, &op)) {
		history->ops[history->count++] = op;
		step(history, &op);
	}
}

static void repeat(struct history *history)
{
	for (unsigned i = 0; i < history->count && !history->failure; i++)
		step(history, &history->ops[i]);
}

static _Noreturn void control(struct history *history, bool is_replay, struct plan *plan)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	alarm(HISTORY_TIMEOUT_S);
	if (plan->has_pid_ns &&
	    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) {
		no_harness(history, "/proc");
		_exit(1);
	}
	if (is_replay)
		repeat(history);
	else
		invent(history, plan);
	tool_join(&world);
	history->failure = world.failure;
	memcpy(history->message, world.message, sizeof(history->message));
	history->counters.histories++;
	end_workers();
	_exit(0);
}

/* In a process of its own, which may end in any way. */
static _Noreturn void begin(struct history *history, bool is_replay)
{
	struct plan plan;
	int status;
	pid_t pid;

	plan_begin(&plan, history->seed);
	world.has_pid_ns = plan.has_pid_ns;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (enter_namespaces() < 0 ||
	    (plan.has_pid_ns && (start_outside() < 0 || unshare(CLONE_NEWPID) < 0))) {
		no_harness(history, "namespaces");
		_exit(1);
	}
	pid = fork();
	if (pid == 0)
		control(history, is_replay, &plan);
	if (pid < 0 || waitpid(pid, &status, 0) < 0) {
		no_harness(history, "fork");
	} else if (!WIFEXITED(status) && !history->failure) {
		history->failure = FAIL_HARNESS;
		snprintf(history->message, sizeof(history->message),
			 "the history ended by signal %d", WTERMSIG(status));
	}
	end_outside();
	_exit(0);
}

void live(struct history *history, bool is_replay, const char *ipcclean, unsigned lane)
{
	pid_t pid;

	history->failure = FAIL_NONE;
	history->message[0] = '\0';
	memset(&world, 0, sizeof(world));
	world.ipcclean = ipcclean;
	world.lane = lane;
	world.counters = &history->counters;
	name_users(lane, history->seed);
	pid = fork();
	if (pid == 0)
		begin(history, is_replay);
	if (pid < 0 || waitpid(pid, NULL, 0) < 0)
		no_harness(history, "fork");
}
