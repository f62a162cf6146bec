/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which unit is meant, and what is known of it: for `service` and `baseline`. */
#pragma once

#include "manager.h"
#include "options.h"

struct unit {
	char name[UNIT_NAME_SIZE]; /* "" if not known: only with --uid= */
	bool has_manager;	   /* known is filled */
	struct manager_unit known;
	uid_t uid;	    /* --uid=, or the manager's word */
	const char *result; /* $SERVICE_RESULT, or the manager's word; NULL if not known */
};

/*
 * Finds the unit: the operand (".service" may be left out), or that of our own cgroup; and its user
 * from --uid= or the manager. Returns 0 with what unit_done() releases; else the error was printed,
 * with what to pass instead.
 */
int unit_find(const struct options *options, uint64_t timeout_ns, struct unit *unit);
void unit_done(struct unit *unit);
