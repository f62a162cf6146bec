/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Removes what was judged, as its owner and nobody else. The work is done by a child that has
 * become the target user for good: no capability, no supplementary group, no way back. A mistake in
 * our matching then ends in EPERM, not in another user's data. What came of each object is told
 * through shared memory, so that it survives whatever ends the child.
 */
#include "reap.h"

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cap-ng.h>

#include "cleanup.h"
#include "clock.h"
#include "reap_object.h"

/* The group of a user without passwd entry: `nogroup` on Debian, `nobody` on Fedora. */
#define NO_GROUP 65534

/* How long past its deadline the child may be in one object before it is ended. */
#define GRACE_NS NS_PER_S

const char *outcome_name(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_KEPT:
		return "kept";
	case OUTCOME_WOULD_REMOVE:
		return "would-remove";
	case OUTCOME_REMOVED:
		return "removed";
	case OUTCOME_FAILED:
		return "failed";
	}
	return "failed";
}

/* In the child: gives up everything that isn't the target user's. Returns 0 or a negative errno. */
static int become(uid_t uid, gid_t gid)
{
	uid_t ruid, euid, suid;

	capng_clear(CAPNG_SELECT_BOTH);
	if (geteuid() != uid || getuid() != uid) {
		errno = 0;
		if (capng_change_id((int)uid, (int)gid, CAPNG_DROP_SUPP_GRP) < 0)
			return errno ? -errno : -EPERM;
	} else if (capng_apply(CAPNG_SELECT_CAPS) < 0) {
		return -EPERM;
	}
	if (getresuid(&ruid, &euid, &suid) < 0 || ruid != uid || euid != uid || suid != uid)
		return -EPERM;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	capng_get_caps_process();
	return capng_have_capabilities(CAPNG_SELECT_CAPS) == CAPNG_NONE ? 0 : -EPERM;
}

static void reset_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

struct shared {
	pid_t parent;
	int drop_error;
	struct reaped results[];
};

static bool is_wanted(const struct judged *judged, uid_t target)
{
	return judged->verdict == VERDICT_REMOVE && judged->target == target;
}

static void reap_one(const struct inventory *inv, const struct judged *judged,
		     const struct reap_options *options, struct reaped *out)
{
	/* written into place at the end: an ended child leaves the object unfinished */
	struct reaped result = {.outcome = OUTCOME_KEPT};

	if (clock_is_past(options->deadline_ns)) {
		result.outcome = OUTCOME_FAILED;
		result.reason = REASON_DEADLINE;
		result.error = -ETIME;
	} else if (kind_is_sysv(judged->obj->kind)) {
		reap_sysv(judged->obj, options->wipe, &result);
	} else {
		reap_file(inv, judged->obj, options->wipe, &result);
	}
	*out = result;
}

static _Noreturn void child_main(const struct inventory *inv, const struct judged *list,
				 size_t count, uid_t target, gid_t gid,
				 const struct reap_options *options, struct shared *shared)
{
	reset_signals();
	shared->drop_error = become(target, gid);
	if (shared->drop_error < 0)
		_exit(1);
	/*
	 * nobody would tell of what we do without our parent; setting uids clears it, so after them
	 */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != shared->parent)
		_exit(1);
	for (size_t i = 0; i < count; i++)
		if (is_wanted(&list[i], target))
			reap_one(inv, &list[i], options, &shared->results[i]);
	_exit(0);
}

/* Waits for the child, and ends it when it is still in an object well past the deadline. */
static void await_child(pid_t child, uint64_t deadline_ns)
{
	_cleanup_close_ int pidfd = (int)syscall(SYS_pidfd_open, child, 0);
	uint64_t now = clock_now_ns(), end = deadline_ns + GRACE_NS;
	struct pollfd wait = {.fd = pidfd, .events = POLLIN};

	if (pidfd >= 0) {
		while (now < end && poll(&wait, 1, clock_poll_ms(end)) <= 0)
			now = clock_now_ns();
	} else {
		/* Linux before 5.3: look now and then */
		while (now < end && waitpid(child, NULL, WNOHANG) == 0) {
			poll(NULL, 0, 2);
			now = clock_now_ns();
		}
	}
	if (now >= end)
		kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

static void take_results(struct judged *list, size_t count, uid_t target,
			 const struct reaped *results, int error)
{
	for (size_t i = 0; i < count; i++) {
		if (!is_wanted(&list[i], target))
			continue;
		list[i].outcome = error ? OUTCOME_FAILED : results[i].outcome;
		if (error) {
			list[i].reason = REASON_NOT_PERMITTED;
			list[i].error = error;
		} else if (results[i].outcome != OUTCOME_REMOVED) {
			list[i].reason = results[i].reason;
			list[i].error = results[i].error;
		}
		list[i].wiped_bytes = results ? results[i].wiped_bytes : 0;
	}
}

static void mark_unfinished(const struct judged *list, size_t count, uid_t target,
			    struct reaped *results)
{
	for (size_t i = 0; i < count; i++)
		if (is_wanted(&list[i], target))
			results[i] = (struct reaped){
				.outcome = OUTCOME_FAILED,
				.reason = REASON_DEADLINE,
				.error = -ETIME,
			};
}

static gid_t group_of(uid_t uid)
{
	const struct passwd *user = geteuid() == 0 ? getpwuid(uid) : NULL;

	return user ? user->pw_gid : NO_GROUP;
}

int reap_apply(const struct inventory *inv, struct judged *list, size_t count, uid_t target,
	       const struct reap_options *options)
{
	size_t size = sizeof(struct shared) + count * sizeof(struct reaped);
	gid_t gid = group_of(target);
	struct shared *shared;
	pid_t child;
	int error;

	if (target == 0)
		return -EINVAL;
	shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	error = shared == MAP_FAILED ? -errno : 0;
	if (error == 0) {
		shared->parent = getpid();
		mark_unfinished(list, count, target, shared->results);
		child = fork();
		if (child == 0)
			child_main(inv, list, count, target, gid, options, shared);
		error = child < 0 ? -errno : 0;
	}
	if (error == 0) {
		await_child(child, options->deadline_ns);
		error = shared->drop_error;
	}
	take_results(list, count, target, error ? NULL : shared->results, error);
	if (shared != MAP_FAILED)
		munmap(shared, size);
	return error;
}
