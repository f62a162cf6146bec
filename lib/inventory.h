/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The first stage: every IPC object of this IPC namespace and of the mounts that we see.
 *
 * System V objects are walked by index with *_STAT_ANY (*_STAT before Linux 4.17), which is twice
 * as fast as /proc/sysvipc and shows other users' objects too. /dev/shm is walked with openat and
 * O_NOFOLLOW, sub-directories included; message queues come from an mqueue mount, one that we make
 * for ourselves, attached nowhere, where /dev/mqueue is none.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "object.h"

struct inventory {
	struct ipc_object
		*objects; /* by kind, System V by index, POSIX as the directory gives them */
	size_t count, allocated;
	int shm_fd; /* /dev/shm, -1 if it isn't there; names of pshm and psem are relative to it */
	int mqueue_fd;	 /* the mqueue mount, -1 if there is none and none can be mounted */
	unsigned unseen; /* set of kinds that could not be listed, wholly or in part */
	int unseen_error[KIND_COUNT_]; /* why: a negative errno each, 0 for those seen */
};

/*
 * Lists all objects of the kinds in the set. With owner_only, keeps only those whose uid or cuid
 * is *owner_only*'s value (NULL: everybody's).
 *
 * A kind that this kernel or machine doesn't have (ENOSYS; no /dev/shm; no mqueue) is empty, not an
 * error; a kind that exists but can't be read is noted in `unseen`. Objects that disappear during
 * the walk are left out.
 *
 * Returns 0 and an inventory for inventory_done(), or -ENOMEM.
 */
int inventory_scan(struct inventory *inv, unsigned kinds, const uid_t *owner_only);

/* The same, with another directory in the place of /dev/shm: shm_fd is taken. */
int inventory_scan_with(struct inventory *inv, unsigned kinds, const uid_t *owner_only, int shm_fd);

void inventory_done(struct inventory *inv);

/* Looks at one System V object by its id. 0, -ENOENT if it is gone, or another negative errno. */
int inventory_stat_sysv(enum ipc_kind kind, int id, struct ipc_object *obj);

/*
 * Fills rss and swap of all objects; OBJECT_UNKNOWN where this kernel, or our rights, don't tell.
 * proc_fd is /proc.
 */
void inventory_read_resident(struct inventory *inv, int proc_fd);

/*
 * Opens a POSIX object's parent directory and tells its last path element, which points into
 * obj->name or, for psem, into buf ("sem.NAME"). No link is followed on the way. Returns an fd, or
 * a negative errno.
 */
#define OBJECT_FILE_SIZE 512
int inventory_open_parent(const struct inventory *inv, const struct ipc_object *obj,
			  char buf[OBJECT_FILE_SIZE]);
