// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Who could still use what? Written from DESIGN.md's safety rules and the order of reasons in
 * ipcclean(8), from the side of those who did things: no system call is made here, nothing is
 * asked of the kernel, no code is shared with lib/.
 */
#include <string.h>

#include "model.h"

static void changed(struct object *object)
{
	object->sure_at = object->maybe_at = time(NULL);
}

void oracle_created(struct world *world, const struct op *op, int id)
{
	struct object *object = &world->objects[op->object];
	const struct worker *worker = &world->workers[op->worker];

	object->was_made = object->exists = true;
	object->id = id;
	object->uid = object->cuid = worker->uids[1];
	object->waiter = NOBODY;
	for (unsigned i = 0; i < SEMS_MAX; i++)
		object->last[i] = NOBODY;
	if (object->kind == SHM)
		object->last[0] = op->worker;
	changed(object);
	world->counters->objects++;
	world->counters->by_kind[object->kind]++;
}

static unsigned uses(const struct object *object)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < WORKERS_MAX; i++)
		sum += object->uses[i];
	return sum;
}

/* A segment marked for destruction goes with its last attachment (shmctl(2)). */
static void end_if_doomed(struct object *object)
{
	if (object->is_doomed && !uses(object))
		object->exists = false;
}

static void touched(struct object *object, const struct op *op)
{
	switch (object->kind) {
	case SHM:
		object->last[1] = op->worker;
		break;
	case SEM:
		object->last[op->arg] = op->worker;
		object->was_touched = true;
		if (op->other)
			object->has_undo[op->worker][op->arg] = true;
		break;
	case MSG:
		object->last[0] = op->worker;
		object->messages++;
		break;
	case PMQ:
		object->messages++;
		break;
	case PSHM:
	case PSEM:
	case KINDS:
		break;
	}
}

/* The sleeper's own operation completes last: it is the last user. */
static void woken(struct object *object, const struct op *op)
{
	if (object->kind == SEM) {
		object->last[op->arg] = object->waiter;
		object->was_touched = true;
	} else {
		object->last[0] = op->worker;
		object->last[1] = object->waiter;
	}
	object->waiter = NOBODY;
}

static void removed(struct object *object)
{
	if (object->kind == SHM && uses(object))
		object->is_doomed = true;
	else
		object->exists = false;
	if (object->kind == SEM || object->kind == MSG)
		object->waiter = NOBODY;
}

void oracle_did(struct world *world, const struct op *op)
{
	struct object *object = &world->objects[op->object];

	object->maybe_at = time(NULL);
	object->always_go = false;
	switch (op->action) {
	case ACT_USE:
		object->uses[op->worker]++;
		object->last[1] = object->kind == SHM ? op->worker : NOBODY;
		break;
	case ACT_RELEASE:
		object->uses[op->worker]--;
		object->last[1] = object->kind == SHM ? op->worker : NOBODY;
		end_if_doomed(object);
		break;
	case ACT_TOUCH:
		touched(object, op);
		break;
	case ACT_SET:
		object->last[op->arg] = op->worker;
		for (unsigned i = 0; i < WORKERS_MAX; i++)
			object->has_undo[i][op->arg] = false;
		break;
	case ACT_RECEIVE:
		object->messages--;
		if (object->kind == MSG)
			object->last[1] = op->worker;
		break;
	case ACT_WAIT:
		object->waiter = op->worker;
		if (object->kind == SEM && op->other) {
			object->last[op->arg] = op->worker;
			object->was_touched = true;
		}
		break;
	case ACT_WAKE:
		if (object->kind == SEM && op->other)
			for (unsigned i = 0; i < WORKERS_MAX; i++)
				object->has_undo[i][op->arg] = false;
		woken(object, op);
		break;
	case ACT_GIVE:
		object->uid = world->users[op->user];
		if (object->kind > MSG)
			object->cuid = object->uid;
		changed(object);
		break;
	case ACT_MODE:
		object->mode = op->arg ? 0666 : 0;
		changed(object);
		break;
	case ACT_REMOVE:
		removed(object);
		break;
	}
}

void oracle_sent_away(struct world *world, const struct op *op)
{
	world->objects[op->object].waiter = NOBODY;
}

static void undo(struct object *object, unsigned worker)
{
	if (!object->has_undo_list[worker])
		return;
	object->has_undo_list[worker] = false;
	object->was_touched = true;
	object->maybe_at = time(NULL);
	object->always_go = false;
	for (unsigned n = 0; n < SEMS_MAX; n++)
		if (object->has_undo[worker][n]) {
			object->has_undo[worker][n] = false;
			object->last[n] = (int)worker;
		}
}

/*
 * A semop with SEM_UNDO leaves its process an undo list, refused or not; at the process's end the
 * kernel sets the set's operation time for it (ipc/sem.c: find_alloc_undo, exit_sem).
 */
void oracle_tried_undo(struct world *world, const struct op *op)
{
	world->objects[op->object].has_undo_list[op->worker] = true;
}

/* What the kernel does for a dying process: lets go, and undoes its semaphore operations. */
void oracle_died(struct world *world, unsigned worker)
{
	for (unsigned i = 0; i < OBJECTS_MAX; i++) {
		struct object *object = &world->objects[i];

		if (!object->was_made)
			continue;
		if (object->uses[worker]) {
			object->maybe_at = time(NULL);
			object->always_go = false;
			if (object->kind == SHM)
				object->last[1] = (int)worker;
		}
		object->uses[worker] = 0;
		if (object->waiter == (int)worker)
			object->waiter = NOBODY;
		undo(object, worker);
		end_if_doomed(object);
	}
}

static bool is_owned_by(const struct object *object, uid_t uid)
{
	return object->uid == uid || object->cuid == uid;
}

void oracle_baseline(struct world *world, unsigned unit, uid_t uid)
{
	world->has_baseline[unit] = true;
	for (unsigned i = 0; i < OBJECTS_MAX; i++) {
		struct object *object = &world->objects[i];

		object->in_baseline[unit] = object->exists && is_owned_by(object, uid);
	}
}

/* A process that left /proc, or is a zombie there, is gone; one outside was never seen. */
static bool is_present(const struct world *world, uid_t uid)
{
	for (unsigned i = 0; i < WORKERS_MAX; i++) {
		const struct worker *worker = &world->workers[i];

		if (worker->is_alive && !worker->is_outside &&
		    (worker->uids[0] == uid || worker->uids[1] == uid || worker->uids[2] == uid))
			return true;
	}
	return false;
}

static bool is_system(const struct world *world, uid_t uid)
{
	return uid == world->users[0] || uid == world->users[SYSTEM_USER];
}

enum life { DEAD, ALIVE, DOUBTFUL, HIDDEN };

/* Whether the one who touched it lives; another process may have its pid by now. */
static enum life life_of(const struct world *world, const struct object *object, int n)
{
	const struct worker *toucher = &world->workers[n];

	if (toucher->is_outside)
		return HIDDEN;
	if (toucher->is_alive)
		return ALIVE;
	for (unsigned i = 0; i < WORKERS_MAX; i++) {
		const struct worker *worker = &world->workers[i];

		if (worker->is_alive && !worker->is_outside && worker->pid == toucher->pid &&
		    worker->started <= object->maybe_at + CLOCK_DOUBT_S)
			return DOUBTFUL;
	}
	return DEAD;
}

struct lives {
	bool is_alive, is_doubtful, is_hidden;
};

static struct lives last_users(const struct world *world, const struct object *object)
{
	unsigned count = object->kind == SEM ? object->nsems : 2;
	struct lives lives = {0};

	for (unsigned i = 0; i < count; i++) {
		enum life life;

		if (object->last[i] == NOBODY) {
			/*
			 * in a PID namespace an untouched semaphore looks like one touched outside
			 */
			if (object->kind == SEM && object->was_touched && world->has_pid_ns)
				lives.is_hidden = true;
			continue;
		}
		life = life_of(world, object, object->last[i]);
		lives.is_hidden |= life == HIDDEN;
		/* whoever made or had a segment counts only while it is attached */
		if (object->kind != SHM) {
			lives.is_alive |= life == ALIVE;
			lives.is_doubtful |= life == DOUBTFUL;
		}
	}
	return lives;
}

bool oracle_is_candidate(const struct world *world, const struct call *call,
			 const struct object *object)
{
	(void)world;
	if (!object->exists || (call->flags & RUN_SYSV_ONLY && object->kind > MSG))
		return false;
	return call->action == ACT_ORPHANS || is_owned_by(object, call->uid);
}

static struct answer stay(const char *reason)
{
	return (struct answer){STAY, reason};
}

/* Rules 1 and 4 of DESIGN.md: the administrator's word and the owner. NULL: go on. */
static const char *kept_by_word(const struct world *world, const struct call *call,
				const struct object *object, uid_t target)
{
	if (object->uid == world->users[0] || target == world->users[0])
		return "kept-user";
	if (call->action == ACT_USER && is_system(world, target))
		return "kept-user";
	if (call->flags & RUN_KEEP_SLOT && object->slot == 1 && !object->is_doomed)
		return object->kind <= MSG ? "kept-key" : "kept-name";
	if (call->action != ACT_SERVICE && is_present(world, target))
		return "owner-present";
	return NULL;
}

/* After use: whose is it? */
static const char *kept_for_another(const struct world *world, const struct call *call,
				    const struct object *object, uid_t target)
{
	if (object->uid != target &&
	    (is_system(world, object->uid) || is_present(world, object->uid)))
		return "given-away";
	if (call->action == ACT_SERVICE && call->unit != NOBODY && object->in_baseline[call->unit])
		return "baseline";
	/* nothing here shows a creator to be the unit's: no manager, no cgroup */
	if (call->action == ACT_SERVICE && is_present(world, target))
		return "shared-user";
	if (call->flags & RUN_UNREAD && (object->kind == MSG || object->kind == PMQ) &&
	    object->messages)
		return "unread";
	return NULL;
}

static struct answer judge_age(const struct call *call, const struct object *object)
{
	if (!call->min_age_s)
		return (struct answer){GO, "unused"};
	if (call->end - object->sure_at < (time_t)call->min_age_s)
		return stay("too-young");
	if (call->begin - object->maybe_at > (time_t)call->min_age_s)
		return (struct answer){GO, "unused"};
	return (struct answer){EITHER, NULL};
}

struct answer oracle_judge(const struct world *world, const struct call *call,
			   const struct object *object)
{
	bool is_by_owner = call->action == ACT_ORPHANS || object->uid == call->uid;
	uid_t target = is_by_owner ? object->uid : object->cuid;
	const char *reason = kept_by_word(world, call, object, target);
	struct answer age = judge_age(call, object);
	struct lives lives;

	if (reason)
		return stay(reason);
	if (uses(object))
		return stay(object->kind == SHM ? "attached" : "open");
	if (object->waiter != NOBODY)
		return stay("waiters");
	lives = last_users(world, object);
	if (lives.is_alive)
		return stay("live-user");
	if (lives.is_hidden)
		return stay(lives.is_doubtful ? NULL : "not-visible");
	reason = kept_for_another(world, call, object, target);
	if (lives.is_doubtful)
		return reason || age.verdict == STAY ? stay(NULL) : (struct answer){EITHER, NULL};
	return reason ? stay(reason) : age;
}

/*
 * While ipcclean runs: what must have stayed or gone at every moment of the run must stay or go;
 * what was both may do either. Other's removals end the question.
 */
static void race_look(struct world *world, struct object *object)
{
	struct answer answer = {STAY, NULL};

	if (oracle_is_candidate(world, &world->call, object))
		answer = oracle_judge(world, &world->call, object);
	object->always_stay &= answer.verdict == STAY && object->exists;
	object->always_go &= answer.verdict == GO && object->exists;
}

void oracle_race_begin(struct world *world)
{
	for (unsigned i = 0; i < OBJECTS_MAX; i++)
		world->objects[i].always_stay = world->objects[i].always_go =
			world->objects[i].was_made && world->objects[i].exists;
	oracle_race_step(world);
}

void oracle_race_step(struct world *world)
{
	for (unsigned i = 0; i < OBJECTS_MAX; i++)
		if (world->objects[i].was_made)
			race_look(world, &world->objects[i]);
}
