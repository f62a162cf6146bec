/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is what was applied still in force? After a reboot another file, another tool or the boot itself may have set
 * a sysctl that /etc/sysctl.d/90-ipctune.conf names.
 */
#pragma once

#include "analysis.h"

struct drift {
	const char *name; /* of the sysctl */
	const struct sysctl_line *ours;
	char current[SYSCTL_TEXT_SIZE];
	const struct sysctl_line
		*winner; /* the line that wins over ours at boot; NULL: ours does */
};

#define DRIFTS_MAX (SYSCTL_COUNT_ + 1)

struct drifts {
	struct drift list[DRIFTS_MAX];
	size_t count;
};

/* Compares the file with what is in force; nothing where there is no file of ours. */
void drifts_find(struct drifts *drifts, const struct analysis *analysis);
