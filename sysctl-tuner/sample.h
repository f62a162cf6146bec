/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One look at what IPC a host used: the figures that limits are about, and who made them up. A figure
 * that was not measured is OBJECT_UNKNOWN and never counts as 0.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "host.h"

/* What is compared with limits, and shown over time. Each is one column of the database. */
enum figure_id {
	FIGURE_SHM_SEGMENTS, /* those marked for removal included: they count until the last detach */
	FIGURE_SHM_PAGES,    /* of the page size, as the kernel counts against shmall */
	FIGURE_SHM_BYTES,    /* sum of the sizes asked for */
	FIGURE_SHM_LARGEST,  /* bytes of the largest segment */
	FIGURE_SHM_RESIDENT, /* bytes in memory; of huge pages too */
	FIGURE_SHM_SWAPPED,  /* bytes in swap */
	FIGURE_SEM_SETS,
	FIGURE_SEM_SEMAPHORES,
	FIGURE_SEM_LARGEST_SET, /* semaphores */
	FIGURE_MSG_QUEUES,
	FIGURE_MSG_BYTES,
	FIGURE_MSG_LARGEST_QUEUE,	   /* bytes in it */
	FIGURE_MSG_LARGEST_QUEUE_MESSAGES, /* messages in the queue that has most of them */
	FIGURE_MSG_LARGEST_MESSAGE, /* bytes; at least: the largest mean of a queue, exact for one message */
	FIGURE_MQ_QUEUES,
	FIGURE_MQ_LARGEST_MAXMSG,  /* mq_maxmsg of the queue with the largest */
	FIGURE_MQ_LARGEST_MSGSIZE, /* bytes: mq_msgsize */
	FIGURE_MQ_BYTES_OF_USER,   /* what the user with most is charged of RLIMIT_MSGQUEUE */
	FIGURE_DEV_SHM_BYTES,	   /* used of /dev/shm */
	FIGURE_DEV_SHM_FILES,
	FIGURE_HUGEPAGES_USED, /* of the default size, by whomever: host_pool_in_use() */
	/* calls that failed since the sample before, as programs said in the journal (failed_calls.h) */
	FIGURE_FAILED_SHM_EINVAL,
	FIGURE_FAILED_SHM_ENOSPC,
	FIGURE_FAILED_SHM_ENOMEM,
	FIGURE_FAILED_SEM_EINVAL,
	FIGURE_FAILED_SEM_ENOSPC,
	FIGURE_FAILED_SEM_E2BIG,
	FIGURE_FAILED_MSG_EINVAL,
	FIGURE_FAILED_MSG_ENOSPC,
	FIGURE_FAILED_MQ_ENOSPC,
	FIGURE_COUNT_
};

/* Segments that are alike. */
struct sample_segments {
	uint64_t bytes;		/* of each, as asked for */
	uint64_t hugepage_size; /* bytes; 0: ordinary pages, OBJECT_UNKNOWN: nobody could tell */
	uint64_t count;
	bool has_uid;
	uid_t uid;
	char *unit; /* that of the creator, if it lives; or NULL; owned */
};

/* What one owner has: a user's processes in one unit. */
struct sample_owner {
	bool has_uid;
	uid_t uid;
	char *unit; /* or NULL; owned */
	uint64_t segments, pages, largest_segment;
	uint64_t sets, semaphores, largest_set;
	uint64_t queues, queue_bytes, largest_queue;
	uint64_t mqueues, mqueue_bytes; /* bytes: charged of RLIMIT_MSGQUEUE */
};

/* Huge pages of one size that the segments of the sample need. */
struct sample_huge {
	uint64_t size;	/* bytes of a page */
	uint64_t pages; /* sum of ceil(bytes / size) over segments that ask for it (SHM_HUGETLB) */
	uint64_t would; /* the same over segments of ordinary pages of at least that size */
};

struct sample {
	time_t time;
	/*
	 * The host when it was taken, with the limits then in force and the pools: kept with the lists. It must
	 * outlive the sample; NULL: not of this moment.
	 */
	const struct host *host;
	uint64_t figures[FIGURE_COUNT_];
	struct sample_segments *segments;
	size_t segment_count;
	struct sample_owner *owners;
	size_t owner_count;
	struct sample_huge huge[HUGEPAGE_SIZES_MAX];
	size_t huge_count;
	/* allocations that failed since the boot, as the kernel counts them; OBJECT_UNKNOWN: it doesn't */
	uint64_t failed_hugepages; /* /proc/vmstat: htlb_buddy_alloc_fail */
};

void sample_init(struct sample *sample); /* nothing measured */
void sample_done(struct sample *sample);

/* "shm_segments", "sem_largest_set" …: stable words of JSON, CSV and database. */
const char *figure_name(enum figure_id id);
/* Returns a figure_id, or -ENOENT. */
int figure_by_name(const char *name);
/* For people: "segments", "bytes of the largest segment". */
const char *figure_title(enum figure_id id);
bool figure_is_bytes(enum figure_id id);

/* Whatever is known is higher than what isn't. */
bool figure_is_higher(uint64_t value, uint64_t than);

/* Raises a pair of values to those of another; adds the size where there is room. Returns whether one was higher. */
bool sample_raise_huge(struct sample *sample, const struct sample_huge *other);

/*
 * Adds up what the lists of the sample say: pages, huge pages, and whatever figures are unknown yet.
 * What is known already is raised, never lowered, by what the list adds up to. Sums past 2^64 stay there.
 */
void sample_add_up(struct sample *sample, const struct host *host);
