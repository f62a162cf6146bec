/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the parts of the model test share: a history is a list of operations; workers are real
 * processes that carry them out on the real kernel; the oracle keeps book of what they did and
 * says, from DESIGN.md's rules alone, what ipcclean must do. Nothing here comes from lib/.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>

enum kind { SHM, SEM, MSG, PSHM, PSEM, PMQ, KINDS };

#define OBJECTS_MAX 240 /* objects made in one history */
#define WORKERS_MAX 48	/* processes started in one history */
#define USERS 6		/* 0 is root, the last one a system user */
#define SYSTEM_USER (USERS - 1)
#define UNITS 2
#define SEMS_MAX 3
#define OPS_MAX 1200
#define SLOTS 12 /* keys, and names, that are used again and again */
#define NOBODY (-1)
#define REASONS 15 /* that the oracle knows */

/* A pid is believed to be another process only when it is younger than the touch by this. */
#define CLOCK_DOUBT_S 4

enum action {
	/* processes */
	ACT_START,   /* worker; user; arg: flavour of its uids; other: whose pid to use again */
	ACT_DIE,     /* worker; arg: 1 leaves a zombie */
	ACT_REAP,    /* worker: the zombie goes */
	ACT_HANDOFF, /* worker: its main thread ends, another lives on */
	/* objects, by worker on object */
	ACT_CREATE,  /* arg: kind; other: slot; user: mode */
	ACT_USE,     /* attach, open (arg 0), or map and close (arg 1) */
	ACT_RELEASE, /* detach, close or unmap one use */
	ACT_TOUCH,   /* semop, msgsnd, mq_send, write …; arg: semaphore; other: 1 is SEM_UNDO */
	ACT_SET,     /* SETVAL; arg: semaphore */
	ACT_RECEIVE,
	ACT_WAIT, /* arg: semaphore; other: 1 waits for zero */
	ACT_WAKE, /* lets the object's waiter go */
	ACT_GIVE, /* user: the new owner */
	ACT_MODE, /* arg: 0 takes all bits away, else 0666 */
	ACT_REMOVE,
	/* the world */
	ACT_AGE, /* lets the clock go on by more than all doubts */
	/* ipcclean */
	ACT_BASELINE, /* user; arg: unit */
	ACT_USER,     /* user; other: enum run_flag */
	ACT_SERVICE,  /* user; arg: unit + 1, or 0; other: enum run_flag */
	ACT_ORPHANS,  /* other: enum run_flag */
	ACT_JOIN,     /* a run with RUN_RACES ends here */
};

enum run_flag {
	RUN_RACES = 1,	    /* operations go on meanwhile, until ACT_JOIN */
	RUN_DRY = 2,	    /* --dry-run */
	RUN_WIPE = 4,	    /* --wipe */
	RUN_MIN_AGE = 8,    /* --min-age=1h: all is too young */
	RUN_AGED = 16,	    /* --min-age of a few seconds */
	RUN_UNREAD = 32,    /* KeepUnread=yes */
	RUN_KEEP_SLOT = 64, /* --keep-key= and --keep-name= of slot 1 */
	RUN_SYSV_ONLY = 128 /* --kinds=shm,sem,msg */
};

struct op {
	uint8_t action;
	uint8_t worker, user, arg, other;
	uint16_t object;
};

/* What has gone wrong; histories are shrunk as long as they fail in the same way. */
enum failure {
	FAIL_NONE,
	FAIL_FALSE_REMOVAL, /* something gone that ipcclean should have left */
	FAIL_LEFTOVER,	    /* something left that nobody could use */
	FAIL_WRONG_REASON,  /* the right thing for the wrong reason */
	FAIL_WRONG_REPORT,  /* the JSON document says something else than the kernel */
	FAIL_TOOL,	    /* ipcclean failed, hung, or printed no JSON */
	FAIL_HARNESS,	    /* the test itself could not go on */
};

struct worker {
	bool was_started, is_alive, is_zombie, is_outside, has_exited_leader;
	pid_t pid; /* as this namespace sees it, or the parent's for one outside */
	int fd;
	uid_t uids[3]; /* real, effective, saved */
	time_t started;
};

struct object {
	bool was_made, exists, is_doomed;
	enum kind kind;
	int id; /* System V */
	unsigned slot;
	char name[32]; /* POSIX, and which file it is: the name may be another's by now */
	ino_t ino;
	uid_t uid, cuid;
	unsigned mode, nsems;
	unsigned uses[WORKERS_MAX]; /* attached, open or mapped by each worker */
	bool has_undo[WORKERS_MAX][SEMS_MAX], has_undo_list[WORKERS_MAX];
	int waiter, waiter_sem; /* the worker that sleeps on it */
	/* who last touched it: each semaphore; sender and receiver; creator and last attacher */
	int last[SEMS_MAX];
	bool was_touched; /* a semop has completed, a semaphore's operation time is set */
	unsigned messages;
	time_t sure_at;	 /* it was certainly changed then, or later */
	time_t maybe_at; /* it was not changed after that */
	bool in_baseline[UNITS];
	/* while a run races */
	bool always_stay, always_go;
};

enum verdict { STAY, GO, EITHER };

struct answer {
	enum verdict verdict;
	const char *reason; /* NULL: any */
};

/* One call of ipcclean, as the oracle sees it. */
struct call {
	enum action action;
	unsigned user, flags;
	int unit; /* NOBODY: none named */
	uid_t uid;
	time_t begin, end;
	unsigned min_age_s;
};

struct counters {
	unsigned long histories, objects, ops, skipped, runs, races, removed, stayed, either;
	unsigned long by_kind[KINDS], workers, raced_stay, raced_go;
	unsigned long by_reason[REASONS];
};

struct running; /* tool.c */

struct world {
	const char *ipcclean;
	unsigned lane;
	bool has_pid_ns;
	uid_t users[USERS];
	struct worker workers[WORKERS_MAX];
	struct object objects[OBJECTS_MAX];
	bool has_baseline[UNITS];
	struct call call; /* the one that races */
	struct running *racing;
	unsigned baselines;
	struct counters *counters;
	enum failure failure;
	char message[512];
};

/* A history and what came of it, in memory shared with the process that lives it. */
struct history {
	uint64_t seed;
	unsigned count;
	struct op ops[OPS_MAX];
	enum failure failure;
	char message[512];
	struct counters counters;
};

/* history.c: deterministic by seed */
struct dice {
	uint64_t state;
};
void dice_seed(struct dice *dice, uint64_t seed);
unsigned dice_roll(struct dice *dice, unsigned sides);
struct plan {
	struct dice dice;
	bool has_pid_ns, is_slow;
	unsigned wanted_objects, next_object, next_worker, race_left, is_ending;
	int kill_user; /* whose processes end next; USERS: everybody's; -1 for nobody's */
	bool has_pending;
	struct op pending;
};
void plan_begin(struct plan *plan, uint64_t seed);
bool plan_next(struct plan *plan, const struct world *world, struct op *op);
void op_print(FILE *out, const struct op *op);

/* worker.c: what a worker process does when told */
struct command {
	enum action action;
	enum kind kind;
	int object, id, key;
	unsigned arg, other, mode, nsems;
	uid_t uid;
	char name[32];
};
struct reply {
	int error; /* errno, 0 for done */
	int id;
	pid_t tid; /* of the thread that waits */
	ino_t ino; /* of a POSIX object's file */
};
_Noreturn void worker_main(int fd, const uid_t uids[3]);

/* kernel.c: carries out one operation; tells the oracle of what has really happened */
int world_apply(struct world *world, const struct op *op);
int worker_spawn(struct world *world, unsigned n, const uid_t uids[3], pid_t want_pid);
bool kernel_has(const struct object *object);
bool kernel_is_doomed(const struct object *object);
void object_name(struct object *object);
int slot_key(unsigned slot);

/* oracle.c */
void oracle_created(struct world *world, const struct op *op, int id);
void oracle_did(struct world *world, const struct op *op);
void oracle_tried_undo(struct world *world, const struct op *op);
/* The object's waiter has been told that it may not wait any longer. */
void oracle_sent_away(struct world *world, const struct op *op);
void oracle_died(struct world *world, unsigned worker);
void oracle_baseline(struct world *world, unsigned unit, uid_t uid);
bool oracle_is_candidate(const struct world *world, const struct call *call,
			 const struct object *object);
struct answer oracle_judge(const struct world *world, const struct call *call,
			   const struct object *object);
void oracle_race_begin(struct world *world);
void oracle_race_step(struct world *world);

/* tool.c: runs the real ipcclean */
void tool_run(struct world *world, const struct op *op);
void tool_join(struct world *world);
const char *reason_word(unsigned n);
void world_fail(struct world *world, enum failure failure, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* live.c: lives a history in namespaces of its own */
void live(struct history *history, bool is_replay, const char *ipcclean, unsigned lane);
/* shrink.c */
void shrink(struct history *history, const char *ipcclean, unsigned lane);
const char *failure_name(enum failure failure);
