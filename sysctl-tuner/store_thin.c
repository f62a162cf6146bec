/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What may go? Time is cut into buckets, hours and days of UTC; once every second of one is old enough, only
 * the samples that store_keep() chooses stay of it, and before that, only those keep their lists. The
 * work of a sample that comes in is the buckets that became old with it; after a pause, or with a clock
 * that was wrong, a few at a time. A clock that was wrong thus costs resolution, never a maximum; and the
 * oldest days go by their number, not by their age.
 */
#include <errno.h>
#include <stdlib.h>

#include "cleanup.h"
#include "store_internal.h"

#define HOUR INT64_C(3600)
#define DAY INT64_C(86400)
#define DAYS_KEPT (5 * 366)
#define BUCKETS_AT_ONCE 24

static const struct {
	int64_t age, bucket; /* seconds */
	bool is_lists;	     /* only the lists go */
} stages[STAGE_COUNT_] = {
	[STAGE_LISTS_OF_HOUR] = {HOUR, HOUR, true},
	[STAGE_LISTS_OF_DAY] = {2 * DAY, DAY, true},
	[STAGE_HOURS] = {7 * DAY, HOUR, false},
	[STAGE_DAYS] = {60 * DAY, DAY, false},
};

static int64_t edge(int64_t time, int64_t bucket)
{
	return time - time % bucket;
}

void store_thin_note(struct store_place *place, int64_t time)
{
	for (int i = 0; i < STAGE_COUNT_; i++)
		if (place->done[i] > time)
			place->done[i] = edge(time, stages[i].bucket);
}

static int drop_list(struct store *store, const struct store_place *place,
		     const struct store_rows *rows, size_t i)
{
	int r = STORE_RUN(store, STATEMENT_FORGET_LIST, NULL, place->id,
			  rows->samples.list[i].time);

	return r < 0 ? r : store_list_release(store, rows->lists[i]);
}

static int drop_row(struct store *store, const struct store_place *place,
		    const struct store_rows *rows, size_t i)
{
	int64_t time = rows->samples.list[i].time;
	int r = store_rows_delete(store, place->id, time, time + 1);

	return r < 0 ? r : store_list_release(store, rows->lists[i]);
}

static int drop_rows(struct store *store, const struct store_place *place, struct store_rows *rows,
		     const bool *keep)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < rows->samples.count; i++)
		if (!keep[i])
			r = drop_row(store, place, rows, i);
	return r;
}

static int write_weights(struct store *store, const struct store_place *place,
			 const struct store_rows *rows, const bool *keep)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < rows->samples.count; i++) {
		uint64_t weight = rows->weights[i] > INT64_MAX ? INT64_MAX : rows->weights[i];

		if (keep[i])
			r = STORE_RUN(store, STATEMENT_SET_WEIGHT, NULL, place->id,
				      rows->samples.list[i].time, (int64_t)weight);
	}
	return r;
}

static int thin_rows(struct store *store, const struct store_place *place, struct store_rows *rows,
		     const bool *keep)
{
	int r = drop_rows(store, place, rows, keep);

	store_keep_weights(&rows->samples, keep, rows->weights);
	return r == 0 ? write_weights(store, place, rows, keep) : r;
}

static int thin_lists(struct store *store, const struct store_place *place,
		      const struct store_rows *rows, const bool *keep)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < rows->samples.count; i++)
		if (!keep[i] && rows->lists[i])
			r = drop_list(store, place, rows, i);
	return r;
}

static int thin_bucket(struct store *store, const struct store_place *place, enum store_stage stage,
		       int64_t from)
{
	_cleanup_(store_rows_done) struct store_rows rows = {0};
	_cleanup_free_ bool *keep = NULL;
	int r = store_rows_read(store, place->id, from, from + stages[stage].bucket, &rows);

	if (r < 0 || rows.samples.count < 2)
		return r;
	keep = malloc(rows.samples.count * sizeof(*keep));
	if (!keep)
		return -ENOMEM;
	store_keep(&rows.samples, keep);
	return stages[stage].is_lists ? thin_lists(store, place, &rows, keep)
				      : thin_rows(store, place, &rows, keep);
}

/* The time of the first row from a time on, or INT64_MAX. */
static int first_from(struct store *store, const struct store_place *place, int64_t from,
		      int64_t *first)
{
	int64_t time = 0;
	int r = STORE_RUN(store, STATEMENT_TIME_FROM, &time, place->id, from);

	/* without a row, min() is NULL, which reads as 0 */
	*first = time >= from && time > 0 ? time : INT64_MAX;
	return r < 0 ? r : 0;
}

static int run_stage(struct store *store, struct store_place *place, enum store_stage stage,
		     int64_t now)
{
	int64_t bucket = stages[stage].bucket, end = edge(now - stages[stage].age, bucket), first;

	for (int i = 0; i < BUCKETS_AT_ONCE && place->done[stage] < end; i++) {
		int r = first_from(store, place, place->done[stage], &first);

		if (r < 0)
			return r;
		if (first >= end) {
			place->done[stage] = end;
			return 0;
		}
		r = thin_bucket(store, place, stage, edge(first, bucket));
		if (r < 0)
			return r;
		place->done[stage] = edge(first, bucket) + bucket;
	}
	return 0;
}

/* Days past the number that is kept; one a day comes to it. */
static int drop_oldest_days(struct store *store, const struct store_place *place)
{
	_cleanup_(store_rows_done) struct store_rows rows = {0};
	_cleanup_free_ bool *keep = NULL;
	int64_t last = -1;
	int r = STORE_RUN(store, STATEMENT_OLDEST_KEPT, &last, place->id, DAYS_KEPT);

	if (r <= 0)
		return r;
	r = store_rows_read(store, place->id, 0, last + DAY, &rows);
	if (r < 0)
		return r;
	keep = calloc(rows.samples.count + 1, sizeof(*keep));
	return keep ? drop_rows(store, place, &rows, keep) : -ENOMEM;
}

int store_thin(struct store *store, struct store_place *place, int64_t now)
{
	int64_t days_before = place->done[STAGE_DAYS];
	int r = 0;

	for (int i = 0; r == 0 && i < STAGE_COUNT_; i++)
		r = run_stage(store, place, (enum store_stage)i, now);
	if (r == 0 && place->done[STAGE_DAYS] != days_before)
		r = drop_oldest_days(store, place);
	return r;
}
