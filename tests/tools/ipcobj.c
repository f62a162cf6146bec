/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A real small program that does with IPC objects what services do: makes them, uses them, waits on
 * them, gives them away, dies. One command a process, as the uid that it is run as.
 *
 * What holds something prints "ready" when it does and ends when its standard input does, so that
 * nobody has to sleep. Names begin with '/'; keys, sizes and modes are as strtol reads them.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool.h"

#define FILL 0xa5

union semun {
	int val;
	struct semid_ds *buf;
};

/* shm KEY SIZE MODE [FROM LENGTH]: a segment, filled whole or in one part */
static void make_shm(const char **args, int count)
{
	size_t size = (size_t)number(args[1]);
	int mode = (int)number(args[2]);
	int id = shmget((key_t)(uint32_t)number(args[0]), size, IPC_CREAT | IPC_EXCL | 0600);
	struct shmid_ds ds;
	char *addr;

	check(id >= 0, "shmget");
	addr = shmat(id, NULL, 0);
	check(addr != (void *)-1, "shmat");
	if (count > 4)
		memset(addr + number(args[3]), FILL, (size_t)number(args[4]));
	else
		memset(addr, FILL, size);
	check(shmdt(addr) == 0 && shmctl(id, IPC_STAT, &ds) == 0, "shmdt");
	ds.shm_perm.mode = (unsigned short)mode;
	check(mode == 0600 || shmctl(id, IPC_SET, &ds) == 0, "IPC_SET");
	printf("shm:%d\n", id);
}

/* sem KEY NSEMS MODE */
static void make_sem(const char **args, int count)
{
	int id = semget((key_t)(uint32_t)number(args[0]), (int)number(args[1]),
			IPC_CREAT | IPC_EXCL | (int)number(args[2]));

	(void)count;
	check(id >= 0, "semget");
	printf("sem:%d\n", id);
}

struct message {
	long type;
	char text[64];
};

static void send_messages(int id, long messages)
{
	struct message message = {1, "left behind"};

	for (long i = 0; i < messages; i++)
		check(msgsnd(id, &message, sizeof(message.text), IPC_NOWAIT) == 0, "msgsnd");
}

/* msg KEY MODE [MESSAGES] */
static void make_msg(const char **args, int count)
{
	int id = msgget((key_t)(uint32_t)number(args[0]),
			IPC_CREAT | IPC_EXCL | (int)number(args[1]));

	check(id >= 0, "msgget");
	send_messages(id, count > 2 ? number(args[2]) : 0);
	printf("msg:%d\n", id);
}

/* pshm NAME SIZE MODE [FROM LENGTH]; a name with more than one slash is a path below /dev/shm */
static void make_pshm(const char **args, int count)
{
	size_t size = (size_t)number(args[1]);
	char path[5000];
	char *addr;
	int fd;

	snprintf(path, sizeof(path), "/dev/shm%s", args[0]);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	check(fd >= 0 && ftruncate(fd, (off_t)size) == 0, path);
	addr = mmap(NULL, size ? size : 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	check(addr != MAP_FAILED, "mmap");
	if (count > 4)
		memset(addr + number(args[3]), FILL, (size_t)number(args[4]));
	else
		memset(addr, FILL, size);
	check(fchmod(fd, (mode_t)number(args[2])) == 0, "fchmod");
	printf("pshm:%s\n", args[0]);
}

/* psem NAME MODE */
static void make_psem(const char **args, int count)
{
	(void)count;
	check(sem_open(args[0], O_CREAT | O_EXCL, (mode_t)number(args[1]), 1) != SEM_FAILED,
	      args[0]);
	printf("psem:%s\n", args[0]);
}

/* pmq NAME MODE [MESSAGES] */
static void make_pmq(const char **args, int count)
{
	struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 64};
	mqd_t queue = mq_open(args[0], O_CREAT | O_EXCL | O_RDWR, (mode_t)number(args[1]), &attr);

	check(queue >= 0, args[0]);
	for (long i = 0; i < (count > 2 ? number(args[2]) : 0); i++)
		check(mq_send(queue, "left behind", 11, 0) == 0, "mq_send");
	printf("pmq:%s\n", args[0]);
}

/* leak NAME: one of each kind, as a service that crashes leaves them */
static void leak(const char **args, int count)
{
	char name[256];
	const char *shm[] = {"0", "65536", "0600"}, *sem[] = {"0", "3", "0600"};
	const char *msg[] = {"0", "0600", "1"}, *file[] = {name, "65536", "0600"};
	const char *other[] = {name, "0600"};

	(void)count;
	snprintf(name, sizeof(name), "/%s", args[0]);
	make_shm(shm, 3);
	make_sem(sem, 3);
	make_msg(msg, 3);
	make_pshm(file, 3);
	make_psem(other, 2);
	make_pmq(other, 2);
}

/* many NUMBER: that many segments of one page */
static void many(const char **args, int count)
{
	(void)count;
	for (long i = 0; i < number(args[0]); i++)
		check(shmget(IPC_PRIVATE, 4096, 0600) >= 0, "shmget");
}

/* makeshm SIZE [dest]: a segment whose creator stays; with dest attached and marked */
static void make_and_hold(const char **args, int count)
{
	int id = shmget(IPC_PRIVATE, (size_t)number(args[0]), IPC_CREAT | 0600);

	check(id >= 0, "shmget");
	if (count > 1) {
		check(shmat(id, NULL, 0) != (void *)-1, "shmat");
		check(shmctl(id, IPC_RMID, NULL) == 0, "IPC_RMID");
	}
	hold();
}

/* ftok FILE PROJECT: prints the key */
static void print_ftok(const char **args, int count)
{
	key_t key = ftok(args[0], (int)number(args[1]));

	(void)count;
	check(key != -1, args[0]);
	printf("0x%08x\n", (unsigned)key);
}

/* memfd NAME SIZE: written whole */
static void hold_memfd(const char **args, int count)
{
	int fd = memfd_create(args[0], 0);
	const unsigned char byte = FILL;

	(void)count;
	check(fd >= 0, "memfd_create");
	for (long at = 0; at < number(args[1]); at += 4096)
		check(pwrite(fd, &byte, 1, at) == 1, "pwrite");
	hold();
}

/* attach ID [ro] */
static void attach(const char **args, int count)
{
	check(shmat((int)number(args[0]), NULL, count > 1 ? SHM_RDONLY : 0) != (void *)-1, "shmat");
	hold();
}

/* depart ID: attached, then in an IPC namespace of its own */
static void depart(const char **args, int count)
{
	(void)count;
	check(shmat((int)number(args[0]), NULL, 0) != (void *)-1, "shmat");
	check(unshare(CLONE_NEWIPC) == 0, "unshare");
	hold();
}

/* doom ID: attached, then marked for destruction */
static void doom(const char **args, int count)
{
	(void)count;
	check(shmat((int)number(args[0]), NULL, 0) != (void *)-1, "shmat");
	check(shmctl((int)number(args[0]), IPC_RMID, NULL) == 0, "IPC_RMID");
	hold();
}

/* map NAME: mapped read-only, the descriptor closed */
static void map(const char **args, int count)
{
	int fd = shm_open(args[0], O_RDONLY, 0);

	(void)count;
	check(fd >= 0 && mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED, args[0]);
	close(fd);
	hold();
}

/* open NAME */
static void open_name(const char **args, int count)
{
	(void)count;
	check(shm_open(args[0], O_RDONLY, 0) >= 0, args[0]);
	hold();
}

/* opensem NAME, openmq NAME */
static void open_sem(const char **args, int count)
{
	(void)count;
	check(sem_open(args[0], 0) != SEM_FAILED, args[0]);
	hold();
}

static void open_mq(const char **args, int count)
{
	(void)count;
	check(mq_open(args[0], O_RDONLY) >= 0, args[0]);
	hold();
}

/* Runs sleeper in a child and is ready when the child sleeps in that system call. */
static void hold_sleeper(void (*sleeper)(const char *arg), const char *arg, long call)
{
	char path[64], text[64] = "";
	pid_t child = fork();

	check(child >= 0, "fork");
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sleeper(arg);
		_exit(0);
	}
	snprintf(path, sizeof(path), "/proc/%d/syscall", child);
	/* the child tells nobody that it sleeps but the kernel, which we ask until it says so */
	while (strtol(text, NULL, 10) != call) {
		int fd = open(path, O_RDONLY);
		ssize_t n = read(fd, text, sizeof(text) - 1);

		text[n > 0 ? n : 0] = '\0';
		close(fd);
		check(waitpid(child, NULL, WNOHANG) == 0, "the child has ended");
	}
	hold();
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void sleep_in_semop(const char *id)
{
	struct sembuf op = {0, -1, 0};

	semop((int)number(id), &op, 1);
}

static void sleep_in_msgrcv(const char *id)
{
	struct message message;

	msgrcv((int)number(id), &message, sizeof(message.text), 0, 0);
}

static void sleep_in_mq_receive(const char *name)
{
	char text[64];

	mq_receive(mq_open(name, O_RDONLY), text, sizeof(text), NULL);
}

/* waitsem ID, waitmsg ID, waitmq NAME */
static void wait_sem(const char **args, int count)
{
	(void)count;
	hold_sleeper(sleep_in_semop, args[0], SYS_semtimedop);
}

static void wait_msg(const char **args, int count)
{
	(void)count;
	hold_sleeper(sleep_in_msgrcv, args[0], SYS_msgrcv);
}

static void wait_mq(const char **args, int count)
{
	(void)count;
	hold_sleeper(sleep_in_mq_receive, args[0], SYS_mq_timedreceive);
}

/* usesem ID, usemsg ID: operates once, then lives on without holding anything */
static void use_sem(const char **args, int count)
{
	struct sembuf op = {0, 1, 0};

	(void)count;
	check(semop((int)number(args[0]), &op, 1) == 0, "semop");
	hold();
}

static void use_msg(const char **args, int count)
{
	(void)count;
	send_messages((int)number(args[0]), 1);
	hold();
}

/* give KIND ID UID: hands the object to another user */
static void give(const char **args, int count)
{
	int id = (int)number(args[1]);
	uid_t uid = (uid_t)number(args[2]);
	struct shmid_ds shm;
	struct semid_ds sem;
	struct msqid_ds msg;

	(void)count;
	if (!strcmp(args[0], "shm")) {
		check(shmctl(id, IPC_STAT, &shm) == 0, "IPC_STAT");
		shm.shm_perm.uid = uid;
		check(shmctl(id, IPC_SET, &shm) == 0, "IPC_SET");
	} else if (!strcmp(args[0], "sem")) {
		check(semctl(id, 0, IPC_STAT, (union semun){.buf = &sem}) == 0, "IPC_STAT");
		sem.sem_perm.uid = uid;
		check(semctl(id, 0, IPC_SET, (union semun){.buf = &sem}) == 0, "IPC_SET");
	} else {
		check(msgctl(id, IPC_STAT, &msg) == 0, "IPC_STAT");
		msg.msg_perm.uid = uid;
		check(msgctl(id, IPC_SET, &msg) == 0, "IPC_SET");
	}
}

/*
 * peek shm ID | peek pshm NAME: keeps an O_PATH handle, which is no use of the object, and when its
 * input ends tells what the pages hold, whether the object still has a name or not. As root.
 */
static int handle_of(const char **args)
{
	char path[300];
	char *addr;
	int fd;

	if (!strcmp(args[0], "pshm")) {
		snprintf(path, sizeof(path), "/dev/shm%s", args[1]);
		return open(path, O_PATH);
	}
	addr = shmat((int)number(args[1]), NULL, SHM_RDONLY);
	check(addr != (void *)-1, "shmat");
	{
		struct shmid_ds ds;
		size_t page = (size_t)sysconf(_SC_PAGESIZE), size;

		check(shmctl((int)number(args[1]), IPC_STAT, &ds) == 0, "IPC_STAT");
		size = (ds.shm_segsz + page - 1) / page * page;
		snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx", (unsigned long)addr,
			 (unsigned long)addr + size);
	}
	fd = open(path, O_PATH);
	check(shmdt(addr) == 0, "shmdt");
	return fd;
}

static void count_bytes(int fd, uint64_t *data, uint64_t *nonzero)
{
	static unsigned char block[65536];
	off_t at = 0, from;

	*data = *nonzero = 0;
	while ((from = lseek(fd, at, SEEK_DATA)) >= 0) {
		at = lseek(fd, from, SEEK_HOLE);
		*data += (uint64_t)(at - from);
		while (from < at) {
			ssize_t n = pread(fd, block, sizeof(block), from);

			check(n > 0, "pread");
			for (ssize_t i = 0; i < n; i++)
				*nonzero += block[i] != 0;
			from += n;
		}
	}
}

static void peek(const char **args, int count)
{
	char path[64];
	uint64_t data, nonzero;
	int handle = handle_of(args), fd;

	(void)count;
	check(handle >= 0, "O_PATH");
	hold();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", handle);
	fd = open(path, O_RDONLY);
	check(fd >= 0, path);
	count_bytes(fd, &data, &nonzero);
	printf("data %llu nonzero %llu\n", (unsigned long long)data, (unsigned long long)nonzero);
}

/* pageout ID: sends the segment's pages to swap. As root. */
static void pageout(const char **args, int count)
{
	struct shmid_ds ds;
	volatile char *addr = shmat((int)number(args[0]), NULL, 0);
	long page = sysconf(_SC_PAGESIZE);

	(void)count;
	check(addr != (void *)-1 && shmctl((int)number(args[0]), IPC_STAT, &ds) == 0, "shmat");
	/* only pages that are mapped here are sent out */
	for (size_t at = 0; at < ds.shm_segsz; at += (size_t)page)
		(void)addr[at];
	check(madvise((void *)(uintptr_t)addr, ds.shm_segsz, MADV_PAGEOUT) == 0, "MADV_PAGEOUT");
}

/* live: a process of this uid that holds nothing */
static void live(const char **args, int count)
{
	(void)args;
	(void)count;
	hold();
}

static void *thread_main(void *unused)
{
	(void)unused;
	hold();
	exit(0);
}

/* headless: the main thread ends and is a zombie, another thread lives on */
static void headless(const char **args, int count)
{
	pthread_t thread;

	(void)args;
	(void)count;
	check(pthread_create(&thread, NULL, thread_main, NULL) == 0, "pthread_create");
	pthread_exit(NULL);
}

/*
 * wander UID: never two moments the same process of the uid: each forks the next one and ends. As
 * root, which stays behind to bury them.
 */
static void wander(const char **args, int count)
{
	uid_t uid = (uid_t)number(args[0]);
	struct pollfd in = {.fd = STDIN_FILENO};

	(void)count;
	signal(SIGCHLD, SIG_IGN);
	check(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0, "PR_SET_CHILD_SUBREAPER");
	if (fork() > 0) {
		until_eof();
		return;
	}
	check(setresuid(uid, uid, uid) == 0, "setresuid");
	ready();
	while (poll(&in, 1, 0) == 0)
		if (fork() > 0)
			_exit(0);
}

static const struct {
	const char *name;
	int least;
	void (*run)(const char **args, int count);
} commands[] = {
	{"shm", 3, make_shm},	  {"sem", 3, make_sem},
	{"msg", 2, make_msg},	  {"pshm", 3, make_pshm},
	{"psem", 2, make_psem},	  {"pmq", 2, make_pmq},
	{"leak", 1, leak},	  {"many", 1, many},
	{"attach", 1, attach},	  {"doom", 1, doom},
	{"map", 1, map},	  {"open", 1, open_name},
	{"opensem", 1, open_sem}, {"openmq", 1, open_mq},
	{"waitsem", 1, wait_sem}, {"waitmsg", 1, wait_msg},
	{"waitmq", 1, wait_mq},	  {"usesem", 1, use_sem},
	{"usemsg", 1, use_msg},	  {"give", 3, give},
	{"peek", 2, peek},	  {"pageout", 1, pageout},
	{"live", 0, live},	  {"headless", 0, headless},
	{"wander", 1, wander},	  {"makeshm", 1, make_and_hold},
	{"ftok", 2, print_ftok},  {"memfd", 2, hold_memfd},
	{"depart", 1, depart},
};

#define ARGS_MAX 8

int main(int argc, char **argv)
{
	const char *args[ARGS_MAX];
	int count = argc - 2;

	for (int i = 0; i < count && i < ARGS_MAX; i++)
		args[i] = argv[i + 2];
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(commands[i].name, argv[1]) && count >= commands[i].least &&
		    count <= ARGS_MAX) {
			commands[i].run(args, count);
			return 0;
		}
	fprintf(stderr, "usage: ipcobj COMMAND ARGUMENT...; see tests/tools/ipcobj.c\n");
	return 2;
}
