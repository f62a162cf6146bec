/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Several values at once, in an order in which no step makes things worse; all, or none. */
#pragma once

#include "sysctl_values.h"

struct value_change {
	struct sysctl_value from, to;
};

/* What is to be changed; nothing for what is so already. */
struct value_changes {
	struct value_change list[SYSCTL_VALUES_MAX];
	size_t count;
};

/* Why it went wrong. */
struct value_failure {
	const struct value_change *change;
	int error;		 /* negative errno; 0: another value came into force */
	struct sysctl_value got; /* that one */
};

/*
 * Sets them all, each read back. Returns 0, with the huge pages that there are in *granted
 * (OBJECT_UNKNOWN: as many as wanted); or -ECANCELED at the first that fails, in *failure, with the
 * others before it changed.
 */
int value_changes_do(int proc_sys, const struct value_changes *changes, uint64_t *granted,
		     struct value_failure *failure);

/*
 * Puts all back to what they were, whatever they are now. Returns 0, or -ECANCELED with the first
 * that can't be in *failure; the rest is tried all the same.
 */
int value_changes_undo(int proc_sys, const struct value_changes *changes,
		       struct value_failure *failure);
