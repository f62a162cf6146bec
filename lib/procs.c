/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is alive? One pass over /proc: pid, parent, uids and start time of every process (proc(5)).
 * Processes come and go while it is read: one that vanishes is left out, one that can't be read is
 * noted as hidden. A pid alone proves nothing, only pid and start time together name a process.
 */
#include "procs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "procs_parse.h"
#include "readall.h"

/* include/linux/proc_ns.h: inode numbers of the initial namespaces */
#define PROC_IPC_INIT_INO 0xEFFFFFFF
#define PROC_PID_INIT_INO 0xEFFFFFFC

/* Object times are whole seconds of another clock reading than the start time. */
#define START_SLACK_S 2

/* Each one reads few processes; where even so many find new ones, the next run may have more luck.
 */
#define PASSES_MAX 32

static int read_small(int dir, const char *path, char *buf, size_t size)
{
	_cleanup_close_ int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read_all(fd, buf, size - 1);
	if (n < 0)
		return (int)n;
	buf[n] = '\0';
	return (int)n;
}

static int read_boot_time(int proc_fd, time_t *boot)
{
	_cleanup_close_ int fd = openat(proc_fd, "stat", O_RDONLY | O_CLOEXEC);
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	long long seconds;

	if (fd < 0)
		return -errno;
	f = fdopen(fd, "r");
	if (!f)
		return -errno;
	fd = -1;
	while (getline(&line, &size, f) > 0)
		if (sscanf(line, "btime %lld", &seconds) == 1) {
			*boot = (time_t)seconds;
			return 0;
		}
	return -ENODATA;
}

/* Reads one process. 1 if it counts, 0 if it is gone or a zombie, or a negative errno. */
static int read_process(const struct procs *procs, pid_t pid, struct proc *proc)
{
	char path[32], text[4096];
	struct proc_status status;
	int r;

	*proc = (struct proc){.pid = pid};
	snprintf(path, sizeof(path), "%d/stat", pid);
	r = read_small(procs->proc_fd, path, text, sizeof(text));
	if (r < 0)
		return r;
	r = procs_parse_stat(text, proc);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%d/status", pid);
	r = read_small(procs->proc_fd, path, text, sizeof(text));
	if (r < 0)
		return r;
	r = procs_parse_status(text, &status);
	if (r < 0)
		return r;
	if (status.is_dead && status.threads <= 1)
		return 0;
	proc->ruid = status.ruid;
	proc->euid = status.euid;
	proc->suid = status.suid;
	proc->started = procs->boot + (time_t)(proc->start_ticks / (uint64_t)sysconf(_SC_CLK_TCK));
	return 1;
}

/* What one pass over /proc has met. */
struct pass {
	size_t added, vanished, dead;
};

static int append(struct procs *procs, const struct proc *proc)
{
	if (procs->count == procs->allocated) {
		size_t more = procs->allocated ? procs->allocated * 2 : 256;
		struct proc *grown = reallocarray(procs->all, more, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		procs->all = grown;
		procs->allocated = more;
	}
	procs->all[procs->count++] = *proc;
	return 0;
}

static int add_process(struct procs *procs, pid_t pid, struct pass *pass)
{
	struct proc proc;
	int r = read_process(procs, pid, &proc);

	if (r == -ENOENT || r == -ESRCH) {
		pass->vanished++;
		return 0;
	}
	if (r == -EACCES || r == -EPERM) {
		procs->is_partial = true;
		return 0;
	}
	if (r == 0)
		pass->dead++;
	if (r <= 0)
		return r;
	pass->added++;
	return append(procs, &proc);
}

static int by_pid(const void *a, const void *b)
{
	const struct proc *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static bool is_namespace(int proc_fd, const char *path, ino_t inode)
{
	struct stat st;

	return fstatat(proc_fd, path, &st, 0) == 0 && st.st_ino == inode;
}

/* Reads the processes that no pass before this has found alive. */
static int read_others(struct procs *procs, size_t known, struct pass *pass)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	int fd = openat(procs->proc_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		int error = -errno;

		cleanup_close_(&fd);
		return error;
	}
	while ((errno = 0, entry = readdir(dir))) {
		const struct proc wanted = {.pid = (pid_t)strtol(entry->d_name, NULL, 10)};
		int r = 0;

		if (isdigit((unsigned char)entry->d_name[0]) &&
		    !(known && bsearch(&wanted, procs->all, known, sizeof(wanted), by_pid)))
			r = add_process(procs, wanted.pid, pass);
		if (r < 0)
			return r;
	}
	return -errno;
}

/*
 * A program that goes into the background forks and ends: listed but gone when its turn came, while
 * its child came too late for the list. So /proc is read again, for those not known yet, until a
 * pass finds nobody new and has missed nobody.
 */
static int read_everyone(struct procs *procs)
{
	size_t dead = 0;

	for (int i = 0; i < PASSES_MAX; i++) {
		struct pass pass = {0};
		int r = read_others(procs, procs->count, &pass);

		if (r < 0)
			return r;
		qsort(procs->all, procs->count, sizeof(*procs->all), by_pid);
		if (i > 0 && !pass.added && !pass.vanished && pass.dead == dead)
			return 0;
		dead = pass.dead;
	}
	return -EAGAIN;
}

int procs_open(struct procs *procs)
{
	*procs = (struct procs){.proc_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
	return procs->proc_fd < 0 ? -errno : 0;
}

int procs_read(struct procs *procs)
{
	int r = procs_open(procs);

	if (r < 0)
		return r;
	r = read_boot_time(procs->proc_fd, &procs->boot);
	if (r == 0)
		r = read_everyone(procs);
	/* a /proc that doesn't show ourselves is another PID namespace's, or no procfs */
	if (r == 0 && !procs_find(procs, getpid()))
		r = -ESRCH;
	if (r < 0) {
		procs_done(procs);
		return r;
	}
	procs->is_initial_pid_ns = is_namespace(procs->proc_fd, "self/ns/pid", PROC_PID_INIT_INO);
	procs->is_blind = !procs->is_initial_pid_ns &&
			  is_namespace(procs->proc_fd, "self/ns/ipc", PROC_IPC_INIT_INO);
	return 0;
}

void procs_done(struct procs *procs)
{
	free(procs->all);
	cleanup_close_(&procs->proc_fd);
	*procs = (struct procs){.proc_fd = -1};
}

const struct proc *procs_find(const struct procs *procs, pid_t pid)
{
	const struct proc wanted = {.pid = pid};

	if (!procs->count)
		return NULL;
	return bsearch(&wanted, procs->all, procs->count, sizeof(*procs->all), by_pid);
}

bool proc_is_of(const struct proc *proc, uid_t uid)
{
	return proc->ruid == uid || proc->euid == uid || proc->suid == uid;
}

bool procs_is_caller(const struct procs *procs, pid_t pid)
{
	const struct proc *proc = procs_find(procs, getpid());

	/* a chain is never longer than the table, whatever /proc said while it changed */
	for (size_t i = 0; proc && i < procs->count; i++) {
		if (proc->pid == pid)
			return true;
		proc = procs_find(procs, proc->ppid);
	}
	return false;
}

bool procs_may_be_alive(const struct procs *procs, pid_t pid, time_t when)
{
	const struct proc *proc;
	struct proc late;

	if (pid <= 0)
		return false;
	proc = procs_find(procs, pid);
	if (!proc) {
		/* hidden from us, a zombie, which holds nothing, or younger than the snapshot */
		if (kill(pid, 0) < 0 && errno != EPERM)
			return false;
		if (procs->proc_fd < 0 || read_process(procs, pid, &late) < 1)
			return procs->is_partial && kill(pid, 0) < 0 && errno == EPERM;
		proc = &late;
	}
	if (proc->is_kernel_thread)
		return false;
	if (when < procs->boot)
		return true;
	return proc->started <= when + START_SLACK_S;
}

int procs_cgroup(const struct procs *procs, pid_t pid, char buf[CGROUP_PATH_SIZE])
{
	char path[32], text[2 * CGROUP_PATH_SIZE];
	int r;

	snprintf(path, sizeof(path), "%d/cgroup", pid);
	r = read_small(procs->proc_fd, path, text, sizeof(text));
	return r < 0 ? r : procs_parse_cgroup(text, buf);
}

/* The user manager's own init.scope: `systemd --user` and (sd-pam), which hold no leftovers. */
static bool is_user_manager(const struct procs *procs, pid_t pid, uid_t uid)
{
	char path[CGROUP_PATH_SIZE], end[64];
	size_t length, end_length;

	if (procs_cgroup(procs, pid, path) < 0)
		return false;
	snprintf(end, sizeof(end), "/user@%u.service/init.scope", uid);
	length = strlen(path);
	end_length = strlen(end);
	return length >= end_length && !strcmp(path + length - end_length, end);
}

static bool is_in_unit(const struct procs *procs, pid_t pid, const char *unit)
{
	char path[CGROUP_PATH_SIZE], name[UNIT_NAME_SIZE];

	return procs_cgroup(procs, pid, path) == 0 && cgroup_unit(path, name) == 0 &&
	       !strcmp(name, unit);
}

void procs_presence(const struct procs *procs, uid_t uid, const char *unit, struct presence *out)
{
	*out = (struct presence){0};
	for (size_t i = 0; i < procs->count; i++) {
		const struct proc *proc = &procs->all[i];

		if (!proc_is_of(proc, uid) || procs_is_caller(procs, proc->pid) ||
		    is_user_manager(procs, proc->pid, uid))
			continue;
		if (!out->alive++)
			out->example = proc->pid;
		if (unit && is_in_unit(procs, proc->pid, unit))
			out->in_unit++;
	}
}
