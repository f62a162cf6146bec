/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * In which order? Limits that hold others go up first and come down last, so that whoever meets the
 * state in between meets no worse limit than before and after: with msgmax above msgmnb a message
 * passes msgsnd's check and then blocks for ever; with shmmax above shmall a segment of an allowed
 * size fails with ENOSPC, as if memory were used up. Counts go up before sizes, as they cost
 * nothing. Huge pages are last, when everything else is known to be taken: they take memory from
 * all others. The four of kernel.sem are one write.
 */
#include "apply_values.h"

#include <errno.h>

#include "object.h"

static const unsigned upwards[SYSCTL_VALUES_MAX] = {
	SYSCTL_SHMMNI,	   SYSCTL_SHMALL,    SYSCTL_SHMMAX,    SYSCTL_SEM,
	SYSCTL_MSGMNI,	   SYSCTL_MSGMNB,    SYSCTL_MSGMAX,    SYSCTL_MQ_MSG,
	SYSCTL_MQ_MSGSIZE, SYSCTL_MQ_QUEUES, SYSCTL_HUGEPAGES,
};

static const struct value_change *find(const struct value_changes *changes, unsigned id)
{
	for (size_t i = 0; i < changes->count; i++)
		if (changes->list[i].to.id == id)
			return &changes->list[i];
	return NULL;
}

/* The changes in their order into list[changes->count]. */
static void sort(const struct value_changes *changes, const struct value_change **list)
{
	size_t count = 0;

	for (size_t i = 0; i < SYSCTL_VALUES_MAX; i++) {
		const struct value_change *change = find(changes, upwards[i]);

		if (change && !sysctl_value_lowers(&change->to, &change->from))
			list[count++] = change;
	}
	for (size_t i = SYSCTL_VALUES_MAX; i-- > 0;) {
		const struct value_change *change = find(changes, upwards[i]);

		if (change && sysctl_value_lowers(&change->to, &change->from))
			list[count++] = change;
	}
}

static int set(int proc_sys, const struct value_change *change, uint64_t *granted,
	       struct value_failure *failure)
{
	struct value_failure here = {.change = change};
	int r = sysctl_value_write(proc_sys, &change->to, &here.got);

	if (r == SYSCTL_IN_FORCE)
		return 0;
	if (r == SYSCTL_PARTLY && granted) {
		*granted = here.got.numbers[0];
		return 0;
	}
	here.error = r < 0 ? r : 0;
	if (!failure->change)
		*failure = here;
	return -ECANCELED;
}

int value_changes_do(int proc_sys, const struct value_changes *changes, uint64_t *granted,
		     struct value_failure *failure)
{
	const struct value_change *list[SYSCTL_VALUES_MAX];
	int r = 0;

	*failure = (struct value_failure){0};
	*granted = OBJECT_UNKNOWN;
	sort(changes, list);
	for (size_t i = 0; i < changes->count && r == 0; i++)
		r = set(proc_sys, list[i], granted, failure);
	return r;
}

/* The way back from what there is now. One that can't be read is written in any case. */
static void turn_round(int proc_sys, const struct value_changes *changes,
		       struct value_changes *back)
{
	back->count = 0;
	for (size_t i = 0; i < changes->count; i++) {
		struct value_change change = {.from = changes->list[i].to,
					      .to = changes->list[i].from};

		if (sysctl_value_read(proc_sys, &change.from) < 0 ||
		    !sysctl_value_is_same(&change.from, &change.to))
			back->list[back->count++] = change;
	}
}

int value_changes_undo(int proc_sys, const struct value_changes *changes,
		       struct value_failure *failure)
{
	const struct value_change *list[SYSCTL_VALUES_MAX];
	struct value_changes back;
	int r = 0;

	*failure = (struct value_failure){0};
	turn_round(proc_sys, changes, &back);
	sort(&back, list);
	for (size_t i = 0; i < back.count; i++)
		if (set(proc_sys, list[i], NULL, failure) < 0)
			r = -ECANCELED;
	/* `back` ends here; the caller has the list that its changes are of */
	if (failure->change)
		failure->change = find(changes, failure->change->to.id);
	return r;
}
