/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which processes have an object attached, mapped or open? One pass over /proc/PID/maps, and over
 * /proc/PID/fd where that is asked for, however many objects there are. It also meets what is held
 * and has no name any more: unlinked files of /dev/shm, and memfds.
 *
 * usage.h asks the kernel, which is right and names nobody; here are the names, for people. What
 * hides (other users' processes without the right to ptrace, hidepid=) is counted, so that a report
 * can say that it has gaps.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "inventory.h"
#include "procs.h"

struct holding {
	uint32_t object; /* index in the inventory */
	pid_t pid;
	uint64_t start, end;   /* where it is mapped; 0 if it is only open */
	uint64_t huge_rss;     /* of a segment of huge pages: bytes that it has in memory */
	uint32_t hugepage_kib; /* ... and how large they are; else 0 */
	bool is_writable;      /* mapped so, or opened so */
	bool is_segment;       /* of System V */
};

/* Held, and without a name: one for each process that holds it. */
struct unlinked {
	dev_t dev;
	ino_t ino;
	pid_t pid;
	uint64_t bytes; /* allocated; the mapping's length where that can't be told */
	char *name;	/* as it was, "/dev/shm/x" or "memfd:x", not escaped; owned */
};

struct holders {
	struct holding *all; /* by object, then pid, then address */
	size_t count, allocated;
	struct unlinked *unlinked; /* by file, then pid */
	size_t unlinked_count, unlinked_allocated;
	size_t hidden; /* processes that could not be looked into */
	int proc_fd;   /* that of the process table, which has to stay */
	ino_t ipc_ns;  /* ours */
};

enum holders_depth {
	HOLDERS_MAPPED, /* maps only: all that segments need */
	HOLDERS_OPEN,	/* and open files */
};

/* Returns 0 and holders for holders_done(), or -ENOMEM. */
int holders_read(struct holders *holders, const struct inventory *inv, const struct procs *procs,
		 enum holders_depth depth);
void holders_done(struct holders *holders);

/*
 * Whether a segment is mapped by a process of another IPC namespace: it is probably this one, and
 * maybe one of the same id and key there. A process that may not be asked is taken for one of ours.
 */
bool holders_is_foreign(const struct holders *holders, const struct holding *holding);

/* The holdings of the object at that index: *count of them, from the one returned on. */
const struct holding *holders_of(const struct holders *holders, size_t object, size_t *count);

/*
 * The size of the huge pages that the segment at that index is made of, in bytes; 0 for one of
 * ordinary pages, OBJECT_UNKNOWN while nobody that we may look into has it attached: the kernel
 * tells it of mappings only.
 */
uint64_t holders_hugepage_size(const struct holders *holders, size_t object);
