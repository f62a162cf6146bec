/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What happened to objects between two looks at them: which came, which went, which grew. */
#pragma once

#include "inventory.h"
#include "selection.h"

struct kind_changes {
	uint64_t objects, bytes, messages; /* now */
	uint64_t came, gone;		   /* since the last look */
	double growth;			   /* in bytes, since the last look */
};

struct changes {
	uint64_t elapsed_ns; /* since the last look; 0: this is the first */
	struct kind_changes kinds[KIND_COUNT_];
	/* bytes that an object of the inventory has more than at the last look, all of a new one */
	double *growth;
	/* what was seen, for the next look: sorted */
	struct seen {
		enum ipc_kind kind;
		uint32_t object; /* its index then */
		uint64_t
			identity; /* System V: the id, which is not given again soon; else the inode */
		uint64_t bytes;
	} * seen;
	size_t seen_count;
	uint64_t taken_ns;
};

/*
 * Compares the chosen objects of an inventory that was taken at taken_ns (CLOCK_MONOTONIC) with those
 * of the last call; *changes is zeroed before the first. Returns 0 or -ENOMEM; changes are for
 * changes_done() in any case.
 */
int changes_look(struct changes *changes, const struct inventory *inv,
		 const struct selection *objects, uint64_t taken_ns);
void changes_done(struct changes *changes);

/* So much since the last look, in a second. 0 at the first look. */
double changes_per_second(const struct changes *changes, double amount);
