// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What happens next? Deterministic by seed: the dice are rolled on the state that the history has
 * reached, so that most operations make sense, and every operation is written down with numbers of
 * its own, so that any part of a history can be lived again without the rest.
 */
#include "model.h"

#include <stdlib.h>

#define ALIVE_MAX 9
#define OUTSIDE_FIRST (WORKERS_MAX - 2)

/* splitmix64, https://prng.di.unimi.it/splitmix64.c */
static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

void dice_seed(struct dice *dice, uint64_t seed)
{
	/* neighbours must not be the same sequence a few steps on */
	dice->state = mix(mix(seed) ^ UINT64_C(0x5851f42d4c957f2d));
}

unsigned dice_roll(struct dice *dice, unsigned sides)
{
	return (unsigned)(mix(dice->state += UINT64_C(0x9e3779b97f4a7c15)) >> 33) % sides;
}

void plan_begin(struct plan *plan, uint64_t seed)
{
	*plan = (struct plan){.kill_user = -1};
	dice_seed(&plan->dice, seed);
	plan->has_pid_ns = dice_roll(&plan->dice, 2);
	plan->is_slow = dice_roll(&plan->dice, 50) == 0;
	plan->wanted_objects = 20 + dice_roll(&plan->dice, 120);
}

static bool chance(struct plan *plan, unsigned percent)
{
	return dice_roll(&plan->dice, 100) < percent;
}

static unsigned count_alive(const struct world *world)
{
	unsigned n = 0;

	for (unsigned i = 0; i < OUTSIDE_FIRST; i++)
		n += world->workers[i].is_alive;
	return n;
}

static bool is_of(const struct worker *worker, uid_t uid)
{
	return worker->uids[0] == uid || worker->uids[1] == uid || worker->uids[2] == uid;
}

/* A worker that lives, or NOBODY after some tries. */
static int pick_worker(struct plan *plan, const struct world *world)
{
	for (unsigned tries = 0; tries < 200; tries++) {
		unsigned n = dice_roll(&plan->dice, WORKERS_MAX);

		if (world->workers[n].is_alive &&
		    (!world->workers[n].is_outside || chance(plan, 20)))
			return (int)n;
	}
	return NOBODY;
}

static unsigned pick_object(struct plan *plan, const struct world *world)
{
	unsigned n = 0;

	for (unsigned tries = 0; tries < 50 && plan->next_object; tries++) {
		n = dice_roll(&plan->dice, plan->next_object);
		if (world->objects[n].exists)
			return n;
	}
	return n;
}

/* More often than not one whom the kernel lets do something with the object. */
static int pick_entitled(struct plan *plan, const struct world *world, unsigned object, int other)
{
	unsigned first = dice_roll(&plan->dice, WORKERS_MAX);

	for (unsigned i = 0; i < WORKERS_MAX && !chance(plan, 2); i++) {
		const struct worker *worker = &world->workers[(first + i) % WORKERS_MAX];

		if (worker->is_alive && !worker->is_outside &&
		    (worker->uids[1] == world->objects[object].uid || worker->uids[1] == 0 ||
		     world->objects[object].mode == 0666))
			return (int)((first + i) % WORKERS_MAX);
	}
	return other;
}

static const struct {
	enum action action;
	unsigned weight;
} acts[] = {
	{ACT_START, 9},	   {ACT_DIE, 5},     {ACT_REAP, 2},    {ACT_HANDOFF, 1}, {ACT_CREATE, 60},
	{ACT_USE, 14},	   {ACT_RELEASE, 6}, {ACT_TOUCH, 22},  {ACT_SET, 3},	 {ACT_RECEIVE, 5},
	{ACT_WAIT, 6},	   {ACT_WAKE, 3},    {ACT_GIVE, 9},    {ACT_MODE, 4},	 {ACT_REMOVE, 3},
	{ACT_BASELINE, 1}, {ACT_USER, 5},    {ACT_SERVICE, 5}, {ACT_ORPHANS, 1},
};

static enum action roll_action(struct plan *plan)
{
	unsigned total = 0, at;

	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		total += acts[i].weight;
	at = dice_roll(&plan->dice, total);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (at < acts[i].weight)
			return acts[i].action;
		at -= acts[i].weight;
	}
	return ACT_CREATE;
}

static void roll_start(struct plan *plan, const struct world *world, struct op *op)
{
	*op = (struct op){.action = ACT_START, .worker = (uint8_t)plan->next_worker};
	op->user = (uint8_t)dice_roll(&plan->dice, USERS);
	op->arg = (uint8_t)(chance(plan, 25) && op->user ? 1 + dice_roll(&plan->dice, 6) : 0);
	if (plan->next_worker && chance(plan, plan->is_slow ? 60 : 10)) {
		unsigned dead = dice_roll(&plan->dice, plan->next_worker);

		if (!world->workers[dead].is_alive)
			op->other = (uint8_t)(dead + 1);
	}
	plan->next_worker++;
}

static void roll_create(struct plan *plan, struct op *op)
{
	static const uint8_t modes[] = {0, 0, 1, 1, 1, 2};

	op->object = (uint16_t)plan->next_object++;
	op->arg = (uint8_t)dice_roll(&plan->dice, KINDS);
	/* System V has keys for all that want none; a name is needed */
	op->other = (uint8_t)dice_roll(&plan->dice, op->arg <= MSG && chance(plan, 50) ? 1 : SLOTS);
	op->user = modes[dice_roll(&plan->dice, sizeof(modes))];
}

static unsigned roll_flags(struct plan *plan)
{
	unsigned flags = 0;

	/* MODEL_NO_RACES: ipcclean and the operations take turns */
	if (chance(plan, 35) && !getenv("MODEL_NO_RACES"))
		flags |= RUN_RACES;
	if (chance(plan, 8))
		flags |= RUN_DRY;
	if (chance(plan, 15))
		flags |= RUN_WIPE;
	if (chance(plan, 5))
		flags |= RUN_MIN_AGE;
	if (plan->is_slow && chance(plan, 50))
		flags |= RUN_AGED;
	if (chance(plan, 15))
		flags |= RUN_UNREAD;
	if (chance(plan, 15))
		flags |= RUN_KEEP_SLOT;
	if (chance(plan, 8))
		flags |= RUN_SYSV_ONLY;
	return flags;
}

/* A run; more often than not its user's processes end before. */
static void roll_run(struct plan *plan, struct op *op)
{
	/* root has little to tell */
	op->user = (uint8_t)(chance(plan, 5) ? 0 : 1 + dice_roll(&plan->dice, USERS - 1));
	op->other = (uint8_t)roll_flags(plan);
	op->arg = (uint8_t)(op->action == ACT_SERVICE ? dice_roll(&plan->dice, UNITS + 1) : 0);
	plan->kill_user = -1;
	if (op->action != ACT_ORPHANS && chance(plan, 70))
		plan->kill_user = (int)op->user;
	plan->pending = *op;
	plan->has_pending = true;
}

static bool next_death(struct plan *plan, const struct world *world, struct op *op)
{
	if (plan->kill_user < 0)
		return false;
	for (unsigned i = 0; i < OUTSIDE_FIRST; i++)
		if (world->workers[i].is_alive &&
		    (plan->kill_user == USERS ||
		     is_of(&world->workers[i], world->users[plan->kill_user]))) {
			*op = (struct op){
				.action = ACT_DIE, .worker = (uint8_t)i, .arg = chance(plan, 20)};
			return true;
		}
	plan->kill_user = -1;
	return false;
}

/* A run that was planned, after the deaths that go before it. */
static bool next_pending(struct plan *plan, const struct world *world, struct op *op)
{
	if (next_death(plan, world, op))
		return true;
	if (!plan->has_pending)
		return false;
	*op = plan->pending;
	plan->has_pending = false;
	if (op->other & RUN_RACES)
		plan->race_left = 3 + dice_roll(&plan->dice, 40);
	return true;
}

/* The end: everyone goes, then nobody's objects may be left. */
static bool next_end(struct plan *plan, struct op *op)
{
	if (plan->is_ending == 3)
		return false;
	plan->is_ending++;
	plan->kill_user = USERS;
	plan->pending = (struct op){.action = ACT_ORPHANS};
	plan->has_pending = true;
	*op = (struct op){.action = ACT_JOIN};
	/* the clock goes on, and pids are used again */
	if (plan->is_slow && plan->is_ending < 3) {
		*op = (struct op){.action = ACT_AGE};
		plan->has_pending = false;
		plan->kill_user = -1;
		plan->wanted_objects += plan->is_ending * 20;
	}
	if (!plan->is_slow)
		plan->is_ending = 3;
	return true;
}

static bool has_room(const struct plan *plan)
{
	return plan->next_object < plan->wanted_objects && plan->next_object < OBJECTS_MAX &&
	       plan->next_worker < OUTSIDE_FIRST;
}

static bool roll_object_op(struct plan *plan, const struct world *world, struct op *op)
{
	int worker = pick_worker(plan, world);

	if (worker == NOBODY)
		return false;
	if (op->action == ACT_CREATE) {
		op->worker = (uint8_t)worker;
		roll_create(plan, op);
		return true;
	}
	op->object = (uint16_t)pick_object(plan, world);
	op->worker = (uint8_t)pick_entitled(plan, world, op->object, worker);
	op->user = (uint8_t)dice_roll(&plan->dice, USERS);
	op->arg = (uint8_t)dice_roll(&plan->dice, SEMS_MAX);
	op->other = (uint8_t)dice_roll(&plan->dice, 2);
	return true;
}

static bool roll(struct plan *plan, const struct world *world, struct op *op)
{
	*op = (struct op){.action = (uint8_t)roll_action(plan)};
	if (op->action == ACT_START || count_alive(world) == 0) {
		roll_start(plan, world, op);
		return count_alive(world) < ALIVE_MAX;
	}
	switch (op->action) {
	case ACT_DIE:
		op->arg = chance(plan, 20);
		op->worker = (uint8_t)pick_worker(plan, world);
		return true;
	case ACT_REAP:
	case ACT_HANDOFF:
		op->worker = (uint8_t)dice_roll(&plan->dice, plan->next_worker);
		return true;
	case ACT_BASELINE:
		op->user = (uint8_t)(1 + dice_roll(&plan->dice, USERS - 1));
		op->arg = (uint8_t)dice_roll(&plan->dice, UNITS);
		return !plan->race_left;
	case ACT_USER:
	case ACT_SERVICE:
	case ACT_ORPHANS:
		if (plan->race_left)
			return false;
		roll_run(plan, op);
		return next_pending(plan, world, op);
	}
	return roll_object_op(plan, world, op);
}

bool plan_next(struct plan *plan, const struct world *world, struct op *op)
{
	if (plan->race_left && --plan->race_left == 0) {
		*op = (struct op){.action = ACT_JOIN};
		return true;
	}
	if (next_pending(plan, world, op))
		return true;
	if (!has_room(plan) && !plan->race_left)
		return next_end(plan, op);
	while (!roll(plan, world, op))
		;
	return true;
}

void op_print(FILE *out, const struct op *op)
{
	static const char *const names[] = {
		[ACT_START] = "start",	    [ACT_DIE] = "die",		 [ACT_REAP] = "reap",
		[ACT_HANDOFF] = "hand-off", [ACT_CREATE] = "create",	 [ACT_USE] = "use",
		[ACT_RELEASE] = "release",  [ACT_TOUCH] = "touch",	 [ACT_SET] = "set",
		[ACT_RECEIVE] = "receive",  [ACT_WAIT] = "wait",	 [ACT_WAKE] = "wake",
		[ACT_GIVE] = "give",	    [ACT_MODE] = "mode",	 [ACT_REMOVE] = "remove",
		[ACT_AGE] = "age",	    [ACT_BASELINE] = "baseline", [ACT_USER] = "user",
		[ACT_SERVICE] = "service",  [ACT_ORPHANS] = "orphans",	 [ACT_JOIN] = "join",
	};
	static const char *const kinds[] = {"shm", "sem", "msg", "pshm", "psem", "pmq"};
	static const char *const modes[] = {"0600", "0666", "0000"};

	switch (op->action) {
	case ACT_START:
		fprintf(out, "worker %u starts as user %u (flavour %u)", op->worker, op->user,
			op->arg);
		if (op->other)
			fprintf(out, " with the pid of worker %u", op->other - 1);
		fputc('\n', out);
		return;
	case ACT_CREATE:
		fprintf(out, "worker %u creates object %u: %s, key or name %u, mode %s\n",
			op->worker, op->object, kinds[op->arg % KINDS], op->other,
			modes[op->user % 3]);
		return;
	case ACT_DIE:
	case ACT_REAP:
	case ACT_HANDOFF:
		fprintf(out, "worker %u: %s%s\n", op->worker, names[op->action],
			op->action == ACT_DIE && op->arg ? ", left as a zombie" : "");
		return;
	case ACT_AGE:
	case ACT_JOIN:
		fprintf(out, "%s\n", names[op->action]);
		return;
	case ACT_BASELINE:
	case ACT_USER:
	case ACT_SERVICE:
	case ACT_ORPHANS:
		fprintf(out, "ipcclean %s, user %u, unit %u, flags 0x%x%s\n", names[op->action],
			op->user, op->arg, op->other,
			op->action != ACT_BASELINE && op->other & RUN_RACES ? " (races until join)"
									    : "");
		return;
	}
	fprintf(out, "worker %u: %s object %u (user %u, arg %u, other %u)\n", op->worker,
		names[op->action], op->object, op->user, op->arg, op->other);
}
