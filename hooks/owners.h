/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known about each uid that owns objects: asked once a uid and run. */
#pragma once

#include <stddef.h>

#include "config.h"
#include "policy.h"
#include "procs.h"

struct owners {
	const struct config *config;
	const struct procs *procs;
	const char *unit; /* whose processes presence.in_unit counts; NULL if none */
	struct owner_state *all;
	size_t count;
};

/* The state of a uid. Returns 0 and a copy, or -ENOMEM. */
int owners_get(struct owners *owners, uid_t uid, struct owner_state *state);
void owners_done(struct owners *owners);
