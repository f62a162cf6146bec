/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The second stage: who uses an object now, as far as the kernel tells. See rule 1 of cleanup:
 * what can't be seen counts as use.
 *
 *   shm          nattch, from the inventory
 *   pshm … pmq   F_SETLEASE: refused while anyone, in any namespace, has the file open or mapped
 *                (fs/locks.c: check_conflicting_open; see fcntl(2))
 *   sem          GETNCNT, GETZCNT of each semaphore; its last sempid alive
 *   msg          a thread sleeping in msgsnd or msgrcv on it (/proc/PID/task/TID/syscall); its last
 *                lspid or lrpid alive
 */
#pragma once

#include <stdint.h>

#include "inventory.h"
#include "procs.h"
#include "waiters.h"

struct usage_scope {
	const struct inventory *inv;
	const struct procs *procs;
	uint64_t deadline_ns; /* on CLOCK_MONOTONIC */
	bool is_alone;	      /* --alone: this PID namespace is the IPC namespace's only user */
	/* read when the first message queue is asked about */
	bool has_read_waiters;
	struct waiters waiters;
};

void usage_scope_done(struct usage_scope *scope);

/*
 * Fills the usage fields of one object. Returns 0, -ETIME past the deadline, -ENOENT if the object
 * is gone meanwhile, or -ENOMEM.
 */
int usage_probe(struct usage_scope *scope, struct ipc_object *obj);

/*
 * Takes the lease on an open POSIX object that proves that nobody else has it. On success the lease
 * is held until fd is closed or usage_lease_drop(). The signal of a lease break is ignored.
 * Returns LEASE_FREE, LEASE_IN_USE or LEASE_UNKNOWN.
 */
enum lease_state usage_lease_take(int fd);
void usage_lease_drop(int fd);

/* Whether the lease is still whole: false once somebody waits to open the file. */
bool usage_lease_is_whole(int fd);
