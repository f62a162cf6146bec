/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "probe.h"
#include "say.h"

/* What a pid is, is believed that long. */
#define ANSWER_NS (NS_PER_S)

#define ACT_NS (300 * NS_PER_S)
#define ACT_POLL_MS 50

#define PROBE_NS (5 * NS_PER_S)
#define PROBE_POLL_MS 20

#define SETTLE_MS 250
#define SETTLE_ROUNDS 20

volatile sig_atomic_t watch_interrupted;

static void on_signal(int number)
{
	(void)number;
	watch_interrupted = 1;
}

static bool ends_with(const char *text, size_t length, const char *end)
{
	size_t tail = strlen(end);

	return length > tail && !memcmp(text + length - tail, end, tail);
}

/* The first service or scope in a cgroup path, *length long; NULL if there is none. */
static const char *first_unit(const char *path, size_t *length)
{
	while (*path) {
		*length = strcspn(path, "/");
		if (ends_with(path, *length, ".service") || ends_with(path, *length, ".scope"))
			return path;
		path += *length + (path[*length] == '/');
	}
	return NULL;
}

bool cgroup_is_in_unit(const char *path, const char *unit)
{
	size_t length;
	const char *first = first_unit(path, &length);

	/* systemd's escape of names that the kernel has files of */
	if (first && *first == '_')
		first++, length--;
	return first && strlen(unit) == length && !memcmp(first, unit, length);
}

bool cgroup_is_in_a_service(const char *path)
{
	size_t length;
	const char *first = first_unit(path, &length);

	return first && ends_with(first, length, ".service");
}

/* 1, 0, or -ESRCH for a process that is gone. */
static int ask(struct watch *watch, pid_t pid)
{
	char path[CGROUP_PATH_SIZE];

	if (procs_cgroup(&watch->procs, pid, path) < 0)
		return -ESRCH;
	return cgroup_is_in_unit(path, watch->target->name);
}

static int is_ours(struct watch *watch, pid_t pid)
{
	struct watch_answer *answer = &watch->cache[(unsigned)pid % WATCH_CACHE];
	uint64_t now = clock_now_ns();
	int r;

	if (answer->pid == pid && now < answer->until_ns)
		return answer->is_ours;
	r = ask(watch, pid);
	/* it was ours the last time, and has ended since */
	if (r == -ESRCH && answer->pid == pid && now < answer->until_ns + ANSWER_NS)
		return answer->is_ours;
	if (r >= 0)
		*answer = (struct watch_answer){pid, r, now + ANSWER_NS};
	return r;
}

static void note(struct observation *observation, const struct seccomp_event *event, int ours)
{
	if (ours > 0)
		pidset_add(&observation->own, event->pid);
	observation->saw_any_sysv |= event->is_any_sysv;
	observation->saw_foreign |= event->is_foreign;
	if (event->call == CALL_COUNT_)
		return;
	if (ours > 0)
		observation->calls[event->call]++;
	else
		observation->unknown[event->call]++;
}

/*
 * A process that has left the unit's cgroup (for a session, or as a container) keeps its filter: what is logged
 * there is its, too, as hardly anybody else logs IPC calls; and what is refused outside of all services.
 */
static bool is_of_its_filter(const struct watch *watch, const struct seccomp_event *event)
{
	char path[CGROUP_PATH_SIZE];

	if (!event->is_refused)
		return watch->observation != NULL;
	return watch->blocked && event->call != CALL_COUNT_ && watch->blocked[event->call] &&
	       procs_cgroup(&watch->procs, event->pid, path) == 0 && !cgroup_is_in_a_service(path);
}

static void on_event(const struct seccomp_event *event, void *data)
{
	struct watch *watch = data;
	int ours;

	if (watch->probe && event->pid == watch->probe && event->call == PROBE_CALL) {
		watch->probe = 0;
		return;
	}
	ours = is_ours(watch, event->pid);
	if (ours == 0 && !is_of_its_filter(watch, event))
		return;
	watch->has_news |= event->call == CALL_SHMGET || event->call == CALL_SEMGET ||
			   event->call == CALL_MSGGET || event->call == CALL_MQ_OPEN;
	if (watch->observation)
		note(watch->observation, event, ours);
	/* of a process that is gone: who else would be killed just now? */
	if (event->is_refused && !watch->was_refused) {
		watch->was_refused = true;
		watch->refused = *event;
	}
}

int watch_pump(struct watch *watch, int timeout_ms)
{
	struct pollfd fd = {.fd = watch->stream.fd, .events = POLLIN};
	uint64_t end_ns = clock_now_ns() + (uint64_t)timeout_ms * 1000000;
	int r = 0;

	do {
		int ms = clock_poll_ms(end_ns);
		const struct timespec wait = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
		int n = ppoll(&fd, 1, &wait, &watch->unblocked);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			r = audit_stream_read(&watch->stream, on_event, watch);
	} while (r == 0 && !watch_interrupted && !clock_is_past(end_ns));
	return r;
}

/* Silence would look like a unit that makes no calls. An interrupted caller asks at its end, too. */
int watch_hear_probe(struct watch *watch)
{
	struct pollfd fd = {.fd = watch->stream.fd, .events = POLLIN};
	uint64_t end_ns = clock_now_ns() + PROBE_NS;
	pid_t pid = probe_run();
	int r = pid < 0 ? pid : 0;

	watch->probe = pid;
	while (r == 0 && watch->probe && !clock_is_past(end_ns))
		if (poll(&fd, 1, PROBE_POLL_MS) > 0)
			r = audit_stream_read(&watch->stream, on_event, watch);
	return r == 0 && watch->probe ? -ENOMSG : r;
}

static int open_stream(struct watch *watch)
{
	int first = 0;

	for (int source = 0; source < AUDIT_SOURCE_COUNT_; source++) {
		int r = audit_stream_open(&watch->stream, (enum audit_source)source);

		if (r == 0)
			r = watch_hear_probe(watch);
		if (r == 0)
			return 0;
		audit_stream_close(&watch->stream);
		first = first ? first : r;
	}
	return first;
}

const char *watch_stream_error(int stream_error)
{
	switch (stream_error) {
	case -EOPNOTSUPP:
		return "kernel.seccomp.actions_logged lacks \"log\"";
	case -ENOMSG:
		return "none arrives here; in a container, and in a network namespace that isn't "
		       "the host's, none does";
	default:
		return strerror(-stream_error);
	}
}

int watch_start(struct watch *watch, struct target *target, int *stream_error)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
	/* without SA_RESTART: what waits wakes up */
	const struct sigaction action = {.sa_handler = on_signal};
	sigset_t blocked;

	*watch = (struct watch){.target = target};
	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		sigaddset(&blocked, ends[i]);
		sigaction(ends[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &blocked, &watch->unblocked);
	*stream_error = open_stream(watch);
	return procs_open(&watch->procs);
}

void watch_done(struct watch *watch)
{
	audit_stream_close(&watch->stream);
	procs_done(&watch->procs);
}

int watch_settle(struct watch *watch)
{
	struct pollfd fd = {.fd = watch->stream.fd, .events = POLLIN};
	int r = 0;

	for (int i = 0; r == 0 && fd.fd >= 0 && i < SETTLE_ROUNDS; i++) {
		int n = poll(&fd, 1, SETTLE_MS);

		if (n == 0)
			break;
		if (n > 0)
			r = audit_stream_read(&watch->stream, on_event, watch);
	}
	return r;
}

/* An interrupted caller still has its unit to bring back. */
static int wait_for_job(struct watch *watch)
{
	uint64_t deadline_ns = clock_now_ns() + ACT_NS;

	for (;;) {
		struct pollfd fd = {.fd = watch->stream.fd, .events = POLLIN};
		int r = target_refresh(watch->target);

		if (r < 0 || !watch->target->facts.has_pending_job)
			return r;
		if (clock_is_past(deadline_ns))
			return -ETIME;
		if (poll(&fd, 1, ACT_POLL_MS) > 0)
			r = audit_stream_read(&watch->stream, on_event, watch);
		if (r < 0)
			return r;
	}
}

int watch_act(struct watch *watch, enum unit_verb verb)
{
	static const char *const words[] = {[UNIT_START] = "started",
					    [UNIT_STOP] = "stopped",
					    [UNIT_RESTART] = "restarted",
					    [UNIT_RESET_FAILED] = "reset"};
	int r;

	r = target_act(watch->target, verb);
	if (r == 0)
		r = wait_for_job(watch);
	if (r < 0)
		say_error("%s: it could not be %s: %s", watch->target->name, words[verb],
			  strerror(-r));
	return r;
}
