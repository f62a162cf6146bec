/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of a list of objects is a denial about? */
#pragma once

#include "denial.h"
#include "inventory.h"
#include "procs.h"

enum match {
	MATCH_NONE,
	MATCH_KEY,  /* the one object that has the key */
	MATCH_ID,   /* by the id, its key not against it */
	MATCH_NAME, /* the file of that name, its inode not against it */
	MATCH_TIME, /* the only one of its kind without a key that was there: likely, no more */
	MATCH_COUNT_
};

const char *match_name(enum match match);

/* Of a denial that has a kind. Where the answer isn't MATCH_NONE, *object is the object's place in the list. */
enum match match_find(const struct inventory *inv, const struct procs *procs,
		      const struct denial *denial, size_t *object);

/* The SELinux context of a process, to be freed; NULL if it can't be read. */
char *match_label(const struct procs *procs, pid_t pid);
