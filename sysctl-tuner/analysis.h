/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Everything that a recommendation for this run rests on: the host, its samples and one of now (or those of
 * --from), the products asked for, the files of sysctl.d; and the recommendation.
 */
#pragma once

#include "options.h"
#include "recommend.h"
#include "sysctl_files.h"
#include "usernames.h"

struct analysis {
	const struct options *options;
	char *place; /* what its samples are filed under; NULL with --from */
	struct host host;
	struct samples samples;
	uint64_t *weights;  /* of samples; NULL: all alike */
	bool has_no_record; /* the database holds nothing of it, or isn't there */
	struct profile_needs needs;
	struct sysctl_files files;
	bool has_files; /* false: another host's, or another namespace's values */
	struct usernames usernames;
	struct recommendation result;
};

/* Says an error with its place, if it has one, and returns r. */
int analysis_complain(const struct parse_error *error, int r);

/* Returns 0 and an analysis for analysis_done(), or a negative errno, said already. */
int analysis_make(struct analysis *analysis, const struct options *options);
void analysis_done(struct analysis *analysis);

/* Says the warnings on standard error, for output that has no place for them. */
void say_warnings(const struct analysis *analysis);

/*
 * Enters the IPC namespace of --namespace-of, if any, and says what its samples are filed under: "host", or
 * the container's or unit's name (to be freed). *shm_fd is its /dev/shm, -1 for our own. Returns 0, or a negative
 * errno, said.
 */
int analysis_enter(const struct options *options, char **place, int *shm_fd);

/* Who made up most of the maximum of a parameter: the owners of that sample by their part of it. */
#define CULPRITS_MAX 3
struct culprit {
	const struct sample_owner *owner;
	uint64_t value;
};
size_t analysis_culprits(const struct analysis *analysis, enum parameter_id id,
			 struct culprit culprits[CULPRITS_MAX]);
