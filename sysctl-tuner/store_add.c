/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A sample comes in, and what is old goes, in one transaction: killed anywhere, either all of it was done or
 * nothing. Another writer waits for it; a reader doesn't.
 */
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "store_internal.h"

#define PLACE_NAME_MAX 255
/* the year 36812: sums of times and ages can't overflow */
#define TIME_MAX (INT64_C(1) << 40)
/* what a sample stands for, seconds: the time since the one before it, but no pause of the recording */
#define WEIGHT_ALONE 60
#define WEIGHT_MAX 600
/* pages that are given back to the file system at once, and how many may wait for being used again */
#define UNUSED_PAGES_MAX 512

static int weigh(struct store *store, const struct store_place *place, int64_t time,
		 uint64_t *weight)
{
	int64_t before = 0;
	int r = STORE_RUN(store, STATEMENT_TIME_BEFORE, &before, place->id, time);

	*weight = before <= 0 || time - before > WEIGHT_MAX ? WEIGHT_ALONE
							    : (uint64_t)(time - before);
	return r < 0 ? r : 0;
}

/* Raises each value to that of another sample. Returns whether one was higher. */
static bool raise_values(struct sample *sample, const struct sample *other)
{
	bool raises = false;

	for (size_t i = 0; i < STORE_VALUE_COUNT; i++)
		if (figure_is_higher(store_value(other, i), store_value(sample, i))) {
			store_set_value(sample, i, store_value(other, i));
			raises = true;
		}
	for (size_t i = 0; i < other->huge_count; i++)
		raises |= sample_raise_huge(sample, &other->huge[i]);
	return raises;
}

/* There is one of that second already: the higher of each value stays, and whose lists raised one. */
static int merge(struct store *store, const struct store_place *place, struct store_rows *rows,
		 const struct sample *sample)
{
	struct sample *there = &rows->samples.list[0];
	int64_t former = rows->lists[0], list = former;
	int r = 0;

	if (!raise_values(there, sample))
		return 0;
	r = store_list_put(store, sample, &list);
	if (r == 0)
		r = store_row_put(store, place->id, there, rows->weights[0], list);
	return r < 0 || list == former ? r : store_list_release(store, former);
}

static int put(struct store *store, const struct store_place *place, const struct sample *sample)
{
	_cleanup_(store_rows_done) struct store_rows rows = {0};
	uint64_t weight;
	int64_t list;
	int r = store_rows_read(store, place->id, sample->time, sample->time + 1, &rows);

	if (r < 0)
		return r;
	if (rows.samples.count)
		return merge(store, place, &rows, sample);
	r = weigh(store, place, sample->time, &weight);
	if (r == 0)
		r = store_list_put(store, sample, &list);
	return r < 0 ? r : store_row_put(store, place->id, sample, weight, list);
}

static int shrink_file(struct store *store)
{
	int64_t unused;
	int r = store_number(store, "PRAGMA freelist_count", &unused);

	if (r < 0 || unused <= UNUSED_PAGES_MAX)
		return r;
	return store_exec(store, "PRAGMA incremental_vacuum(64)");
}

static int add(struct store *store, const char *name, const struct sample *sample)
{
	struct store_place place;
	int r = store_place_find(store, name, &place);

	if (r == -ENOENT)
		r = store_place_add(store, name, &place);
	if (r == 0)
		r = put(store, &place, sample);
	if (r < 0)
		return r;
	store_thin_note(&place, sample->time);
	r = store_thin(store, &place, sample->time);
	if (r == 0)
		r = store_place_mark(store, &place);
	if (r == 0)
		r = store_lists_limit(store);
	return r == 0 ? shrink_file(store) : r;
}

int store_add(struct store *store, const char *place, const struct sample *sample,
	      struct parse_error *error)
{
	int r;

	store->error = error;
	if (sample->time < 0 || sample->time > TIME_MAX)
		return store_say(store, -EINVAL, "a sample of no time that is: %jd",
				 (intmax_t)sample->time);
	if (!*place || strlen(place) > PLACE_NAME_MAX)
		return store_say(store, -EINVAL, "a name of 1 to %d bytes, not '%s'",
				 PLACE_NAME_MAX, place);
	r = store_exec(store, "BEGIN IMMEDIATE");
	if (r == 0)
		r = add(store, place, sample);
	if (r == 0)
		r = store_exec(store, "COMMIT");
	if (r < 0)
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}
