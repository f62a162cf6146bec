/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much IPC a unit is exposed to, as a number whose parts say why: from 0.0, nothing to do, to 10.0.
 * It weighs what an attacker inside the unit could reach, and what others could do to the unit's
 * objects; a way that the unit itself needs weighs little.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "calls.h"
#include "facts.h"

enum exposure_part {
	EXPOSED_OBJECTS, /* objects that every user may open */
	EXPOSED_NAMESPACE,
	EXPOSED_USER, /* others run as the same user */
	EXPOSED_PRIVILEGES,
	EXPOSED_SHM, /* calls that its filter leaves, of families that it doesn't use */
	EXPOSED_SEM,
	EXPOSED_MSG,
	EXPOSED_MQ,
	EXPOSED_PROCESS,
	EXPOSED_SUID,
	EXPOSED_LEFTOVERS,
	EXPOSED_UMASK,
	EXPOSED_COUNT_
};

struct exposure_facts {
	const struct unit_facts *unit;
	unsigned kinds;	      /* set of KIND_BIT(): objects that it uses */
	bool has_open_object; /* of mode o+r or o+w */
	bool shares_objects;  /* other units or sessions use some of them */
	bool shares_user;     /* not root's */
};

struct exposure {
	unsigned tenths[EXPOSED_COUNT_]; /* 0: not so */
	unsigned total;			 /* at most 100 */
};

void exposure_weigh(const struct exposure_facts *facts, struct exposure *exposure);

/* "objects", "namespace" ...: stable words. */
const char *exposure_word(enum exposure_part part);

/* Why it counts, one sentence, and what takes it away: a directive or a command. */
const char *exposure_reason(enum exposure_part part);
const char *exposure_remedy(enum exposure_part part);

/* The heaviest part; EXPOSED_COUNT_ if there is none. */
enum exposure_part exposure_worst(const struct exposure *exposure);

/* Whether a filter lets any call of the family through. */
bool exposure_lets_through(const struct manager_filter *filter, enum call_family family);
