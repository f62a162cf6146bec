// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Carries out one operation of a history on the real kernel and tells the oracle what has happened.
 * What the kernel refuses has not happened. Nothing is waited for by time: a worker answers, a
 * sleeper is seen sleeping (GETNCNT, /proc/PID/task/TID/syscall), a death is waited for.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <mqueue.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model.h"

/* Keys on both sides of the sign bit; slot 0 is IPC_PRIVATE. */
int slot_key(unsigned slot)
{
	return slot ? (int)(slot % 2 ? 0x80001000u + slot : 0x1000u + slot) : IPC_PRIVATE;
}

void object_name(struct object *object)
{
	/* one name for all kinds: they must not be taken for one another */
	snprintf(object->name, sizeof(object->name), "/model %u", object->slot);
}

static void file_path(const struct object *object, char path[64])
{
	snprintf(path, 64, "/dev/shm/%s%s", object->kind == PSEM ? "sem." : "", object->name + 1);
}

static bool has_queue(const struct object *object)
{
	int fd = mq_open(object->name, O_RDONLY | O_NONBLOCK);
	struct stat st;
	bool is_there;

	if (fd < 0)
		return false;
	is_there = fstat(fd, &st) == 0 && st.st_ino == object->ino;
	close(fd);
	return is_there;
}

bool kernel_has(const struct object *object)
{
	struct shmid_ds shm;
	struct semid_ds sem;
	struct msqid_ds msg;
	struct stat st;
	char path[64];

	switch (object->kind) {
	case SHM:
		return shmctl(object->id, IPC_STAT, &shm) == 0;
	case SEM:
		return semctl(object->id, 0, IPC_STAT, &sem) == 0;
	case MSG:
		return msgctl(object->id, IPC_STAT, &msg) == 0;
	case PSHM:
	case PSEM:
		file_path(object, path);
		return stat(path, &st) == 0 && st.st_ino == object->ino;
	case PMQ:
		return has_queue(object);
	case KINDS:
		break;
	}
	return false;
}

bool kernel_is_doomed(const struct object *object)
{
	struct shmid_ds shm;

	return object->kind == SHM && shmctl(object->id, IPC_STAT, &shm) == 0 &&
	       shm.shm_perm.mode & SHM_DEST;
}

static pid_t fork_as(pid_t want_pid)
{
	struct clone_args args = {.exit_signal = SIGCHLD};

	if (want_pid <= 0)
		return fork();
	args.set_tid = (uintptr_t)&want_pid;
	args.set_tid_size = 1;
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

int worker_spawn(struct world *world, unsigned n, const uid_t uids[3], pid_t want_pid)
{
	struct worker *worker = &world->workers[n];
	struct reply reply;
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return errno;
	pid = fork_as(want_pid);
	if (pid == 0) {
		close(fds[0]);
		worker_main(fds[1], uids);
	}
	close(fds[1]);
	if (pid < 0 || recv(fds[0], &reply, sizeof(reply), 0) != (ssize_t)sizeof(reply)) {
		close(fds[0]);
		return pid < 0 ? errno : EPIPE;
	}
	*worker = (struct worker){.was_started = true,
				  .is_alive = true,
				  .pid = pid,
				  .fd = fds[0],
				  .started = time(NULL)};
	memcpy(worker->uids, uids, sizeof(worker->uids));
	world->counters->workers++;
	return 0;
}

/* Real, effective and saved uid: which of them are the user's own, which another's. */
static int start(struct world *world, const struct op *op)
{
	uid_t own = world->users[op->user], other = world->users[op->user % (SYSTEM_USER - 1) + 1];
	uid_t uids[3] = {own, own, own};
	pid_t want = 0;

	if (world->workers[op->worker].was_started)
		return EEXIST;
	if (op->user && op->arg)
		uids[op->arg % 3] = uids[(op->arg + op->arg / 3) % 3] = other;
	if (op->other) {
		const struct worker *dead = &world->workers[op->other - 1];

		if (!dead->was_started || dead->is_alive || dead->is_zombie || dead->is_outside)
			return ESRCH;
		want = dead->pid;
	}
	return worker_spawn(world, op->worker, uids, want);
}

/* Everything of a process is released before its parent can see it as a zombie (do_exit). */
static int die(struct world *world, const struct op *op)
{
	struct worker *worker = &world->workers[op->worker];
	siginfo_t info;

	if (!worker->is_alive)
		return ESRCH;
	if (worker->is_outside) {
		struct pollfd gone = {.fd = worker->pid, .events = POLLIN};

		shutdown(worker->fd, SHUT_RDWR);
		if (poll(&gone, 1, 10000) != 1)
			return ETIME;
	} else {
		if (kill(worker->pid, SIGKILL) < 0 ||
		    waitid(P_PID, (id_t)worker->pid, &info, WEXITED | WNOWAIT) < 0)
			return errno;
		worker->is_zombie = true;
		if (!op->arg) {
			waitpid(worker->pid, NULL, 0);
			worker->is_zombie = false;
		}
	}
	close(worker->fd);
	worker->is_alive = false;
	oracle_died(world, op->worker);
	return 0;
}

static int reap(struct world *world, const struct op *op)
{
	struct worker *worker = &world->workers[op->worker];

	if (!worker->is_zombie)
		return ESRCH;
	waitpid(worker->pid, NULL, 0);
	worker->is_zombie = false;
	return 0;
}

static bool read_line(const char *path, char buf[512])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, 511);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return false;
	buf[n] = '\0';
	return true;
}

static bool has_text(const char *path, const char *text)
{
	char buf[512];

	return read_line(path, buf) && strstr(buf, text);
}

static bool begins_with(const char *path, const char *text)
{
	char buf[512];

	return read_line(path, buf) && !strncmp(buf, text, strlen(text));
}

static int hand_off(struct world *world, const struct op *op)
{
	const struct command command = {.action = ACT_HANDOFF};
	struct worker *worker = &world->workers[op->worker];
	char path[64];

	if (!worker->is_alive || worker->is_outside || worker->has_exited_leader)
		return ESRCH;
	if (send(worker->fd, &command, sizeof(command), MSG_NOSIGNAL) < 0)
		return errno;
	snprintf(path, sizeof(path), "/proc/%d/stat", worker->pid);
	while (!has_text(path, ") Z "))
		sched_yield();
	worker->has_exited_leader = true;
	return 0;
}

static bool sleeps(const struct worker *worker, const struct object *object, const struct op *op,
		   pid_t tid)
{
	char path[64], text[16];

	if (object->kind == SEM)
		return semctl(object->id, op->arg, op->other ? GETZCNT : GETNCNT) > 0;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", worker->pid, tid);
	snprintf(text, sizeof(text), "%d 0x", SYS_msgrcv);
	return begins_with(path, text);
}

/* 0 once the thread sleeps on the object; EACCES where the kernel has sent it away. */
static int await_sleep(const struct worker *worker, const struct object *object,
		       const struct op *op, pid_t tid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d", worker->pid, tid);
	while (!sleeps(worker, object, op, tid)) {
		if (access(path, F_OK) < 0)
			return EACCES;
		sched_yield();
	}
	return 0;
}

static void await_wake(const struct world *world, const struct object *object)
{
	const struct worker *worker = &world->workers[object->waiter];
	char path[64], text[32];

	/* no other msgrcv is ever slept in by a worker on this queue */
	snprintf(text, sizeof(text), "%d 0x%x ", SYS_msgrcv, (unsigned)object->id);
	for (bool is_asleep = object->kind == MSG; is_asleep;) {
		snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", worker->pid,
			 object->waiter_sem);
		is_asleep = begins_with(path, text);
		if (is_asleep)
			sched_yield();
	}
}

static void fill_command(const struct world *world, const struct op *op, struct command *command)
{
	const struct object *object = &world->objects[op->object];

	*command = (struct command){.action = (enum action)op->action,
				    .kind = object->kind,
				    .object = op->object,
				    .id = object->id,
				    .arg = op->arg,
				    .other = op->other,
				    .key = slot_key(object->slot),
				    .mode = object->mode,
				    .nsems = object->nsems,
				    .uid = world->users[op->user]};
	if (op->action == ACT_MODE)
		command->mode = op->arg ? 0666 : 0;
	if (object->kind == SEM && op->action != ACT_CREATE)
		command->arg = op->arg % object->nsems;
	memcpy(command->name, object->name, sizeof(command->name));
}

static int tell(struct world *world, unsigned n, const struct command *command, struct reply *reply)
{
	const struct worker *worker = &world->workers[n];

	if (!worker->is_alive)
		return ESRCH;
	if (send(worker->fd, command, sizeof(*command), MSG_NOSIGNAL) < 0 ||
	    recv(worker->fd, reply, sizeof(*reply), 0) != (ssize_t)sizeof(*reply)) {
		world_fail(world, FAIL_HARNESS, "worker %u has ended by itself", n);
		return EPIPE;
	}
	return reply->error;
}

static int create(struct world *world, const struct op *op)
{
	static const unsigned modes[] = {0600, 0666, 0};
	struct object *object = &world->objects[op->object];
	struct command command;
	struct reply reply;
	int error;

	if (object->was_made)
		return EEXIST;
	*object = (struct object){.kind = (enum kind)(op->arg % KINDS),
				  .slot = op->other % SLOTS,
				  .mode = modes[op->user % 3],
				  .nsems = 1 + op->object % SEMS_MAX};
	object_name(object);
	fill_command(world, op, &command);
	error = tell(world, op->worker, &command, &reply);
	if (error)
		return error;
	object->ino = reply.ino;
	oracle_created(world, op, reply.id);
	return 0;
}

static bool is_sensible(const struct world *world, const struct op *op)
{
	const struct object *object = &world->objects[op->object];

	switch (op->action) {
	case ACT_USE:
		return object->kind != SEM && object->kind != MSG;
	case ACT_RELEASE:
		return object->uses[op->worker];
	case ACT_SET:
		/* without an operation time nothing tells of one outside (sempid reads 0) */
		return object->kind == SEM && !world->workers[op->worker].is_outside &&
		       object->waiter == NOBODY;
	case ACT_RECEIVE:
		return object->kind == MSG || object->kind == PMQ;
	case ACT_WAIT:
		return (object->kind == SEM || object->kind == MSG) && object->waiter == NOBODY &&
		       !world->workers[op->worker].is_outside;
	case ACT_WAKE:
		return object->waiter != NOBODY && object->exists;
	case ACT_TOUCH:
		return !(object->kind == SEM && op->other && object->waiter != NOBODY);
	}
	return true;
}

static int act(struct world *world, struct op op)
{
	struct object *object = &world->objects[op.object];
	struct command command;
	struct reply reply = {0};
	int error;

	/* a use outlives its object's name */
	if (!object->was_made || (!object->exists && op.action != ACT_RELEASE) ||
	    !is_sensible(world, &op))
		return EINVAL;
	if (op.action == ACT_WAKE) {
		op.arg = (uint8_t)(object->kind == SEM ? object->waiter_sem & 15 : 0);
		op.other = (uint8_t)(object->kind == SEM ? object->waiter_sem >> 4 : 0);
	} else if (object->kind == SEM) {
		op.arg = (uint8_t)(op.arg % object->nsems);
	}
	fill_command(world, &op, &command);
	error = tell(world, op.worker, &command, &reply);
	if (object->kind == SEM && op.action == ACT_TOUCH && op.other)
		oracle_tried_undo(world, &op);
	if (!error && op.action == ACT_WAIT) {
		error = await_sleep(&world->workers[op.worker], object, &op, reply.tid);
		object->waiter_sem = object->kind == SEM ? op.arg | op.other << 4 : reply.tid;
	}
	if (error)
		return error;
	if (op.action == ACT_WAKE)
		await_wake(world, object);
	oracle_did(world, &op);
	/*
	 * IPC_SET wakes those who sleep on a queue; the kernel asks anew whether they may
	 * (ipc/msg.c)
	 */
	if ((op.action == ACT_GIVE || op.action == ACT_MODE) && object->kind == MSG &&
	    object->waiter != NOBODY &&
	    await_sleep(&world->workers[object->waiter], object, &op, object->waiter_sem) != 0)
		oracle_sent_away(world, &op);
	return 0;
}

/* All clocks' doubts pass. */
static int age(void)
{
	const time_t until = time(NULL) + CLOCK_DOUBT_S + 2;

	while (time(NULL) < until)
		poll(NULL, 0, 200);
	return 0;
}

static int apply(struct world *world, const struct op *op)
{
	switch ((enum action)op->action) {
	case ACT_START:
		return start(world, op);
	case ACT_DIE:
		return die(world, op);
	case ACT_REAP:
		return reap(world, op);
	case ACT_HANDOFF:
		return hand_off(world, op);
	case ACT_CREATE:
		return create(world, op);
	case ACT_USE:
	case ACT_RELEASE:
	case ACT_TOUCH:
	case ACT_SET:
	case ACT_RECEIVE:
	case ACT_WAIT:
	case ACT_WAKE:
	case ACT_GIVE:
	case ACT_MODE:
	case ACT_REMOVE:
		return act(world, *op);
	case ACT_AGE:
		return age();
	case ACT_BASELINE:
	case ACT_USER:
	case ACT_SERVICE:
	case ACT_ORPHANS:
		tool_run(world, op);
		return 0;
	case ACT_JOIN:
		tool_join(world);
		return 0;
	}
	return EINVAL;
}

int world_apply(struct world *world, const struct op *op)
{
	bool is_known = op->worker < WORKERS_MAX && op->object < OBJECTS_MAX && op->user < USERS;
	int error = is_known ? apply(world, op) : EINVAL;

	world->counters->ops++;
	if (error)
		world->counters->skipped++;
	if (world->racing)
		oracle_race_step(world);
	return error;
}
