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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"

#define I386_NR_IPC 117 /* arch/x86/entry/syscalls/syscall_32.tbl: first argument is the call */
#define I386_NR_MSGSND 400
#define I386_NR_MSGRCV 401

int queue_waiters_parse(const char *text, int *msqid)
{
	unsigned long long args[2];
	long nr;

	if (sscanf(text, "%ld %llx %llx", &nr, &args[0], &args[1]) != 3)
		return 0;
	if (nr == SYS_msgsnd || nr == SYS_msgrcv || nr == I386_NR_MSGSND || nr == I386_NR_MSGRCV) {
		*msqid = (int)args[0];
		return 1;
	}
	if (nr == I386_NR_IPC) {
		*msqid = (int)args[1];
		return 1;
	}
	return 0;
}

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
 * A process of another IPC namespace sleeps on another queue of that id. Its threads are asked once
 * more: a process whose main thread has ended has no namespaces to show.
 */
static bool shares_our_ipc(int dir, const char *id, ino_t ours)
{
	struct stat st;
	char path[300];

	snprintf(path, sizeof(path), "%s/ns/ipc", id);
	return fstatat(dir, path, &st, 0) < 0 || st.st_ino == ours;
}

static int read_thread(struct queue_waiters *waiters, int task_fd, const char *tid, ino_t ours)
{
	char path[300], text[256];
	_cleanup_close_ int fd = -1;
	ssize_t n;
	int msqid;

	snprintf(path, sizeof(path), "%s/syscall", tid);
	fd = openat(task_fd, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0) {
		/* a thread that has ended waits for nothing; all else hides from us */
		if (errno != ENOENT && errno != ESRCH)
			waiters->is_partial = true;
		return 0;
	}
	text[n] = '\0';
	if (!queue_waiters_parse(text, &msqid) || !shares_our_ipc(task_fd, tid, ours))
		return 0;
	return add(waiters, msqid);
}

static int read_process(struct queue_waiters *waiters, const struct procs *procs, pid_t pid,
			ino_t ours)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	char id[16], path[32];
	int fd, r = 0;

	snprintf(id, sizeof(id), "%d", pid);
	if (!shares_our_ipc(procs->proc_fd, id, ours))
		return 0;
	snprintf(path, sizeof(path), "%d/task", pid);
	fd = openat(procs->proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	while (r == 0 && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			r = read_thread(waiters, dirfd(dir), entry->d_name, ours);
	return r;
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

int queue_waiters_read(struct queue_waiters *waiters, const struct procs *procs)
{
	struct stat ours = {0};

	*waiters = (struct queue_waiters){.is_partial = procs->is_partial};
	if (fstatat(procs->proc_fd, "self/ns/ipc", &ours, 0) < 0)
		return -errno;
	for (size_t i = 0; i < procs->count; i++) {
		const struct proc *proc = &procs->all[i];
		int r;

		if (proc->is_kernel_thread || is_init(procs, proc->pid))
			continue;
		r = read_process(waiters, procs, proc->pid, ours.st_ino);
		if (r < 0) {
			queue_waiters_done(waiters);
			return r;
		}
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
