// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Runs the real ipcclean and compares what it did, and what it said, with the oracle. It runs as
 * root, with a configuration of its own and without CAP_AUDIT_WRITE: the host's audit trail is not
 * for tests.
 */
#include <errno.h>
#include <fcntl.h>
#include <json.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>

#include "model.h"

#define HANG_MS 60000
#define ARGS_MAX 16

struct running {
	pid_t pid;
	int out, err; /* memory files: nothing blocks ipcclean */
	struct op op;
};

static const char *const kind_names[KINDS] = {"shm", "sem", "msg", "pshm", "psem", "pmq"};

static const char *const reasons[REASONS] = {"unused",	      "attached",    "open",
					     "waiters",	      "live-user",   "kept-user",
					     "owner-present", "not-visible", "given-away",
					     "baseline",      "shared-user", "unread",
					     "too-young",     "kept-key",    "kept-name"};

const char *reason_word(unsigned n)
{
	return reasons[n];
}

void world_fail(struct world *world, enum failure failure, const char *format, ...)
{
	va_list args;

	/* the first one is the one to explain */
	if (world->failure)
		return;
	world->failure = failure;
	va_start(args, format);
	vsnprintf(world->message, sizeof(world->message), format, args);
	va_end(args);
}

struct arguments {
	const char *list[ARGS_MAX + 1];
	char text[ARGS_MAX][48];
	unsigned count;
};

static void __attribute__((format(printf, 2, 3)))
add(struct arguments *args, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(args->text[args->count], sizeof(args->text[0]), format, list);
	va_end(list);
	args->list[args->count] = args->text[args->count];
	args->list[++args->count] = NULL;
}

static void write_config(unsigned flags)
{
	FILE *f = fopen("/run/model.conf", "we");

	if (!f)
		return;
	fprintf(f, "[Clean]\nMinUid=1000\nKeepUnread=%s\n", flags & RUN_UNREAD ? "yes" : "no");
	fclose(f);
}

static void add_flags(struct arguments *args, const struct call *call)
{
	add(args, "--config=/run/model.conf");
	if (call->flags & RUN_DRY && call->action != ACT_ORPHANS)
		add(args, "--dry-run");
	if (!(call->flags & RUN_DRY) && call->action == ACT_ORPHANS)
		add(args, "--yes");
	if (call->flags & RUN_WIPE)
		add(args, "--wipe");
	if (call->min_age_s || call->action == ACT_ORPHANS)
		add(args, "--min-age=%u", call->min_age_s);
	if (call->flags & RUN_KEEP_SLOT) {
		add(args, "--keep-key=0x%x", (unsigned)slot_key(1));
		add(args, "--keep-name=/mod?l 1");
	}
	if (call->flags & RUN_SYSV_ONLY)
		add(args, "--kinds=shm,sem,msg");
}

static void build(struct arguments *args, const struct world *world, const struct call *call)
{
	add(args, "%s", "ipcclean");
	switch (call->action) {
	case ACT_BASELINE:
		add(args, "baseline");
		add(args, "model-%d", call->unit);
		add(args, "--uid=%u", call->uid);
		add(args, "--config=/run/model.conf");
		return;
	case ACT_SERVICE:
		add(args, "service");
		if (call->unit != NOBODY)
			add(args, "model-%d.service", call->unit);
		add(args, "--uid=%u", call->uid);
		break;
	case ACT_USER:
		add(args, "user");
		add(args, "%u", call->uid);
		break;
	default:
		add(args, "orphans");
		break;
	}
	(void)world;
	add(args, "--json");
	add(args, "-q");
	add_flags(args, call);
}

static _Noreturn void become_ipcclean(const struct world *world, const struct running *running,
				      const struct arguments *args)
{
	char invocation[64];

	snprintf(invocation, sizeof(invocation), "%032x", world->baselines);
	setenv("INVOCATION_ID", invocation, 1);
	unsetenv("SERVICE_RESULT");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_CAPBSET_DROP, CAP_AUDIT_WRITE);
	dup2(running->out, 1);
	dup2(running->err, 2);
	execv(world->ipcclean, (char *const *)(uintptr_t)args->list);
	_exit(127);
}

static struct running *launch(struct world *world, const struct op *op)
{
	struct arguments args = {.count = 0};
	struct running *running = calloc(1, sizeof(*running));

	if (!running)
		abort();
	build(&args, world, &world->call);
	write_config(world->call.flags);
	running->op = *op;
	running->out = memfd_create("out", MFD_CLOEXEC);
	running->err = memfd_create("err", MFD_CLOEXEC);
	world->call.begin = time(NULL);
	world->counters->runs++;
	running->pid = fork();
	if (running->pid == 0)
		become_ipcclean(world, running, &args);
	return running;
}

static void read_all(int fd, char *buf, size_t size)
{
	ssize_t n = pread(fd, buf, size - 1, 0);

	buf[n > 0 ? n : 0] = '\0';
}

static void finish(struct world *world, struct running *running, char *text, size_t size)
{
	int pidfd = (int)syscall(SYS_pidfd_open, running->pid, 0), status = 0;
	struct pollfd wait = {.fd = pidfd, .events = POLLIN};
	char said[256];

	if (poll(&wait, 1, HANG_MS) != 1) {
		world_fail(world, FAIL_TOOL, "ipcclean hangs");
		kill(running->pid, SIGKILL);
	}
	waitpid(running->pid, &status, 0);
	world->call.end = time(NULL);
	read_all(running->out, text, size);
	read_all(running->err, said, sizeof(said));
	said[strcspn(said, "\n")] = '\0';
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		world_fail(world, FAIL_TOOL, "ipcclean ended with status 0x%x: %s", status, said);
	close(pidfd);
	close(running->out);
	close(running->err);
	free(running);
}

static const char *get_text(struct json_object *from, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(from, name, &value) && value
		       ? json_object_get_string(value)
		       : NULL;
}

static bool is_this(struct json_object *entry, const struct object *object)
{
	const char *kind = get_text(entry, "kind"), *name = get_text(entry, "name");
	const char *id = get_text(entry, "id");

	if (!kind || strcmp(kind, kind_names[object->kind]))
		return false;
	if (object->kind <= MSG)
		return id && strtol(id, NULL, 10) == object->id;
	return name && !strcmp(name, object->name);
}

static void describe(const struct world *world, const struct object *object, char buf[128])
{
	char what[48];

	if (object->kind <= MSG)
		snprintf(what, sizeof(what), "%d", object->id);
	else
		snprintf(what, sizeof(what), "%s", object->name);
	snprintf(buf, 128, "object %u (%s:%s of uid %u, made by %u)",
		 (unsigned)(object - world->objects), kind_names[object->kind], what, object->uid,
		 object->cuid);
}

static void count_reason(struct world *world, const char *reason)
{
	for (size_t i = 0; i < REASONS; i++)
		if (reason && !strcmp(reasons[i], reason))
			world->counters->by_reason[i]++;
}

/* What the kernel says of it now against what the oracle said before. */
static void check_kernel(struct world *world, const struct object *object,
			 const struct answer *answer, const char *said, bool is_there)
{
	char what[128];

	describe(world, object, what);
	if (answer->verdict == STAY && !is_there)
		world_fail(world, FAIL_FALSE_REMOVAL, "%s is gone, must stay: %s", what,
			   answer->reason ? answer->reason : "(not ours to remove)");
	if (answer->verdict == GO && is_there && !(world->call.flags & RUN_DRY))
		world_fail(world, FAIL_LEFTOVER, "%s is left (%s), nobody could use it", what,
			   said);
	if (is_there && world->call.flags & RUN_DRY)
		return;
	if (!is_there && world->call.flags & RUN_DRY)
		world_fail(world, FAIL_FALSE_REMOVAL, "%s is gone after a dry run", what);
	if (is_there)
		world->counters->stayed++;
	else
		world->counters->removed++;
}

static void check_report(struct world *world, const struct object *object,
			 const struct answer *answer, struct json_object *entry, bool is_there)
{
	const char *action = get_text(entry, "action"), *reason = get_text(entry, "reason");
	bool goes = !is_there || (world->call.flags & RUN_DRY && answer->verdict == GO);
	const char *expected = world->call.flags & RUN_DRY ? "would-remove" : "removed";
	char what[128];

	describe(world, object, what);
	if (!action || !reason) {
		world_fail(world, FAIL_WRONG_REPORT, "%s has no action or no reason", what);
		return;
	}
	count_reason(world, reason);
	if (answer->verdict == EITHER && world->call.flags & RUN_DRY)
		return;
	if (strcmp(action, goes ? expected : "kept"))
		world_fail(world, FAIL_WRONG_REPORT, "%s: reported as %s (%s), but it is %s", what,
			   action, reason, is_there ? "there" : "gone");
	if (answer->verdict != EITHER && answer->reason && strcmp(reason, answer->reason))
		world_fail(world, FAIL_WRONG_REASON, "%s: reason %s, should be %s", what, reason,
			   answer->reason);
}

static struct json_object *find_entry(struct json_object *list, const struct object *object)
{
	size_t count = list ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < count; i++) {
		struct json_object *entry = json_object_array_get_idx(list, i);

		if (is_this(entry, object))
			return entry;
	}
	return NULL;
}

static void check_object(struct world *world, struct object *object, struct json_object *list)
{
	bool is_candidate = oracle_is_candidate(world, &world->call, object);
	struct json_object *entry = find_entry(list, object);
	struct answer answer = {STAY, NULL};
	bool is_there = kernel_has(object);
	char what[128];

	if (is_candidate)
		answer = oracle_judge(world, &world->call, object);
	/* taken away under those who have it attached */
	if (kernel_is_doomed(object) && !object->is_doomed)
		is_there = false;
	if (answer.verdict == EITHER)
		world->counters->either++;
	check_kernel(world, object, &answer, entry ? get_text(entry, "reason") : "not reported",
		     is_there);
	describe(world, object, what);
	if (is_candidate != (entry != NULL))
		world_fail(world, FAIL_WRONG_REPORT, "%s is %s the report", what,
			   entry ? "wrongly in" : "missing in");
	else if (entry)
		check_report(world, object, &answer, entry, is_there);
	object->exists = is_there;
}

static void check_all(struct world *world, const char *text)
{
	struct json_object *document = json_tokener_parse(text), *list = NULL;
	const char *schema = document ? get_text(document, "schema") : NULL;

	if (!schema || strcmp(schema, "ipcguard/1") ||
	    !json_object_object_get_ex(document, "objects", &list))
		world_fail(world, FAIL_TOOL, "no JSON document: %.200s", text);
	for (unsigned i = 0; i < OBJECTS_MAX && !world->failure; i++)
		if (world->objects[i].was_made && world->objects[i].exists)
			check_object(world, &world->objects[i], list);
	json_object_put(document);
}

/* After a race: only what never changed its answer must have followed it. */
static void check_race(struct world *world, struct object *object)
{
	bool is_there = kernel_has(object);
	char what[128];

	if (kernel_is_doomed(object) && !object->is_doomed)
		is_there = false;
	describe(world, object, what);
	if (object->always_stay && !is_there)
		world_fail(world, FAIL_FALSE_REMOVAL,
			   "%s is gone, but it had to stay all the time that ipcclean ran", what);
	if (object->always_go && is_there && !(world->call.flags & RUN_DRY))
		world_fail(world, FAIL_LEFTOVER,
			   "%s is left, but nobody could use it all the time that ipcclean ran",
			   what);
	world->counters->raced_stay += object->always_stay;
	world->counters->raced_go += object->always_go;
	if (object->exists && !is_there) {
		object->exists = false;
		/* whoever slept on it has been sent away */
		object->waiter = NOBODY;
	}
}

void tool_join(struct world *world)
{
	static char text[262144];
	struct running *running = world->racing;

	if (!running)
		return;
	world->racing = NULL;
	finish(world, running, text, sizeof(text));
	for (unsigned i = 0; i < OBJECTS_MAX; i++)
		if (world->objects[i].was_made)
			check_race(world, &world->objects[i]);
}

void tool_run(struct world *world, const struct op *op)
{
	static char text[262144];
	struct call *call = &world->call;

	tool_join(world);
	*call = (struct call){.action = (enum action)op->action,
			      .user = op->user,
			      .flags = op->other,
			      .unit = op->arg ? (op->arg - 1) % UNITS : NOBODY,
			      .uid = world->users[op->user]};
	call->min_age_s = op->other & RUN_MIN_AGE ? 3600 : op->other & RUN_AGED ? CLOCK_DOUBT_S : 0;
	if (op->action == ACT_BASELINE) {
		call->flags = 0;
		call->unit = op->arg % UNITS;
		world->baselines++;
		finish(world, launch(world, op), text, sizeof(text));
		oracle_baseline(world, op->arg % UNITS, call->uid);
		return;
	}
	if (op->other & RUN_RACES) {
		/* ages are asked about in quiet times */
		call->min_age_s = 0;
		world->counters->races++;
		oracle_race_begin(world);
		world->racing = launch(world, op);
		return;
	}
	finish(world, launch(world, op), text, sizeof(text));
	if (!world->failure)
		check_all(world, text);
}
