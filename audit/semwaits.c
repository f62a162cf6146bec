/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which semaphore does each thread in semop wait for, and who had it last? What a thread asked for
 * (waiters.h) is held against the values of the set; whoever operated last on the semaphore that
 * does not let it proceed (sempid, semctl(2)) is whom it waits for. A pid without the times of the
 * set proves nothing: it may have been given to another process since.
 */
#include "semwaits.h"

#include <errno.h>
#include <stdlib.h>

#include "cleanup.h"

union semun {
	int val;
	struct semid_ds *buf;
};

/* One set, while its waiters are worked out. */
struct set {
	size_t object; /* in the inventory */
	int semid;
	size_t nsems;
	int *values; /* asked for when needed */
	bool *is_known;
};

const struct sembuf *sem_blocking_op(const struct sembuf *ops, size_t count, int *values)
{
	const struct sembuf *blocking = NULL;
	size_t done;

	for (done = 0; done < count; done++) {
		int *value = &values[ops[done].sem_num], op = ops[done].sem_op;

		if (op == 0 ? *value != 0 : *value + op < 0) {
			blocking = &ops[done];
			break;
		}
		*value += op;
	}
	for (size_t i = 0; i < done; i++)
		values[ops[i].sem_num] -= ops[i].sem_op;
	return blocking && blocking->sem_flg & IPC_NOWAIT ? NULL : blocking;
}

bool sem_state_is_orphaned(const struct sem_state *state)
{
	if (state->last != LAST_DEAD || !state->otime)
		return false;
	return state->sem.value == 0 ? state->sem.ncnt > 0 : state->sem.zcnt > 0;
}

static void set_done(struct set *set)
{
	free(set->values);
	free(set->is_known);
}

/* 1, 0 if it can't be read, or -ENOMEM; a set for set_done(). */
static int set_open(struct set *set, size_t object, int semid)
{
	struct semid_ds ds;

	if (semctl(semid, 0, IPC_STAT, (union semun){.buf = &ds}) < 0)
		return 0;
	*set = (struct set){.object = object,
			    .semid = semid,
			    .nsems = ds.sem_nsems,
			    .values = calloc(ds.sem_nsems, sizeof(int)),
			    .is_known = calloc(ds.sem_nsems, sizeof(bool))};
	return set->values && set->is_known ? 1 : -ENOMEM;
}

/*
 * One by one: GETALL writes as many values as the set has by then, whatever room there is for them.
 */
static bool know_values(struct set *set, const struct waiter *waiter)
{
	for (size_t i = 0; i < waiter->op_count; i++) {
		unsigned num = waiter->ops[i].sem_num;

		if (num >= set->nsems)
			return false;
		if (set->is_known[num])
			continue;
		set->values[num] = semctl(set->semid, (int)num, GETVAL);
		if (set->values[num] < 0)
			return false;
		set->is_known[num] = true;
	}
	return true;
}

static bool asks_for_undo(const struct waiter *waiter)
{
	for (size_t i = 0; i < waiter->op_count; i++)
		if (waiter->ops[i].sem_flg & SEM_UNDO)
			return true;
	return false;
}

static void add_wait(struct sem_waits *waits, struct set *set, const struct waiter *waiter)
{
	const struct sembuf *op;

	if (!waiter->ops || !know_values(set, waiter)) {
		waits->unknown++;
		return;
	}
	op = sem_blocking_op(waiter->ops, waiter->op_count, set->values);
	if (!op)
		return;
	waits->all[waits->count++] = (struct sem_wait){.waiter = waiter,
						       .object = set->object,
						       .num = op->sem_num,
						       .op = op->sem_op,
						       .has_undo = asks_for_undo(waiter)};
}

static int read_set(struct sem_waits *waits, size_t object, const struct waiter *list, size_t count)
{
	_cleanup_(set_done) struct set set = {0};
	int r = set_open(&set, object, list->args.id);

	if (r == 0)
		waits->unknown += count;
	for (size_t i = 0; r > 0 && i < count; i++)
		add_wait(waits, &set, &list[i]);
	return r < 0 ? r : 0;
}

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_semaphore(const void *a, const void *b)
{
	const struct sem_wait *x = a, *y = b;
	int r = compare(x->waiter->args.id, y->waiter->args.id);

	r = r ? r : compare(x->num, y->num);
	r = r ? r : compare(x->waiter->pid, y->waiter->pid);
	return r ? r : compare(x->waiter->tid, y->waiter->tid);
}

static enum last_user judge_last(const struct procs *procs, pid_t pid, time_t when)
{
	if (!pid)
		return LAST_UNKNOWN;
	return procs_may_be_alive(procs, pid, when) ? LAST_ALIVE : LAST_DEAD;
}

/* The times after the pid: never older than what it did. Of a set that is gone nothing is known. */
static void read_state(struct sem_state *state, const struct ipc_object *obj,
		       const struct procs *procs)
{
	struct semid_ds ds;

	if (semaphore_read(obj, state->num, &state->sem) < 0 ||
	    semctl(state->semid, 0, IPC_STAT, (union semun){.buf = &ds}) < 0)
		return;
	state->otime = ds.sem_otime;
	state->last = judge_last(procs, state->sem.pid,
				 ds.sem_otime > ds.sem_ctime ? ds.sem_otime : ds.sem_ctime);
}

/* Groups the sorted waits by semaphore. */
static int read_states(struct sem_waits *waits, const struct inventory *inv,
		       const struct procs *procs)
{
	struct sem_state *state = NULL;

	waits->states = calloc(waits->count + 1, sizeof(*waits->states));
	if (!waits->states)
		return -ENOMEM;
	for (size_t i = 0; i < waits->count; i++) {
		struct sem_wait *wait = &waits->all[i];

		if (!state || state->semid != wait->waiter->args.id || state->num != wait->num) {
			state = &waits->states[waits->state_count++];
			state->semid = wait->waiter->args.id;
			state->num = wait->num;
			state->object = wait->object;
			read_state(state, &inv->objects[wait->object], procs);
		}
		wait->state = waits->state_count - 1;
	}
	return 0;
}

/* Drops those who have run since they were read, and semaphores that nobody waits for any more. */
static void keep_sleepers(struct sem_waits *waits, const struct procs *procs)
{
	size_t kept = 0, states_kept = 0, i = 0;

	for (size_t s = 0; s < waits->state_count; s++) {
		struct sem_state state = waits->states[s];

		state.first = kept;
		for (; i < waits->count && waits->all[i].state == s; i++)
			if (waiters_sleeps_still(procs, waits->all[i].waiter)) {
				waits->all[kept] = waits->all[i];
				waits->all[kept++].state = states_kept;
			}
		state.count = kept - state.first;
		if (state.count)
			waits->states[states_kept++] = state;
	}
	waits->count = kept;
	waits->state_count = states_kept;
}

int sem_waits_read(struct sem_waits *waits, const struct inventory *inv, const struct procs *procs,
		   const struct waiters *waiters)
{
	int r = 0;

	*waits = (struct sem_waits){.all = calloc(waiters->count + 1, sizeof(*waits->all))};
	if (!waits->all)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < inv->count; i++) {
		const struct ipc_object *obj = &inv->objects[i];
		const struct waiter *list;
		size_t count;

		if (obj->kind != KIND_SEM)
			continue;
		list = waiters_of(waiters, KIND_SEM, obj->id, &count);
		if (list)
			r = read_set(waits, i, list, count);
	}
	if (waits->count)
		qsort(waits->all, waits->count, sizeof(*waits->all), by_semaphore);
	if (r == 0)
		r = read_states(waits, inv, procs);
	if (r < 0) {
		sem_waits_done(waits);
		return r;
	}
	keep_sleepers(waits, procs);
	return 0;
}

void sem_waits_done(struct sem_waits *waits)
{
	free(waits->all);
	free(waits->states);
	*waits = (struct sem_waits){0};
}

static int by_number(const void *a, const void *b)
{
	const struct sem_state *x = a, *y = b;
	int r = compare(x->semid, y->semid);

	return r ? r : compare(x->num, y->num);
}

const struct sem_state *sem_waits_find(const struct sem_waits *waits, int semid, unsigned num)
{
	const struct sem_state wanted = {.semid = semid, .num = num};

	if (!waits->state_count)
		return NULL;
	return bsearch(&wanted, waits->states, waits->state_count, sizeof(wanted), by_number);
}
