/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which IPC namespaces are there, and where do their objects live? System V objects and POSIX
 * queues belong to the namespace (ipc_namespaces(7)), POSIX shared memory and semaphores to the
 * /dev/shm that a process sees. A place is one namespace with one /dev/shm.
 *
 * Another namespace's /dev/shm is opened step by step below /proc/PID/root, following no link: what
 * a container has put there can't lead out of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "holders.h"
#include "inventory.h"
#include "procs.h"

struct place {
	ino_t ipc_ns;
	dev_t shm_dev;	  /* 0: no /dev/shm to be seen */
	pid_t pid;	  /* the oldest process in it; 0: none lives there */
	size_t processes; /* how many do */
	bool is_ours;	  /* our own namespace and /dev/shm */
	bool has_sysv; /* the first place of its namespace: the others share its System V objects */
	char *held_by; /* without process: a file that it is mounted on, or /proc/PID/fd/N; owned */
};

struct places {
	struct place *list; /* our own first, then by namespace */
	size_t count;
	size_t hidden; /* processes whose namespaces could not be read */
};

/* Returns 0 and places for places_done(), or -ENOMEM. */
int places_read(struct places *places, const struct procs *procs);
void places_done(struct places *places);

/* The place of one process. Returns 0, -ESRCH or another negative errno. */
int place_of(const struct procs *procs, pid_t pid, struct place *place);

/*
 * Enters the place's IPC namespace and opens its /dev/shm: *shm_fd, -1 if it has none. The calling
 * process changes: a child's work, or for the rest of the program. Returns 0, -ESRCH if the place has
 * gone meanwhile (its process's pid may be another's by now), -EPERM, or another negative errno.
 */
int place_enter(const struct procs *procs, const struct place *place, int *shm_fd);

/*
 * A look into another place from here: the objects of these kinds and, unless holders is NULL, who holds
 * them. The calling process enters and comes back; the program ends if it can't come back, as whatever it
 * looked at from then on would be another namespace's. As place_enter(); otherwise 0 and an inventory and
 * holders for their done(), or -ENOMEM with none.
 */
int place_scan(const struct procs *procs, const struct place *place, unsigned kinds,
	       struct inventory *inv, struct holders *holders);
