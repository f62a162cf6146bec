/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every run of ipcavc does with a denial: is it wanted, and which object is it about? */
#pragma once

#include "live.h"
#include "options.h"
#include "print.h"

struct run {
	const struct options *options;
	struct print_style style;
	struct live live;
	bool is_live_tried, has_live;
	uint64_t denials; /* that were wanted */
};

/*
 * Whether the command line's filters let it through; counts it, and looks for its object. The look at the
 * host is taken for the first and used until run_forget_live().
 */
bool run_takes(struct run *run, const struct denial *denial, struct sighting *seen);

/* Time has passed: the next denial takes a new look at the host. Releases the old one. */
void run_forget_live(struct run *run);
