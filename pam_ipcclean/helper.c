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

/* --- in the children: system calls only, libc's wrappers where they are nothing more -----------
 */

static _Noreturn void end(struct start *start, int error)
{
	start->error = -error;
	_exit(127);
}

/* What pam_limits(8) has set for the user's session is not meant for us. */
static void lift_limits(void)
{
	static const int resources[] = {RLIMIT_AS,    RLIMIT_CPU,     RLIMIT_DATA,  RLIMIT_FSIZE,
					RLIMIT_NPROC, RLIMIT_MEMLOCK, RLIMIT_STACK, RLIMIT_NOFILE};

	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
		/* the stack's size and the number of descriptors decide on layouts: only as allowed
		 */
		bool is_modest = resources[i] == RLIMIT_STACK || resources[i] == RLIMIT_NOFILE;

		if (!is_modest && setrlimit((__rlimit_resource_t)resources[i], &limit) == 0)
			continue;
		if (getrlimit((__rlimit_resource_t)resources[i], &limit) < 0)
			continue;
		if (!is_modest || limit.rlim_cur < 8192) {
			limit.rlim_cur = limit.rlim_max;
			setrlimit((__rlimit_resource_t)resources[i], &limit);
		}
	}
}

static void close_all(void)
{
	if (syscall(SYS_close_range, 0u, ~0u, 0u) == 0)
		return;
	for (int fd = 0; fd < FDS_MAX; fd++)
		close(fd);
}

static int open_null(void)
{
	if (open("/dev/null", O_RDWR) != 0 || dup(0) != 1 || dup(0) != 2)
		return errno ? errno : EBADF;
	return 0;
}

/* libc's sigaction() refuses the two signals of its threads (32, 33), which may be ignored as well.
 */
static void default_signals(void)
{
	/* of the kernel's struct sigaction, whose default handler, flags and mask are all 0 */
	static const unsigned long action[16];

	for (int sig = 1; sig < NSIG; sig++)
		syscall(SYS_rt_sigaction, sig, action, NULL, (size_t)NSIG / 8);
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
	close_all();
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

	/* ours now, not the login program's: no status may get lost, no descriptor be kept open */
	default_signals();
	close_all();
	pid = clone_child(start, 1, become_program);
	if (pid < 0)
		end(start, errno);
	if (start->error == 0 && !ends_within(pid, start->timeout_ms)) {
		kill(pid, SIGKILL);
		start->error = -ETIME;
	}
	waitpid(pid, &start->status, 0);
	_exit(0);
}

/* --- in the login program -------------------------------------------------------------------- */

/* Whoever could write the program would act as us. */
static int check_program(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	if ((st.st_uid != 0 && st.st_uid != geteuid()) || st.st_mode & (S_IWGRP | S_IWOTH))
		return -EPERM;
	return 0;
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
	if (dumpable == 1)
		prctl(PR_SET_DUMPABLE, 1);
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
