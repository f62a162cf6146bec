/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a window of samples says of one figure. Limits are sized by the maximum, never by a percentile:
 * crossing one is a failure, and who crosses it once a month fails once a month.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sample_json.h"

struct window {
	const struct samples *samples; /* in the order of time */
	const uint64_t *weights;       /* seconds that each stands for; NULL: all alike */
};

/* Days that a trend is drawn out for, and at least so many with samples are needed for one. */
#define TREND_AHEAD_DAYS 30
#define TREND_LEAST_DAYS 7

struct peak {
	bool is_measured;
	uint64_t value;		/* the maximum */
	size_t sample;		/* the first in which it was reached */
	uint64_t p50, p95, p99; /* for information */
	unsigned days;		/* with samples */
	uint64_t ahead;	 /* it grows by that in TREND_AHEAD_DAYS, where it surely does; else 0 */
	uint64_t growth; /* what that may add to the maximum */
};

/* Returns 0 or -ENOMEM. */
int window_peak(const struct window *window, enum figure_id figure, struct peak *peak);

/* The same of huge pages of a size, asked for with SHM_HUGETLB, or (would) that could be; no percentiles and no trend. */
struct peak window_huge_peak(const struct window *window, uint64_t size, bool would);
