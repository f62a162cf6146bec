/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The unit that a command is about: found, and fit for it. Mistakes are said on standard error. */
#pragma once

#include "facts.h"
#include "procs.h"

#define TARGET_ASK_NS (30 * UINT64_C(1000000000))

/* The name as systemd has it, ".service" added where no type stands. 0 or -EINVAL. */
int target_name(const char *operand, char name[UNIT_NAME_SIZE]);

/* Connects to the manager, for connection_done(). 0 or a negative errno. */
int target_connect(struct connection *c);

/* Says why a unit could not be read, and returns r. */
int target_say(const char *unit, int r);

struct target {
	struct connection c;
	char name[UNIT_NAME_SIZE]; /* full, aliases resolved */
	struct unit_facts facts;
};

enum target_use {
	TARGET_READ,   /* only looked at */
	TARGET_CHANGE, /* drop-ins are written: root only, a unit that a file defines */
};

/*
 * Finds it. Returns 0 and a target for target_done(), or a negative errno, said: for a name that is
 * none, a unit that doesn't exist, one that is masked, and, to change, a transient one.
 */
int target_open(struct target *target, const char *operand, enum target_use use);
void target_done(struct target *target);

/* Connects to the manager once more, which has gone; it has half a minute to come back. 0 or -ENOTCONN. */
int target_reconnect(struct target *target);

/* Asks the manager for an act of the unit, as facts_act(), also where it has to be connected to again. */
int target_act(struct target *target, enum unit_verb verb);

/* Reads the facts again. */
int target_refresh(struct target *target);
