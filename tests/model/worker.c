// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A process of some user that makes, uses and leaves IPC objects when told so, over a socket pair:
 * one command, one reply. It decides nothing; what it holds it holds as any program would.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "model.h"

#define SEGMENT_SIZE 4096
#define WAIT_AMOUNT 30000 /* below SEMVMX (32767), above what touches ever add up to */
#define WAIT_TYPE 7777

struct held {
	int object; /* NOBODY: free */
	int fd;
	void *addr;
	sem_t *sem;
};

static struct held holds[512];

struct waiting {
	struct command command;
	pid_t tid;
	pthread_barrier_t started;
};

union semun {
	int val;
	struct semid_ds *buf;
};

struct message {
	long type;
	char text[8];
};

static int create_sem_file(const struct command *c, ino_t *ino)
{
	sem_t *sem = sem_open(c->name, O_CREAT | O_EXCL, c->mode, 0);
	char path[64] = "/dev/shm/sem.";
	struct stat st;

	if (sem == SEM_FAILED)
		return errno;
	sem_close(sem);
	strncat(path, c->name + 1, sizeof(c->name));
	if (stat(path, &st) < 0)
		return errno;
	*ino = st.st_ino;
	return 0;
}

static int create_posix(const struct command *c, ino_t *ino)
{
	struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 32};
	struct stat st;
	int fd, error = 0;

	if (c->kind == PSEM)
		return create_sem_file(c, ino);
	if (c->kind == PMQ)
		fd = mq_open(c->name, O_CREAT | O_EXCL | O_RDWR, c->mode, &attr);
	else
		fd = shm_open(c->name, O_CREAT | O_EXCL | O_RDWR, c->mode);
	if (fd < 0)
		return errno;
	if ((c->kind == PSHM && ftruncate(fd, SEGMENT_SIZE) < 0) || fstat(fd, &st) < 0)
		error = errno;
	close(fd);
	*ino = st.st_ino;
	return error;
}

static int create(const struct command *c, int *id, ino_t *ino)
{
	int flags = IPC_CREAT | IPC_EXCL | (int)c->mode;

	switch (c->kind) {
	case SHM:
		*id = shmget(c->key, SEGMENT_SIZE, flags);
		return *id < 0 ? errno : 0;
	case SEM:
		*id = semget(c->key, (int)c->nsems, flags);
		return *id < 0 ? errno : 0;
	case MSG:
		*id = msgget(c->key, flags);
		return *id < 0 ? errno : 0;
	case PSHM:
	case PSEM:
	case PMQ:
		return create_posix(c, ino);
	case KINDS:
		break;
	}
	return EINVAL;
}

static int open_posix(const struct command *c, struct held *held)
{
	if (c->kind == PSEM) {
		held->sem = sem_open(c->name, 0);
		return held->sem == SEM_FAILED ? errno : 0;
	}
	if (c->kind == PMQ) {
		held->fd = mq_open(c->name, O_RDONLY | O_NONBLOCK);
		return held->fd < 0 ? errno : 0;
	}
	held->fd = shm_open(c->name, O_RDONLY, 0);
	if (held->fd < 0)
		return errno;
	if (!c->arg)
		return 0;
	/* read only, and the descriptor is closed: only the mapping is left */
	held->addr = mmap(NULL, SEGMENT_SIZE, PROT_READ, MAP_SHARED, held->fd, 0);
	close(held->fd);
	held->fd = -1;
	return held->addr == MAP_FAILED ? errno : 0;
}

static int use(const struct command *c)
{
	struct held held = {.object = c->object, .fd = -1};
	int error;

	if (c->kind == SHM) {
		held.addr = shmat(c->id, NULL, c->arg ? SHM_RDONLY : 0);
		error = held.addr == (void *)-1 ? errno : 0;
	} else {
		error = open_posix(c, &held);
	}
	if (error)
		return error;
	for (size_t i = 0; i < sizeof(holds) / sizeof(holds[0]); i++)
		if (holds[i].object == NOBODY) {
			holds[i] = held;
			return 0;
		}
	return EMFILE;
}

static int release(const struct command *c)
{
	for (size_t i = 0; i < sizeof(holds) / sizeof(holds[0]); i++) {
		struct held *held = &holds[i];

		if (held->object != c->object)
			continue;
		held->object = NOBODY;
		if (c->kind == SHM)
			return shmdt(held->addr) < 0 ? errno : 0;
		if (held->sem)
			return sem_close(held->sem) < 0 ? errno : 0;
		if (held->addr)
			return munmap(held->addr, SEGMENT_SIZE) < 0 ? errno : 0;
		return close(held->fd) < 0 ? errno : 0;
	}
	return ENOENT;
}

static int touch_posix(const struct command *c)
{
	struct command plain = *c;
	struct held held = {.fd = -1};
	int fd, error = 0;

	plain.arg = 0;
	if (c->kind == PSEM) {
		error = open_posix(&plain, &held);
		return error ? error : (sem_post(held.sem), sem_close(held.sem), 0);
	}
	fd = c->kind == PMQ ? mq_open(c->name, O_WRONLY | O_NONBLOCK)
			    : shm_open(c->name, O_RDWR, 0);
	if (fd < 0)
		return errno;
	if ((c->kind == PMQ ? mq_send(fd, "hello", 5, 0) : pwrite(fd, "hello", 5, 0)) < 0)
		error = errno;
	close(fd);
	return error;
}

static int touch(const struct command *c)
{
	struct message message = {.type = 1, .text = "hello"};
	struct sembuf up = {.sem_num = (unsigned short)c->arg,
			    .sem_op = 1,
			    .sem_flg = (short)(c->other ? SEM_UNDO : 0)};
	void *addr;

	switch (c->kind) {
	case SHM:
		addr = shmat(c->id, NULL, 0);
		if (addr == (void *)-1)
			return errno;
		memcpy(addr, "hello", 5);
		return shmdt(addr) < 0 ? errno : 0;
	case SEM:
		return semop(c->id, &up, 1) < 0 ? errno : 0;
	case MSG:
		return msgsnd(c->id, &message, sizeof(message.text), IPC_NOWAIT) < 0 ? errno : 0;
	case PSHM:
	case PSEM:
	case PMQ:
		return touch_posix(c);
	case KINDS:
		break;
	}
	return EINVAL;
}

static int receive(const struct command *c)
{
	struct message message;
	char text[64];
	int fd, error = 0;

	if (c->kind == MSG)
		return msgrcv(c->id, &message, sizeof(message.text), 0, IPC_NOWAIT) < 0 ? errno : 0;
	fd = mq_open(c->name, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return errno;
	if (mq_receive(fd, text, sizeof(text), NULL) < 0)
		error = errno;
	close(fd);
	return error;
}

static int wake(const struct command *c)
{
	struct message message = {.type = WAIT_TYPE};
	struct sembuf up = {.sem_num = (unsigned short)c->arg, .sem_op = WAIT_AMOUNT};

	if (c->kind == MSG)
		return msgsnd(c->id, &message, sizeof(message.text), IPC_NOWAIT) < 0 ? errno : 0;
	if (c->other)
		return semctl(c->id, (int)c->arg, SETVAL, (union semun){.val = 0}) < 0 ? errno : 0;
	return semop(c->id, &up, 1) < 0 ? errno : 0;
}

static void *wait_thread(void *arg)
{
	struct waiting *waiting = arg;
	const struct command c = waiting->command;
	struct sembuf down = {.sem_num = (unsigned short)c.arg,
			      .sem_op = (short)(c.other ? 0 : -WAIT_AMOUNT)};
	struct message message;

	waiting->tid = (pid_t)syscall(SYS_gettid);
	pthread_barrier_wait(&waiting->started);
	if (c.kind == MSG)
		(void)!msgrcv(c.id, &message, sizeof(message.text), WAIT_TYPE, 0);
	else
		(void)!semop(c.id, &down, 1);
	return NULL;
}

static int wait_for(const struct command *c, pid_t *tid)
{
	struct waiting waiting = {.command = *c};
	pthread_t thread;
	int error;

	if (c->kind == SEM && c->other) {
		struct command up = *c;

		up.other = 0;
		error = touch(&up);
		if (error)
			return error;
	}
	pthread_barrier_init(&waiting.started, NULL, 2);
	error = pthread_create(&thread, NULL, wait_thread, &waiting);
	if (error)
		return error;
	pthread_barrier_wait(&waiting.started);
	*tid = waiting.tid;
	pthread_detach(thread);
	return 0;
}

/* The owner's own change of uid or mode of a System V object: all three structs begin alike. */
static int set_perm(const struct command *c, bool has_uid, bool has_mode)
{
	struct semid_ds sem;
	struct shmid_ds shm;
	struct msqid_ds msg;
	struct ipc_perm *perm = c->kind == SHM	 ? &shm.shm_perm
				: c->kind == SEM ? &sem.sem_perm
						 : &msg.msg_perm;
	union semun arg = {.buf = &sem};
	int r = c->kind == SHM	 ? shmctl(c->id, IPC_STAT, &shm)
		: c->kind == SEM ? semctl(c->id, 0, IPC_STAT, arg)
				 : msgctl(c->id, IPC_STAT, &msg);

	if (r < 0)
		return errno;
	if (has_uid)
		perm->uid = c->uid;
	if (has_mode)
		perm->mode = (unsigned short)c->mode;
	r = c->kind == SHM   ? shmctl(c->id, IPC_SET, &shm)
	    : c->kind == SEM ? semctl(c->id, 0, IPC_SET, arg)
			     : msgctl(c->id, IPC_SET, &msg);
	return r < 0 ? errno : 0;
}

static int set_file(const struct command *c, bool has_uid)
{
	int fd, error = 0;
	char path[64] = "/dev/shm/";

	if (c->kind == PMQ) {
		fd = mq_open(c->name, O_RDONLY);
		if (fd < 0)
			return errno;
		if ((has_uid ? fchown(fd, c->uid, (gid_t)-1) : fchmod(fd, c->mode)) < 0)
			error = errno;
		close(fd);
		return error;
	}
	if (c->kind == PSEM)
		strcat(path, "sem.");
	strncat(path, c->name + 1, sizeof(c->name));
	return (has_uid ? chown(path, c->uid, (gid_t)-1) : chmod(path, c->mode)) < 0 ? errno : 0;
}

static int remove_it(const struct command *c)
{
	int r = -1;

	switch (c->kind) {
	case SHM:
		r = shmctl(c->id, IPC_RMID, NULL);
		break;
	case SEM:
		r = semctl(c->id, 0, IPC_RMID);
		break;
	case MSG:
		r = msgctl(c->id, IPC_RMID, NULL);
		break;
	case PSHM:
		r = shm_unlink(c->name);
		break;
	case PSEM:
		r = sem_unlink(c->name);
		break;
	case PMQ:
		r = mq_unlink(c->name);
		break;
	case KINDS:
		break;
	}
	return r < 0 ? errno : 0;
}

static void serve(int fd);

static void *serve_thread(void *arg)
{
	serve(*(int *)arg);
	return NULL;
}

/* The main thread ends, which /proc shows as a zombie; a thread of its own goes on. */
static void hand_off(int *fd)
{
	static int kept;
	pthread_t thread;
	const struct reply failed = {.error = EAGAIN};

	kept = *fd;
	if (pthread_create(&thread, NULL, serve_thread, &kept) == 0)
		pthread_exit(NULL);
	(void)!send(*fd, &failed, sizeof(failed), 0);
}

static void act(const struct command *c, struct reply *reply)
{
	switch (c->action) {
	case ACT_CREATE:
		reply->error = create(c, &reply->id, &reply->ino);
		break;
	case ACT_USE:
		reply->error = use(c);
		break;
	case ACT_RELEASE:
		reply->error = release(c);
		break;
	case ACT_TOUCH:
		reply->error = touch(c);
		break;
	case ACT_SET:
		if (semctl(c->id, (int)c->arg, SETVAL, (union semun){.val = 0}) < 0)
			reply->error = errno;
		break;
	case ACT_RECEIVE:
		reply->error = receive(c);
		break;
	case ACT_WAIT:
		reply->error = wait_for(c, &reply->tid);
		break;
	case ACT_WAKE:
		reply->error = wake(c);
		break;
	case ACT_GIVE:
		reply->error = c->kind <= MSG ? set_perm(c, true, false) : set_file(c, true);
		break;
	case ACT_MODE:
		reply->error = c->kind <= MSG ? set_perm(c, false, true) : set_file(c, false);
		break;
	case ACT_REMOVE:
		reply->error = remove_it(c);
		break;
	default:
		reply->error = ENOSYS;
	}
}

static void serve(int fd)
{
	struct command command;

	while (recv(fd, &command, sizeof(command), 0) == (ssize_t)sizeof(command)) {
		struct reply reply = {.id = -1};

		if (command.action == ACT_HANDOFF) {
			hand_off(&fd);
			continue;
		}
		act(&command, &reply);
		if (send(fd, &reply, sizeof(reply), 0) < 0)
			break;
	}
	_exit(0);
}

_Noreturn void worker_main(int fd, const uid_t uids[3])
{
	const struct reply ready = {.id = -1};

	for (size_t i = 0; i < sizeof(holds) / sizeof(holds[0]); i++)
		holds[i].object = NOBODY;
	umask(0);
	signal(SIGPIPE, SIG_IGN);
	if (uids[1] != 0 && (setgroups(0, NULL) < 0 || setresgid(65534, 65534, 65534) < 0))
		_exit(2);
	if (setresuid(uids[0], uids[1], uids[2]) < 0)
		_exit(2);
	/* dies with the history, whatever ends that; setting uids has cleared it before */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (send(fd, &ready, sizeof(ready), 0) < 0)
		_exit(2);
	serve(fd);
	_exit(0);
}
