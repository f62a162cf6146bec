/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The drop-ins that ipcharden writes. Those of an observation and of a trial lie below /run and are locked
 * by the ipcharden that needs them: one without a lock is what a killed one has left.
 */
#pragma once

#include <stdbool.h>

#include "target.h"
#include "unit_dropin.h"

#define DROPIN_HEADER "# Written by ipcharden"
#define DROPIN_PERMANENT "50-ipcharden.conf"
#define DROPIN_PERMANENT_DIR "/etc/systemd/system"
#define DROPIN_RUNTIME_DIR "/run/systemd/system"

extern const struct unit_dropin dropin_observe, dropin_trial; /* locked */
extern const struct unit_dropin dropin_tried;		      /* tried well, until the next boot */
extern const struct unit_dropin dropin_applied;

/*
 * Removes what killed ones have left, of all units, says so, and makes the manager read its files
 * again. Returns 0, -EBUSY if the unit is in another ipcharden's hands now, or another errno, said.
 */
int dropins_clear_up(struct target *target);

/* Writes or removes one and makes the manager read it. 0 or a negative errno, said. */
int dropins_put(struct target *target, const struct unit_dropin *dropin, const char *text,
		int *held);
int dropins_take_away(struct target *target, const struct unit_dropin *dropin);

/* The text of the unit's, to be freed. 0, -ENOENT, -EEXIST for one that isn't ours, or another errno. */
int dropins_read(const struct unit_dropin *dropin, const char *unit, char **text);
