/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Denials of one cause: the same source and target type, class and object, in one IPC namespace. A group is
 * what a person reads about once, however often it was denied.
 */
#pragma once

#include "live.h"

#define GROUPS_MAX 10000
/* of their texts, so that long names don't make more of them than memory is promised for */
#define GROUPS_BYTES_MAX (8u << 20)

struct group {
	struct denial
		sample; /* the last of them, its own copy, its arena released with the group */
	char *perms;	/* all of them that were denied, one blank between, as they came */
	char op[32];	/* a call that was seen; empty: none */
	uint64_t count, permissive, enforcing; /* some records tell neither */
	time_t first, last;		       /* 0: no time was told */
	struct sighting seen;
	uint64_t hash;
};

struct groups {
	struct group *all; /* in the order in which they were met */
	size_t count, allocated;
	uint32_t *table;   /* places in all plus one, 0 for none */
	size_t bytes;	   /* of samples and permissions */
	uint64_t left_out; /* denials of groups past GROUPS_MAX or GROUPS_BYTES_MAX */
};

/* What became of its object, where there is none now. As removals_find(). */
int group_find_removal(const struct group *group, struct live *live, struct removal *out);

/* Counts a denial, which is taken over. 0 or -ENOMEM. */
int groups_add(struct groups *groups, struct denial *denial, const struct sighting *seen);
void groups_done(struct groups *groups);
