/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which services of this host use which objects, by the processes that made, last used or hold them. */
#pragma once

#include "audit.h"

struct unit_use {
	const char *unit;  /* of audit->whos */
	uint32_t *objects; /* in the inventory, each once, in rising order */
	size_t count, allocated;
	unsigned kinds; /* set of them */
};

#define UNIT_USES_MAX 64

struct unit_uses {
	struct unit_use all[UNIT_USES_MAX]; /* what is past them is left out */
	size_t count;
};

/*
 * Finds them; the snapshot holds what NEEDS_MAPPED, NEEDS_OPEN and NEEDS_WAITERS ask for. Returns 0 and
 * uses for unit_uses_done(), or -ENOMEM.
 */
int unit_uses_read(struct unit_uses *uses, struct audit *audit);
void unit_uses_done(struct unit_uses *uses);

/* The service of this host that a process is in, or NULL. */
const char *unit_of_process(struct audit *audit, pid_t pid);
