/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What apply and revert have in common: values and a file take the place of others, or don't. */
#pragma once

#include "apply.h"
#include "apply_state.h"
#include "apply_values.h"

struct apply_run {
	const struct apply_request *request;
	int proc_sys;
	int dir;   /* /etc/sysctl.d; -1 in a dry run where it is missing */
	int state; /* what is noted for revert; -1 in a dry run where there is nothing */
	struct value_changes changes;
	struct apply_text present, wanted; /* the file */
};

/*
 * Opens all three places, waiting for others that apply, and reads the present file. Returns 0, or
 * APPLY_REFUSED with the reason said; apply_run_done() in any case.
 */
int apply_run_open(struct apply_run *run, const struct apply_request *request);
void apply_run_done(struct apply_run *run);

/* Adds a value that is wanted, if another is in force. Returns 0, or APPLY_REFUSED, said. */
int apply_run_add(struct apply_run *run, const struct sysctl_value *wanted);

bool apply_run_has_changes(const struct apply_run *run);

/* Leaves out the changes below what is in use, each of them said. Returns how many. */
size_t apply_run_spare_used(struct apply_run *run, bool lowers_unknown);

/* Whether all of it can be written; says what can't. */
bool apply_run_is_possible(const struct apply_run *run);

/* Prints what would change. Returns 0 or -ENOMEM. */
int apply_run_show(const struct apply_run *run);

/*
 * Makes the changes and prints them; or undoes them. Returns APPLY_DONE, APPLY_PARTLY, APPLY_UNDONE
 * or APPLY_BROKEN, said where it is not the first.
 */
int apply_run_carry_out(const struct apply_run *run);
