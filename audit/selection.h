/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which objects are shown, and in which order. */
#pragma once

#include "columns.h"

struct selection {
	uint32_t *objects; /* indices in the inventory */
	size_t count;
};

/*
 * Takes the objects that the filters let through; by sort (a column, may be NULL), or in the order
 * of the inventory. is_descending: from large to small. Returns 0 and a selection for
 * selection_done(), or -ENOMEM.
 */
int selection_make(struct selection *selection, struct audit *audit, const struct column *sort,
		   bool is_descending);
/* What the filters rest on: set of audit_needs. */
unsigned selection_needs(const struct options *options);

void selection_done(struct selection *selection);

/* Puts the chosen ones into another order. Returns 0 or -ENOMEM. */
int selection_sort(struct selection *selection, struct audit *audit, const struct column *sort,
		   bool is_descending);
