/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is alive? From /proc: pid, parent, uids and start time of every process (proc(5)). Processes
 * come and go while it is read: one that vanishes is left out, one that can't be read is noted as
 * hidden. A pid alone proves nothing, only pid and start time together name a process.
 */
#include "procs.h"

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

/* Where pids wrap around that often, the next run may have more luck. */
#define PASSES_MAX 32

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
	r = read_text_at(procs->proc_fd, path, text, sizeof(text));
	if (r < 0)
		return r;
	r = procs_parse_stat(text, proc);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%d/status", pid);
	r = read_text_at(procs->proc_fd, path, text, sizeof(text));
	if (r < 0)
		return r;
	r = procs_parse_status(text, &status);
	if (r < 0)
		return r;
	if (status.is_dead && proc->threads <= 1)
		return 0;
	proc->ruid = status.ruid;
	proc->euid = status.euid;
	proc->suid = status.suid;
	proc->started = procs->boot + (time_t)(proc->start_ticks / (uint64_t)sysconf(_SC_CLK_TCK));
	return 1;
}

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

static int by_pid(const void *a, const void *b)
{
	const struct proc *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* The first entry of pid among the first `sorted` ones, or NULL. */
static const struct proc *find_first(const struct procs *procs, size_t sorted, pid_t pid)
{
	const struct proc wanted = {.pid = pid};
	const struct proc *found =
		sorted ? bsearch(&wanted, procs->all, sorted, sizeof(wanted), by_pid) : NULL;

	while (found && found > procs->all && found[-1].pid == pid)
		found--;
	return found;
}

static bool is_known(const struct procs *procs, size_t sorted, const struct proc *proc)
{
	const struct proc *known = find_first(procs, sorted, proc->pid);

	for (; known && known < procs->all + sorted && known->pid == proc->pid; known++)
		if (known->start_ticks == proc->start_ticks && known->ruid == proc->ruid &&
		    known->euid == proc->euid && known->suid == proc->suid)
			return true;
	return false;
}

/* Reads one process and adds it, unless an earlier pass has met it with the same uids. */
static int add_process(struct procs *procs, size_t sorted, pid_t pid)
{
	struct proc proc;
	int r = read_process(procs, pid, &proc);

	if (r == -ENOENT || r == -ESRCH)
		return 0;
	if (r == -EACCES || r == -EPERM) {
		procs->is_partial = true;
		return 0;
	}
	if (r <= 0 || is_known(procs, sorted, &proc))
		return r < 0 ? r : 0;
	return append(procs, &proc);
}

static bool is_namespace(int proc_fd, const char *path, ino_t inode)
{
	struct stat st;

	return fstatat(proc_fd, path, &st, 0) == 0 && st.st_ino == inode;
}

/* Room for two entries with names as short as pids are (struct linux_dirent64, getdents(2)). */
#define TWO_PIDS_SIZE 64

/*
 * The pid that /proc lists next after `last`, or 0 at the end. Asked for after `last` was read and
 * not before, one by one, so that nobody comes and goes between the listing and the reading.
 * *offset is where `last` or what follows it is listed.
 */
static int next_pid(int fd, pid_t last, off_t *offset, pid_t *next)
{
	_Alignas(struct dirent64) char entries[1024];
	ssize_t n;

	*next = 0;
	if (lseek(fd, *offset, SEEK_SET) < 0)
		return -errno;
	/* what is no process stands before them, with names of any length */
	while ((n = getdents64(fd, entries, last ? TWO_PIDS_SIZE : sizeof(entries))) > 0) {
		const struct dirent64 *entry;

		for (ssize_t at = 0; at < n; at += entry->d_reclen) {
			pid_t pid;

			entry = (const struct dirent64 *)(entries + at);
			pid = (pid_t)strtol(entry->d_name, NULL, 10);
			if (pid > last) {
				*next = pid;
				return 0;
			}
			*offset = entry->d_off;
		}
	}
	return n < 0 ? -errno : 0;
}

static int read_pass(struct procs *procs)
{
	_cleanup_close_ int fd = openat(procs->proc_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const size_t sorted = procs->count;
	off_t offset = 0;
	pid_t last = 0, pid;
	int r;

	if (fd < 0)
		return -errno;
	for (;;) {
		r = next_pid(fd, last, &offset, &pid);
		if (r == 0 && pid)
			r = add_process(procs, sorted, pid);
		if (r < 0)
			return r;
		if (!pid)
			break;
		last = pid;
	}
	qsort(procs->all, procs->count, sizeof(*procs->all), by_pid);
	return 0;
}

/* The pid that our PID namespace gave last (kernel/pid.c: idr_alloc_cyclic). */
static int read_last_pid(const struct procs *procs, pid_t *last)
{
	char text[128];
	int r = read_text_at(procs->proc_fd, "sys/kernel/ns_last_pid", text, sizeof(text));

	if (r > 0 && sscanf(text, "%d", last) == 1)
		return 0;
	/* without CONFIG_CHECKPOINT_RESTORE */
	r = read_text_at(procs->proc_fd, "loadavg", text, sizeof(text));
	if (r < 0)
		return r;
	return sscanf(text, "%*s %*s %*s %*s %d", last) == 1 ? 0 : -EBADMSG;
}

/*
 * A user whose processes follow one another (fork, then exit) must not look gone because each was
 * missed. A pass goes through the pids in rising order (fs/proc/base.c: next_tgid), and the kernel
 * gives them in rising order until they wrap. So such a chain gets past it only where a process
 * with a pid above all that are given now, one from before the last wrap, hands over to a child
 * behind the place that is being read. That process lived, and was met, in all of the pass before.
 * Hence two passes on end, without a wrap in between, meet somebody of every user who was there all
 * the time, however many others come and go.
 *
 * The second pass also reads those again who are known: one may have become the user (setresuid)
 * after it was read, while the user's last process ended. What any pass has seen counts.
 */
static int read_everyone(struct procs *procs)
{
	pid_t before = 0, after = 0;
	int r = read_last_pid(procs, &before);

	for (int i = 0, in_order = 0; r == 0 && in_order < 2; i++, before = after) {
		if (i == PASSES_MAX)
			return -EAGAIN;
		r = read_pass(procs);
		if (r == 0)
			r = read_last_pid(procs, &after);
		in_order = r == 0 && after >= before ? in_order + 1 : 0;
	}
	return r;
}

int procs_open(struct procs *procs)
{
	*procs = (struct procs){.proc_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
				.callers_max = SIZE_MAX};
	return procs->proc_fd < 0 ? -errno : read_boot_time(procs->proc_fd, &procs->boot);
}

int procs_read(struct procs *procs)
{
	int r = procs_open(procs);

	if (r == 0)
		r = read_everyone(procs);
	/* a /proc that doesn't show ourselves is another PID namespace's, or no procfs */
	if (r == 0 && !procs_find(procs, getpid()))
		r = -ESRCH;
	if (r < 0) {
		procs_done(procs);
		return r;
	}
	/* the first process of a PID namespace lives as long as any: whoever doesn't see it is shown a part */
	if (!procs_find(procs, 1))
		procs->is_partial = true;
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
	return find_first(procs, procs->count, pid);
}

bool proc_is_of(const struct proc *proc, uid_t uid)
{
	return proc->ruid == uid || proc->euid == uid || proc->suid == uid;
}

bool procs_is_caller(const struct procs *procs, pid_t pid)
{
	const struct proc *proc = procs_find(procs, getpid());

	/* a chain is never longer than the table, whatever /proc said while it changed */
	for (size_t i = 0; proc && i < procs->count && i <= procs->callers_max; i++) {
		if (proc->pid == pid)
			return true;
		proc = procs_find(procs, proc->ppid);
	}
	return false;
}

/* Whether this process may have done something at `when`. */
static bool was_there(const struct procs *procs, const struct proc *proc, time_t when)
{
	if (proc->is_kernel_thread)
		return false;
	return when < procs->boot || proc->started <= when + START_SLACK_S;
}

/* One that the snapshot lacks: hidden from us, a zombie, which holds nothing, or younger. */
static bool may_be_alive_unseen(const struct procs *procs, pid_t pid, time_t when)
{
	struct proc late;
	int r;

	if (kill(pid, 0) < 0 && errno != EPERM)
		return false;
	r = procs->proc_fd < 0 ? -EBADF : read_process(procs, pid, &late);
	/* it can't be looked at: hidden (hidepid=2 has no entry for it), unless it has just ended */
	if (r < 0)
		return kill(pid, 0) == 0 || errno == EPERM;
	return r > 0 && was_there(procs, &late, when);
}

bool procs_may_be_alive(const struct procs *procs, pid_t pid, time_t when)
{
	const struct proc *proc, *end = procs->all + procs->count;

	if (pid <= 0)
		return false;
	proc = procs_find(procs, pid);
	if (!proc)
		return may_be_alive_unseen(procs, pid, when);
	for (; proc < end && proc->pid == pid; proc++)
		if (was_there(procs, proc, when))
			return true;
	return false;
}

ino_t procs_ipc_ns(int dir, pid_t pid)
{
	char path[32] = "self/ns/ipc";
	struct stat st;

	if (pid)
		snprintf(path, sizeof(path), "%d/ns/ipc", pid);
	return fstatat(dir, path, &st, 0) < 0 ? 0 : st.st_ino;
}

bool procs_creator_lives(const struct procs *procs, const struct ipc_object *obj)
{
	return obj->cpid && procs_may_be_alive(procs, obj->cpid, object_made_by(obj));
}

int procs_cgroup(const struct procs *procs, pid_t pid, char buf[CGROUP_PATH_SIZE])
{
	char path[32], text[2 * CGROUP_PATH_SIZE];
	int r;

	snprintf(path, sizeof(path), "%d/cgroup", pid);
	r = read_text_at(procs->proc_fd, path, text, sizeof(text));
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
	pid_t counted = 0;

	*out = (struct presence){0};
	for (size_t i = 0; i < procs->count; i++) {
		const struct proc *proc = &procs->all[i];

		if (!proc_is_of(proc, uid) || counted == proc->pid ||
		    procs_is_caller(procs, proc->pid) || is_user_manager(procs, proc->pid, uid))
			continue;
		counted = proc->pid;
		if (!out->alive++)
			out->example = proc->pid;
		if (unit && is_in_unit(procs, proc->pid, unit))
			out->in_unit++;
	}
}
