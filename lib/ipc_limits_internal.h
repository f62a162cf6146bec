/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files of the limits. */
#pragma once

#include "ipc_limits.h"

/* What one user takes of each limit; of limits on single objects, the largest. */
struct share {
	uid_t uid;
	uint64_t used[LIMIT_COUNT_];
};

struct shares {
	struct share *list;
	size_t count;
};

/* Appends a row in which nothing is known. NULL without memory. */
struct limit *limits_append(struct limits *limits, enum limit_id id);

/* Values of fs.mqueue.*, and how many queues all users have. */
void limits_read_mqueue(struct limit rows[LIMIT_COUNT_], const struct shares *shares,
			const struct procs *procs);

/* Size and use of /dev/shm. */
void limits_read_dev_shm(struct limit rows[LIMIT_COUNT_], const struct inventory *inv);

/* Each appends a row a user. 0 or -ENOMEM. */
int limits_add_rlimits(struct limits *limits, const struct shares *shares,
		       const struct procs *procs);
int limits_add_quotas(struct limits *limits, const struct inventory *inv);
