/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps from evidence to a value, for recommend.c and recommend_huge.c; in this order. */
#pragma once

#include "recommend.h"

/* What products say of a target: the greatest, whose that is, and all together. */
void read_products(struct value *value, unsigned target, const struct request *request);

/* What is wanted by all that is known, and why; measured: with growth, margin and rounding. */
void want(struct value *value, uint64_t measured, bool is_shared);

/* What is recommended then, between what is in force and the cap, and what that means. */
void settle(struct value *value, bool may_lower);

/* Of the i-th size of the host; adds it. Returns 0 or -ENOMEM. */
int recommend_huge(struct recommendation *result, size_t i, const struct request *request);
