/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What IPC objects count against, and how much of it is used: the limits of our IPC namespace
 * (shmctl(2), semctl(2), msgctl(2): IPC_INFO; /proc/sys/fs/mqueue), of /dev/shm, and of users
 * (RLIMIT_MSGQUEUE of getrlimit(2); quotas of tmpfs(5), Linux 6.6). limits.h would be the C library's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "inventory.h"
#include "procs.h"

enum limit_id {
	LIMIT_SHMMAX,
	LIMIT_SHMALL,
	LIMIT_SHMMNI,
	LIMIT_SEMMSL,
	LIMIT_SEMMNS,
	LIMIT_SEMOPM,
	LIMIT_SEMMNI,
	LIMIT_MSGMAX,
	LIMIT_MSGMNB,
	LIMIT_MSGMNI,
	LIMIT_MQ_QUEUES,
	LIMIT_MQ_MAXMSG,
	LIMIT_MQ_MSGSIZE,
	LIMIT_MQ_BYTES, /* RLIMIT_MSGQUEUE, one row for each user who owns queues */
	LIMIT_DEV_SHM_BYTES,
	LIMIT_DEV_SHM_INODES,
	LIMIT_DEV_SHM_QUOTA, /* one row for each user with a quota */
	LIMIT_COUNT_
};

struct limit {
	enum limit_id id;
	uint64_t value; /* OBJECT_UNKNOWN: can't be read, or there is none */
	uint64_t used;	/* OBJECT_UNKNOWN: the kernel keeps no account of it (SEMOPM, MSGMAX) */
	bool has_uid;	/* of this user's rows only */
	uid_t uid;
	bool has_top;
	uid_t top_uid; /* who uses most of it */
	uint64_t top_used;
	size_t top_object; /* of limits on single objects: the largest; SIZE_MAX for none */
};

struct limits {
	struct limit *list;
	size_t count, allocated;
};

/*
 * Reads them all, and their use from an inventory of all kinds; /proc is that of procs. Returns 0 and limits for
 * limits_done(), or -ENOMEM.
 */
int limits_read(struct limits *limits, const struct inventory *inv, const struct procs *procs);
void limits_done(struct limits *limits);

/* "shmmax", "mqueue-queues_max" …: stable words. */
const char *limit_name(enum limit_id id);

/* The sysctl(8) that sets it, "kernel.shmmax"; kernel.sem holds four. NULL: it is no sysctl. */
const char *limit_sysctl(enum limit_id id);

/* "bytes", "pages", "segments" … */
const char *limit_unit(enum limit_id id);

/* Whether it bounds each object alone, and not all of them together. */
bool limit_is_per_object(enum limit_id id);

/* What fails at the limit, and how: "shmget: ENOSPC". */
const char *limit_failure(enum limit_id id);

/* used of value in percent, rounded down, at most UINT_MAX; -1 where either isn't known. */
long limit_percent(const struct limit *limit);

/*
 * What a queue costs its owner of RLIMIT_MSGQUEUE, in bytes (ipc/mqueue.c: mqueue_get_inode;
 * getrlimit(2) has the formula): its messages, and for each a struct msg_msg and a tree node.
 */
uint64_t limit_queue_cost(uint32_t maxmsg, uint32_t msgsize);

/* A number of /proc/sys, alone in its file. false for anything else. */
bool limit_parse(const char *text, uint64_t *value);

/* The soft limit of "Max msgqueue size" in the text of /proc/PID/limits. */
bool limit_parse_msgqueue(const char *text, uint64_t *value);
