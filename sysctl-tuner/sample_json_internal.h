/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What writing and reading samples have in common: where everything stands. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "sample.h"

#define SAMPLE_SECTIONS 6

/* The objects of a sample, in their order. */
extern const char *const sample_sections[SAMPLE_SECTIONS];

struct figure_member {
	const char *section, *name; /* NULL: added up from a list */
	const char *unit;
	bool is_text; /* written as a decimal string */
};

extern const struct figure_member figure_members[FIGURE_COUNT_];

#define OWNER_MEMBERS 11

struct owner_member {
	const char *name;
	size_t offset; /* of a uint64_t in struct sample_owner */
};

extern const struct owner_member owner_members[OWNER_MEMBERS];
