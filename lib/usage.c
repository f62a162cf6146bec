/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Does anyone use this object now? What the kernel counts is asked for (nattch, GETNCNT, the lease
 * of fs/locks.c), what it doesn't is taken from the process table, and what can't be known is taken
 * for use.
 */
#include "usage.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"

/* Semaphores asked between two looks at the clock. */
#define SEMS_PER_LOOK 1024

void usage_scope_done(struct usage_scope *scope)
{
	waiters_done(&scope->waiters);
}

/* Whether somebody who did something to the object at `when` can't be seen from here. */
static bool is_hidden_user(const struct usage_scope *scope, pid_t pid, time_t when)
{
	return !scope->is_alone && when != 0 && pid == 0;
}

static void note_user(const struct usage_scope *scope, struct ipc_object *obj, pid_t pid,
		      time_t when)
{
	if (is_hidden_user(scope, pid, when))
		obj->is_blind = true;
	if (when && procs_may_be_alive(scope->procs, pid, when))
		obj->live_user = pid;
}

/* Every segment has a creator. Whoever has it attached is counted, seen or not. */
static void probe_shm(const struct usage_scope *scope, struct ipc_object *obj)
{
	if (is_hidden_user(scope, obj->cpid, obj->ctime) ||
	    is_hidden_user(scope, obj->lpid, obj->lpid_at))
		obj->is_blind = true;
}

static int probe_semaphore(const struct usage_scope *scope, struct ipc_object *obj, int n)
{
	int ncnt = semctl(obj->id, n, GETNCNT), zcnt, pid;

	if (ncnt < 0)
		return -errno;
	zcnt = semctl(obj->id, n, GETZCNT);
	pid = semctl(obj->id, n, GETPID);
	if (zcnt < 0 || pid < 0)
		return -errno;
	if (ncnt || zcnt)
		obj->has_waiters = true;
	/*
	 * SETVAL sets sempid as well, and with it the time of change. In the initial PID namespace
	 * every pid is seen: 0 is a semaphore that nobody has touched.
	 */
	if (pid)
		note_user(scope, obj, pid, obj->newest);
	else if (!scope->procs->is_initial_pid_ns)
		note_user(scope, obj, 0, obj->lpid_at);
	return 0;
}

static int probe_sem(const struct usage_scope *scope, struct ipc_object *obj)
{
	for (int n = 0; n < (int)obj->nsems && !obj->has_waiters; n++) {
		int r = probe_semaphore(scope, obj, n);

		if (r == -EIDRM || r == -EINVAL)
			return -ENOENT;
		if (r < 0) {
			/* no read permission: who waits can't be seen */
			obj->is_blind = true;
			return 0;
		}
		if (n % SEMS_PER_LOOK == 0 && clock_is_past(scope->deadline_ns))
			return -ETIME;
	}
	return 0;
}

/* Whether anyone but root and the owner could wait on it unseen. */
static bool lets_others_in(const struct ipc_object *obj)
{
	return obj->mode & 0066 || obj->uid != geteuid() || obj->cuid != geteuid();
}

static int probe_msg(struct usage_scope *scope, struct ipc_object *obj)
{
	size_t waiting;

	if (!scope->has_read_waiters) {
		int r = waiters_read(&scope->waiters, scope->procs, WAITERS_OF_QUEUES,
				     scope->deadline_ns);

		if (r < 0)
			return r;
		scope->has_read_waiters = true;
	}
	waiters_of(&scope->waiters, KIND_MSG, obj->id, &waiting);
	obj->has_waiters = waiting > 0;
	if (scope->waiters.is_unsettled ||
	    (scope->waiters.is_partial && lets_others_in(obj) && !scope->is_alone))
		obj->is_blind = true;
	note_user(scope, obj, obj->lpid, obj->lpid_at);
	note_user(scope, obj, obj->lrpid, obj->lrpid_at);
	return 0;
}

enum lease_state usage_lease_take(int fd)
{
	/* the break signal must not be SIGIO, which kills; SIGURG is ignored by default */
	if (fcntl(fd, F_SETSIG, SIGURG) < 0)
		return LEASE_UNKNOWN;
	if (fcntl(fd, F_SETLEASE, F_WRLCK) == 0)
		return LEASE_FREE;
	return errno == EAGAIN ? LEASE_IN_USE : LEASE_UNKNOWN;
}

void usage_lease_drop(int fd)
{
	fcntl(fd, F_SETLEASE, F_UNLCK);
}

bool usage_lease_is_whole(int fd)
{
	return fcntl(fd, F_GETLEASE) == F_WRLCK;
}

static int probe_file(const struct usage_scope *scope, struct ipc_object *obj)
{
	char file[OBJECT_FILE_SIZE];
	_cleanup_close_ int dir = inventory_open_parent(scope->inv, obj, file), fd = -1;
	struct stat st;

	if (dir < 0)
		return dir == -ENOENT || dir == -ELOOP || dir == -ENOTDIR ? -ENOENT : dir;
	/* O_NONBLOCK: neither a FIFO put in its place nor somebody's lease may hold us up */
	fd = openat(dir, file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	if (fd < 0) {
		if (errno == ENOENT || errno == ELOOP)
			return -ENOENT;
		if (errno == EACCES && obj->uid == geteuid())
			obj->lease = LEASE_UNREADABLE;
		else
			obj->lease = errno == EAGAIN ? LEASE_IN_USE : LEASE_UNKNOWN;
		return 0;
	}
	if (fstat(fd, &st) < 0 || st.st_ino != obj->ino || st.st_dev != obj->dev)
		return -ENOENT;
	obj->lease = usage_lease_take(fd);
	return 0;
}

int usage_probe(struct usage_scope *scope, struct ipc_object *obj)
{
	if (clock_is_past(scope->deadline_ns))
		return -ETIME;
	if (scope->procs->is_blind && !scope->is_alone)
		obj->is_blind = true;
	switch (obj->kind) {
	case KIND_SHM:
		probe_shm(scope, obj);
		return 0;
	case KIND_SEM:
		return probe_sem(scope, obj);
	case KIND_MSG:
		return probe_msg(scope, obj);
	case KIND_PSHM:
	case KIND_PSEM:
	case KIND_PMQ:
		return probe_file(scope, obj);
	case KIND_COUNT_:
		break;
	}
	return -EINVAL;
}
