/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The proposal for a unit, from its stored observation. */
#pragma once

#include "proposal.h"
#include "target.h"

/*
 * Facts of the target are from then on those without what ipcharden has put in place. Returns 0, and
 * both for their ..._done(); or a negative errno, said: -ENOENT for a unit that was not observed.
 */
int propose_for(struct target *target, struct observation *observation, struct proposal *proposal);
