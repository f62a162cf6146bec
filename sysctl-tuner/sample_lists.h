/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The lists of a sample while it is made: who is alike stands in them once. Most objects are like one of the
 * last few, so that these are looked at first; the rest is found by sorting in the end.
 */
#pragma once

#include "sample.h"

/* Adds `count` segments, with a copy of the unit's name. Returns 0 or -ENOMEM. */
int sample_add_segments(struct sample *sample, const struct sample_segments *segments);

/* The owner to add to, valid until the next call. NULL without memory. */
struct sample_owner *sample_owner_of(struct sample *sample, bool has_uid, uid_t uid,
				     const char *unit);

/* Puts those who are alike together, the largest first. */
void sample_sort_lists(struct sample *sample);
