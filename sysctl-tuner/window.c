/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The trend is Theil and Sen's: the median of the slopes between all pairs of days' maxima, which single
 * spikes don't move; and it counts only where Mann and Kendall's test says that the days do rise (95 %).
 * Whole numbers throughout: sizes pass 2^53.
 */
#include "window.h"

#include <errno.h>
#include <stdlib.h>

#include "cleanup.h"
#include "object.h"
#include "saturate.h"

#define DAY_S 86400
/* The last so many days: pairs grow with the square. */
#define TREND_DAYS_MAX 400

struct weighted {
	uint64_t value, weight;
};

struct day {
	int64_t number; /* since 1970 */
	uint64_t maximum;
};

static int by_value(const void *a, const void *b)
{
	const struct weighted *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

/* The smallest value that is not exceeded for so many percent of the time. */
static uint64_t percentile(const struct weighted *list, size_t count, uint64_t total,
			   unsigned percent)
{
	unsigned __int128 wanted = (unsigned __int128)total * percent, sum = 0;

	for (size_t i = 0; i < count; i++) {
		sum += (unsigned __int128)list[i].weight * 100;
		if (sum >= wanted)
			return list[i].value;
	}
	return list[count - 1].value;
}

static void read_percentiles(struct weighted *list, size_t count, struct peak *peak)
{
	uint64_t total = 0;

	qsort(list, count, sizeof(*list), by_value);
	for (size_t i = 0; i < count; i++)
		saturate_add(&total, list[i].weight);
	peak->p50 = percentile(list, count, total, 50);
	peak->p95 = percentile(list, count, total, 95);
	peak->p99 = percentile(list, count, total, 99);
}

/* Adds a sample to the days, whose numbers rise. */
static void add_to_day(struct day *days, size_t *count, time_t time, uint64_t value)
{
	int64_t number = time / DAY_S;

	if (*count && days[*count - 1].number == number) {
		if (days[*count - 1].maximum < value)
			days[*count - 1].maximum = value;
		return;
	}
	days[(*count)++] = (struct day){number, value};
}

static int by_slope(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* What TREND_AHEAD_DAYS add at the pace between two days, rounded towards 0. */
static int64_t slope_of(const struct day *a, const struct day *b)
{
	__int128 rise = (__int128)b->maximum - (__int128)a->maximum;
	__int128 slope = rise * TREND_AHEAD_DAYS / (b->number - a->number);

	if (slope > INT64_MAX)
		return INT64_MAX;
	return slope < INT64_MIN ? INT64_MIN : (int64_t)slope;
}

/* S^2 > (1.96)^2 * n(n-1)(2n+5)/18, Mann and Kendall's test for a rise */
static bool is_rising(int64_t s, size_t n)
{
	__int128 variance = (__int128)(n * (n - 1)) * (__int128)(2 * n + 5);

	return s > 0 && (__int128)s * s * 18 * 10000 > variance * 38416;
}

/* Mann and Kendall's S: how many pairs of days rise, less those that fall. */
static int64_t kendall_of(const struct day *days, size_t count)
{
	int64_t s = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count; j++)
			s += (days[j].maximum > days[i].maximum) -
			     (days[j].maximum < days[i].maximum);
	return s;
}

static int read_slope(const struct day *days, size_t count, struct peak *peak)
{
	size_t pairs = count * (count - 1) / 2, at = 0;
	_cleanup_free_ int64_t *slopes = NULL;

	/* first, for all pairs' slopes are what takes time */
	if (!is_rising(kendall_of(days, count), count))
		return 0;
	slopes = calloc(pairs, sizeof(*slopes));
	if (!slopes)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count; j++)
			slopes[at++] = slope_of(&days[i], &days[j]);
	qsort(slopes, pairs, sizeof(*slopes), by_slope);
	if (slopes[pairs / 2] > 0)
		peak->ahead =
			slopes[pairs / 2] == INT64_MAX ? SATURATED : (uint64_t)slopes[pairs / 2];
	return 0;
}

/* Drawn out from the last week's maximum; a spike long ago may be above all that. */
static void read_growth(const struct day *days, size_t count, struct peak *peak)
{
	uint64_t level = 0;

	for (size_t i = 0; i < count; i++)
		if (days[i].number > days[count - 1].number - 7 && days[i].maximum > level)
			level = days[i].maximum;
	saturate_add(&level, peak->ahead);
	peak->growth = level > peak->value ? level - peak->value : 0;
}

static int read_trend(const struct day *days, size_t count, struct peak *peak)
{
	int r;

	peak->days = (unsigned)count;
	if (count < TREND_LEAST_DAYS)
		return 0;
	if (count > TREND_DAYS_MAX) {
		days += count - TREND_DAYS_MAX;
		count = TREND_DAYS_MAX;
	}
	r = read_slope(days, count, peak);
	if (r == 0 && peak->ahead)
		read_growth(days, count, peak);
	return r;
}

int window_peak(const struct window *window, enum figure_id figure, struct peak *peak)
{
	size_t most = window->samples->count, count = 0, day_count = 0;
	_cleanup_free_ struct weighted *list = calloc(most + 1, sizeof(*list));
	_cleanup_free_ struct day *days = calloc(most + 1, sizeof(*days));

	*peak = (struct peak){0};
	if (!list || !days)
		return -ENOMEM;
	for (size_t i = 0; i < most; i++) {
		uint64_t value = window->samples->list[i].figures[figure];

		if (value == OBJECT_UNKNOWN)
			continue;
		if (!peak->is_measured || value > peak->value) {
			peak->value = value;
			peak->sample = i;
		}
		peak->is_measured = true;
		list[count++] = (struct weighted){value, window->weights ? window->weights[i] : 1};
		add_to_day(days, &day_count, window->samples->list[i].time, value);
	}
	if (!count)
		return 0;
	read_percentiles(list, count, peak);
	return read_trend(days, day_count, peak);
}

struct peak window_huge_peak(const struct window *window, uint64_t size, bool would)
{
	struct peak peak = {0};

	for (size_t i = 0; i < window->samples->count; i++) {
		const struct sample *sample = &window->samples->list[i];

		peak.is_measured |= sample->figures[FIGURE_SHM_SEGMENTS] != OBJECT_UNKNOWN;
		for (size_t h = 0; h < sample->huge_count; h++) {
			const struct sample_huge *huge = &sample->huge[h];
			uint64_t pages = huge->pages == OBJECT_UNKNOWN ? 0 : huge->pages;

			if (huge->size != size)
				continue;
			if (would && huge->would != OBJECT_UNKNOWN)
				saturate_add(&pages, huge->would);
			if (pages > peak.value) {
				peak.value = pages;
				peak.sample = i;
			}
		}
	}
	return peak;
}
