/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One snapshot of the process table: who lives, since when, as whom, in which unit. The truth that
 * every judgement of "gone" rests on (rule 7), read from /proc only.
 *
 * Zombies are left out: they hold nothing any more. A zombie whose thread group still has running
 * threads (main thread ended by pthread_exit) is not one of them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "object.h"

struct proc {
	pid_t pid, ppid;
	unsigned threads;
	uid_t ruid, euid, suid;
	uint64_t start_ticks; /* after boot, in clock ticks: with the pid it names one process */
	time_t started;	      /* the same on the wall clock, rounded down */
	bool is_kernel_thread;
};

struct procs {
	/*
	 * sorted by pid; one that changed its uids, or whose pid was reused meanwhile, has several
	 */
	struct proc *all;
	size_t count, allocated;
	int proc_fd; /* /proc */
	time_t boot; /* wall clock of the boot, from /proc/stat */
	/*
	 * how many of our ancestors are callers, the nearest first; procs_open() sets: all of them
	 */
	size_t callers_max;
	bool is_partial;	/* some process hides (hidepid=, another user namespace) */
	bool is_initial_pid_ns; /* no process is outside of our view */
	/* rule 1: our PID namespace isn't the initial one while the IPC namespace is */
	bool is_blind;
};

/*
 * Takes the snapshot. Returns 0 and procs for procs_done(), or a negative errno: without a process
 * table nothing may be judged.
 */
int procs_read(struct procs *procs);
void procs_done(struct procs *procs);

/*
 * Opens /proc alone, with an empty table: for procs_cgroup(), and for procs_may_be_alive() of a few
 * processes, each of which is then looked up. Returns 0 or a negative errno, procs are for
 * procs_done() in any case.
 */
int procs_open(struct procs *procs);

/* The (first) process of that pid in the snapshot, or NULL. */
const struct proc *procs_find(const struct procs *procs, pid_t pid);

/* Whether the process has uid as its real, effective or saved uid. */
bool proc_is_of(const struct proc *proc, uid_t uid);

/* Whether pid is this process or one of its callers, ancestors as far as callers_max goes. */
bool procs_is_caller(const struct procs *procs, pid_t pid);

/*
 * Whether a process that did something to an object at the wall-clock second `when` may still be
 * alive as pid. A process that started after `when` has reused the pid. Where the clock was set
 * since (`when` lies before the boot), the start time proves nothing and the answer is true.
 * A pid that the snapshot lacks but the kernel knows (hidden from us) is alive.
 */
bool procs_may_be_alive(const struct procs *procs, pid_t pid, time_t when);

/* Whether the process that made an object still lives; false where the creator isn't known. */
bool procs_creator_lives(const struct procs *procs, const struct ipc_object *obj);

/*
 * The IPC namespace of a process or thread below `dir`, /proc or a task directory, by its inode; pid 0 is
 * the caller. 0 with errno where it can't be told: the process is gone, or may not be asked.
 */
ino_t procs_ipc_ns(int dir, pid_t pid);

/*
 * Reads the cgroup path of a process (v2, or systemd's v1 hierarchy) into buf. Returns 0, or a
 * negative errno; -ENODATA where there is no such hierarchy, -ENAMETOOLONG for a longer path.
 */
#define CGROUP_PATH_SIZE 4096
int procs_cgroup(const struct procs *procs, pid_t pid, char buf[CGROUP_PATH_SIZE]);

/*
 * The innermost service or scope unit in a cgroup path ("a/b/user@1.service/init.scope" gives
 * "init.scope"), undoing systemd's '_' escape, into unit. Returns 0, or -ENOENT.
 */
#define UNIT_NAME_SIZE 256
int cgroup_unit(const char *path, char unit[UNIT_NAME_SIZE]);

/*
 * How many services and scopes the path leads through. Behind the first one come those of a user's
 * manager, of a container, or whatever a unit with Delegate= calls its own groups.
 */
size_t cgroup_unit_count(const char *path);

/* What of a uid's processes is alive. */
struct presence {
	size_t alive;	/* processes that make the user present */
	pid_t example;	/* one of them, for the message */
	size_t in_unit; /* of them, those in the unit asked for */
};

/*
 * Counts the live processes of uid, leaving out what holds no leftovers: the user manager's own
 * init.scope (user@UID.service/init.scope) and the caller's chain. unit may be NULL.
 */
void procs_presence(const struct procs *procs, uid_t uid, const char *unit, struct presence *out);
