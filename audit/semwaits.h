/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which semaphore does each thread in semop wait for, and who had it last? The kernel performs the
 * operations of a call in order, all or none, and sleeps for the first that cannot proceed
 * (semop(2); ipc/sem.c: perform_atomic_semop).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/sem.h>
#include <sys/types.h>
#include <time.h>

#include "inventory.h"
#include "procs.h"
#include "semaphores.h"
#include "waiters.h"

/* What became of the process that operated on a semaphore last. */
enum last_user {
	LAST_UNKNOWN, /* there was none, or it can't be seen from here */
	LAST_ALIVE,
	LAST_DEAD,
};

/* A semaphore that somebody waits for. */
struct sem_state {
	size_t object; /* its set in the inventory */
	int semid;
	unsigned num;
	struct semaphore sem;
	enum last_user last; /* what became of sem.pid */
	time_t otime;	     /* last semop on the set, 0 is never */
	size_t first, count; /* its waiters in sem_waits.all */
};

/* A thread that waits for it. */
struct sem_wait {
	const struct waiter *waiter; /* the set is its args.id, */
	size_t object;		     /* this one in the inventory */
	unsigned num;
	int op;	       /* negative: wants so many; 0: waits for zero */
	bool has_undo; /* the call asked for SEM_UNDO */
	size_t state;  /* in sem_waits.states */
};

struct sem_waits {
	struct sem_wait *all; /* sorted by semid, num, pid, tid; of waiters, which must live on */
	struct sem_state *states; /* sorted by semid, num; those with waiters only */
	size_t count, state_count;
	size_t unknown; /* waiters whose operations, or set, can't be read */
};

/*
 * Works out what the waiters of sets in the inventory wait for. Only those are left that slept all
 * the while, so that all of it was true at one time. Returns 0 and waits for sem_waits_done(), or
 * -ENOMEM.
 */
int sem_waits_read(struct sem_waits *waits, const struct inventory *inv, const struct procs *procs,
		   const struct waiters *waiters);
void sem_waits_done(struct sem_waits *waits);

/* The semaphore, or NULL if nobody waits for it. */
const struct sem_state *sem_waits_find(const struct sem_waits *waits, int semid, unsigned num);

/*
 * The first of the operations that cannot proceed, values being those of the set's semaphores; NULL
 * if all can, or if the first says IPC_NOWAIT. Every sem_num must lie inside of values, which come
 * back as they were.
 */
const struct sembuf *sem_blocking_op(const struct sembuf *ops, size_t count, int *values);

/*
 * Whether somebody waits for what a process took that is dead now, and can't give it back: value 0
 * and a waiter for more, or for 0 and a value above it. Taken without SEM_UNDO, or the kernel would
 * have given it back (semop(2)). A set that only semctl has touched was taken by nobody.
 */
bool sem_state_is_orphaned(const struct sem_state *state);
