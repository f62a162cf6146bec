/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A login program may run threads, ignore or block SIGCHLD, wait for any child of its own, be out
 * of descriptors or memory, or be huge. So nothing is forked in the usual way: the child shares our
 * memory and holds this thread until it has become the program (clone(2): CLONE_VM, CLONE_VFORK, as
 * posix_spawn does), and it has no exit signal: no SIGCHLD, and no wait() that doesn't ask for such
 * children finds it. Since execve(2) gives every process the exit signal SIGCHLD, the program is a
 * child of that child. What runs before it is only system calls, on stacks of their own.
 */
#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STACK_SIZE 65536

/* Closed one by one where there is no close_range(2) (Linux before 5.9). */
#define FDS_MAX 65536

/* How long a killed program may take to end. */
#define GRACE_MS 500

/* The stack and the descriptors that a program can count on. */
#define STACK_LEAST (8 << 20)
#define FDS_LEAST 1024

/* Between two looks where there is no pidfd (Linux before 5.3, or no descriptor left). */
#define LOOK_MS 5

struct start {
	const char *path;
	const char *const *argv;
	char *stacks; /* two of STACK_SIZE */
	int timeout_ms;
	int error;  /* negative errno of whoever failed */
	int status; /* of the program that was waited for */
};

/*
 * Up to start_and_await() all runs in the children: system calls only, libc's wrappers where they
 * are nothing more.
 */

static _Noreturn void end(struct start *start, int error)
{
	start->error = -error;
	_exit(127);
}

/* Raises the soft limit, and as root the hard one, to at least `least`. */
static void raise_limit(__rlimit_resource_t resource, rlim_t least)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) < 0 || limit.rlim_cur >= least)
		return;
	limit.rlim_cur = least;
	if (limit.rlim_max < least)
		limit.rlim_max = least;
	if (setrlimit(resource, &limit) == 0 || getrlimit(resource, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(resource, &limit);
}

/* What pam_limits(8) has set for the user's session is not meant for us. */
static void lift_limits(void)
{
	raise_limit(RLIMIT_AS, RLIM_INFINITY);
	raise_limit(RLIMIT_CPU, RLIM_INFINITY);
	raise_limit(RLIMIT_DATA, RLIM_INFINITY);
	raise_limit(RLIMIT_FSIZE, RLIM_INFINITY);
	raise_limit(RLIMIT_MEMLOCK, RLIM_INFINITY);
	raise_limit(RLIMIT_NPROC, RLIM_INFINITY);
	raise_limit(RLIMIT_STACK, STACK_LEAST);
	raise_limit(RLIMIT_NOFILE, FDS_LEAST);
}

/*
 * All but 0 to 2, which are there or not: at the exec, after which the login program is no longer
 * held, since closing a file of a dead server may take long.
 */
static void close_others(void)
{
	if (syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	for (int fd = 3; fd < FDS_MAX; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static int open_null(void)
{
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	if (open("/dev/null", O_RDWR) != 0 || dup(0) != 1 || dup(0) != 2)
		return errno ? errno : EBADF;
	return 0;
}

/*
 * libc's sigaction() refuses the two signals of its threads (32, 33), which may be ignored as well.
 */
static void default_signals(void)
{
	/* of the kernel's struct sigaction, whose default handler, flags and mask are all 0 */
	static const unsigned long by_default[16], ignored[16] = {(unsigned long)SIG_IGN};

	for (int sig = 1; sig < NSIG; sig++) {
		/* what is pending for the session is not for us, and goes by being ignored */
		syscall(SYS_rt_sigaction, sig, ignored, NULL, (size_t)NSIG / 8);
		syscall(SYS_rt_sigaction, sig, by_default, NULL, (size_t)NSIG / 8);
	}
}

/*
 * All of root, or nothing of it. libc's functions would carry the change to every thread of the
 * process that they believe to be in.
 */
static int settle_ids(void)
{
	uid_t uid = geteuid();
	gid_t gid = uid == 0 ? 0 : getegid();

	if (uid == 0 && syscall(SYS_setgroups, 0, NULL) < 0)
		return errno;
	if (syscall(SYS_setresgid, gid, gid, gid) < 0 || syscall(SYS_setresuid, uid, uid, uid) < 0)
		return errno;
	return 0;
}

/* pam_selinux(8) has set it for the user's shell; an empty write resets it (libselinux). */
static void reset_exec_context(void)
{
	int fd = open("/proc/self/attr/exec", O_WRONLY);

	if (fd < 0)
		return;
	(void)!write(fd, NULL, 0);
	close(fd);
}

static int become_program(void *arg)
{
	struct start *start = arg;
	const char *const no_environment[] = {NULL};
	sigset_t none;
	int error;

	setsid();
	default_signals();
	lift_limits();
	close_others();
	error = open_null();
	if (!error) {
		reset_exec_context();
		error = settle_ids();
	}
	umask(077);
	if (!error && chdir("/") < 0)
		error = errno;
	if (error)
		end(start, error);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	syscall(SYS_execve, start->path, start->argv, no_environment);
	end(start, errno);
}

/* The child runs on the n-th stack, and its parent stands still until it has become the program. */
static pid_t clone_child(struct start *start, int n, int (*child)(void *))
{
	char *top = start->stacks + (size_t)(n + 1) * STACK_SIZE;

	return clone(child, top, CLONE_VM | CLONE_VFORK | (n ? SIGCHLD : 0), start);
}

/* Ends when the program runs, and leaves it to init: the login program has no child more. */
static int start_and_leave(void *arg)
{
	struct start *start = arg;

	if (clone_child(start, 1, become_program) < 0)
		end(start, errno);
	_exit(0);
}

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (long long)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Whether the child has ended within the time; it is still to be buried. */
static bool ends_within(pid_t pid, int timeout_ms)
{
	const long long end_ms = now_ms() + timeout_ms;
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd ended = {.fd = fd, .events = POLLIN};
	bool has_ended = false;

	for (long long left = timeout_ms; left > 0 && !has_ended; left = end_ms - now_ms()) {
		siginfo_t info = {.si_pid = 0};

		if (fd >= 0) {
			has_ended = poll(&ended, 1, (int)left) > 0;
			continue;
		}
		waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT);
		has_ended = info.si_pid == pid;
		if (!has_ended)
			poll(NULL, 0, LOOK_MS);
	}
	return has_ended;
}

/* Ends when the program has ended. */
static int start_and_await(void *arg)
{
	struct start *start = arg;
	pid_t pid;

	/* ours now, not the login program's: no status may get lost */
	default_signals();
	pid = clone_child(start, 1, become_program);
	if (pid < 0)
		end(start, errno);
	if (start->error == 0 && !ends_within(pid, start->timeout_ms)) {
		kill(pid, SIGKILL);
		start->error = -ETIME;
		/* in uninterruptible sleep it doesn't end: init will bury it */
		if (!ends_within(pid, GRACE_MS))
			_exit(0);
	}
	waitpid(pid, &start->status, 0);
	_exit(0);
}

/* Whether nobody but root (and who we are) could put another file in its place. */
static bool is_ours(const struct stat *st)
{
	bool is_sticky_dir = S_ISDIR(st->st_mode) && st->st_mode & S_ISVTX;

	return (st->st_uid == 0 || st->st_uid == geteuid()) &&
	       (is_sticky_dir || !(st->st_mode & (S_IWGRP | S_IWOTH)));
}

/* Whoever could write the program, or a directory above it, would act as us. */
static int check_program(const char *path)
{
	char part[PATH_MAX] = "/";
	struct stat st = {0};

	for (size_t length = 1; path[length - 1]; length++) {
		if (length >= sizeof(part))
			return -ENAMETOOLONG;
		part[length - 1] = path[length - 1];
		part[length] = '\0';
		if (path[length] && path[length - 1] != '/')
			continue;
		if (stat(part, &st) < 0)
			return -errno;
		if (!is_ours(&st))
			return -EPERM;
	}
	return S_ISREG(st.st_mode) ? 0 : -EACCES;
}

/* Lives through the child without a trace of it. */
static void clone_quietly(struct start *start, int (*child)(void *))
{
	/* a change of the group id in a child that shares our memory makes it unreadable */
	int dumpable = prctl(PR_GET_DUMPABLE), old_cancel;
	sigset_t all, old;
	pid_t pid;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old_cancel);
	/* no handler of the login program may run in the child */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	pid = clone_child(start, 0, child);
	if (pid < 0)
		start->error = -errno;
	/* __WALL: also children without exit signal; who has taken this one before us is welcome */
	while (pid > 0 && waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
		;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_setcancelstate(old_cancel, NULL);
	if (dumpable == 0 || dumpable == 1)
		prctl(PR_SET_DUMPABLE, dumpable);
}

static int with_stacks(struct start *start, int (*child)(void *))
{
	const size_t size = (size_t)2 * STACK_SIZE;
	int r = check_program(start->path);

	if (r < 0)
		return r;
	start->stacks = mmap(NULL, size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (start->stacks == MAP_FAILED)
		return -errno;
	clone_quietly(start, child);
	munmap(start->stacks, size);
	return start->error;
}

int helper_start(const char *path, const char *const argv[])
{
	struct start start = {.path = path, .argv = argv};

	return with_stacks(&start, start_and_leave);
}

int helper_run(const char *path, const char *const argv[], int timeout_ms, int *status)
{
	struct start start = {.path = path, .argv = argv, .timeout_ms = timeout_ms};
	int r = with_stacks(&start, start_and_await);

	*status = start.status;
	return r;
}
