/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The catalogue in memory: filled by patterns_load.c, asked by patterns.c. */
#pragma once

#include "patterns.h"
#include "stringlist.h"

struct pattern {
	char *name, *software, *upstream;
	unsigned kinds;
	bool is_protected;
	struct string_list match, group, pid;
};

struct patterns {
	struct pattern *all; /* in the order in which they are asked */
	size_t count;
};
