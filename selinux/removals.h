/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What became of an object that is not here any more: ipcclean tells the journal of each that it removes
 * (lib/log.h). libsystemd is loaded for the first question.
 */
#pragma once

#include "denial.h"

struct removal {
	char object[80]; /* "shm:5"; safe to print */
	int64_t uid;	 /* the owner's */
	time_t time;
};

struct removals; /* the journal, once it was asked */

/*
 * The first removal of the denial's object from a time on. Returns 1, 0 where none is known, or -ENOMEM;
 * *removals begins as NULL and is for removals_free().
 */
int removals_find(struct removals **removals, const struct denial *denial, time_t since,
		  struct removal *out);
void removals_free(struct removals *removals);
