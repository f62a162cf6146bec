/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A plan comes into force, and into /etc/sysctl.d/90-ipctune.conf. Values first, each read back, and on any
 * mismatch all of them back to what they were; the file last, in one step; so that a run that is killed leaves
 * either file whole and, at worst, limits that are higher than the file says.
 */
#pragma once

#include <stdio.h>

#include "patterns.h"
#include "plan.h"

#define APPLY_FILE_NAME "90-ipctune.conf"

/* Where things are: all below root ("" for the host's own; tests). */
struct apply_paths {
	const char *root; /* <root>/etc/sysctl.d, <root>/proc/sys, <root>/var/lib/ipcguard */
};

/* The text of the file for a plan: the same plan, the same bytes. Returns 0 or a negative errno. */
int apply_print_file(FILE *out, const struct plan *plan);
