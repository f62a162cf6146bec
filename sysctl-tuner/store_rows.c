/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How is a sample a row? Its figures are columns by their names, so that any tool that reads SQLite can
 * plot them; huge pages, whose sizes differ between machines, are rows of a table beside it. What is read
 * may be damaged: a value that we can't have written is an error, never a figure.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "store_internal.h"

/* more than the samples of one second each that thinning lets stand, over 5 years and a few places */
#define ROWS_MAX 2000000

uint64_t store_value(const struct sample *sample, size_t column)
{
	return column < FIGURE_COUNT_ ? sample->figures[column] : sample->failed_hugepages;
}

void store_set_value(struct sample *sample, size_t column, uint64_t value)
{
	if (column < FIGURE_COUNT_)
		sample->figures[column] = value;
	else
		sample->failed_hugepages = value;
}

const char *store_column(size_t column)
{
	return column < FIGURE_COUNT_ ? figure_name((enum figure_id)column) : "failed_hugepages";
}

void store_rows_done(struct store_rows *rows)
{
	samples_done(&rows->samples);
	free(rows->weights);
	free(rows->lists);
	*rows = (struct store_rows){0};
}

static int make_room(struct store_rows *rows)
{
	size_t wanted = rows->allocated ? 2 * rows->allocated : 64;
	uint64_t *weights;
	int64_t *lists;

	if (rows->samples.count < rows->allocated)
		return 0;
	weights = reallocarray(rows->weights, wanted, sizeof(*weights));
	if (weights)
		rows->weights = weights;
	lists = reallocarray(rows->lists, wanted, sizeof(*lists));
	if (lists)
		rows->lists = lists;
	if (!weights || !lists)
		return -ENOMEM;
	rows->allocated = wanted;
	return 0;
}

static int read_row(struct store *store, sqlite3_stmt *statement, struct store_rows *rows)
{
	size_t n = rows->samples.count;
	struct sample *sample;
	int64_t time, weight;
	uint64_t value;
	int r;

	if (n >= ROWS_MAX)
		return store_fail_damaged(store, "more samples than ipctune keeps");
	if (make_room(rows) < 0 || !(sample = samples_append(&rows->samples)))
		return -ENOMEM;
	r = store_column_number(store, statement, 0, 0, &time);
	if (r == 0)
		r = store_column_number(store, statement, 1, 0, &weight);
	if (r < 0)
		return r;
	sample->time = (time_t)time;
	rows->weights[n] = (uint64_t)weight;
	rows->lists[n] = sqlite3_column_int64(statement, 2);
	for (size_t i = 0; r == 0 && i < STORE_VALUE_COUNT; i++) {
		r = store_column_value(store, statement, (int)i + 3, &value);
		store_set_value(sample, i, value);
	}
	return r;
}

static int read_huge(struct store *store, sqlite3_stmt *statement, struct sample *sample)
{
	struct sample_huge *huge = &sample->huge[sample->huge_count];
	int64_t size;
	int r;

	if (sample->huge_count >= HUGEPAGE_SIZES_MAX)
		return store_fail_damaged(store, "a sample with too many sizes of huge pages");
	r = store_column_number(store, statement, 1, 1, &size);
	if (r == 0)
		r = store_column_value(store, statement, 2, &huge->pages);
	if (r == 0)
		r = store_column_value(store, statement, 3, &huge->would);
	huge->size = (uint64_t)size;
	sample->huge_count++;
	return r;
}

static sqlite3_stmt *range(struct store *store, enum store_statement id, int64_t place,
			   int64_t from, int64_t to, int *r)
{
	sqlite3_stmt *statement = store_statement(store, id, r);

	if (statement) {
		sqlite3_bind_int64(statement, 1, place);
		sqlite3_bind_int64(statement, 2, from);
		sqlite3_bind_int64(statement, 3, to);
	}
	return statement;
}

/* Both are in the order of time; huge pages of no sample are left out. */
static int read_all_huge(struct store *store, sqlite3_stmt *statement, struct samples *samples)
{
	size_t at = 0;
	int r;

	while ((r = store_step(store, statement)) == 1) {
		int64_t time = sqlite3_column_int64(statement, 0);

		while (at < samples->count && samples->list[at].time < time)
			at++;
		if (at == samples->count || samples->list[at].time != time)
			continue;
		r = read_huge(store, statement, &samples->list[at]);
		if (r < 0)
			break;
	}
	sqlite3_reset(statement);
	return r;
}

int store_rows_read(struct store *store, int64_t place, int64_t from, int64_t to,
		    struct store_rows *rows)
{
	int r;
	sqlite3_stmt *statement = range(store, STATEMENT_READ_ROWS, place, from, to, &r);

	if (r < 0)
		return r;
	while ((r = store_step(store, statement)) == 1) {
		r = read_row(store, statement, rows);
		if (r < 0)
			break;
	}
	sqlite3_reset(statement);
	if (r == 0 && (statement = range(store, STATEMENT_READ_HUGE, place, from, to, &r)))
		r = read_all_huge(store, statement, &rows->samples);
	return r;
}

static int put_huge(struct store *store, int64_t place, time_t time, const struct sample_huge *huge)
{
	int r;
	sqlite3_stmt *statement = range(store, STATEMENT_PUT_HUGE, place, time, 0, &r);

	if (r < 0)
		return r;
	store_bind(statement, 3, huge->size);
	store_bind(statement, 4, huge->pages);
	store_bind(statement, 5, huge->would);
	return store_step(store, statement);
}

int store_row_put(struct store *store, int64_t place, const struct sample *sample, uint64_t weight,
		  int64_t list)
{
	int r;
	sqlite3_stmt *statement = range(store, STATEMENT_PUT_ROW, place, sample->time, 0, &r);

	if (r < 0)
		return r;
	store_bind(statement, 3, weight);
	store_bind(statement, 4, list ? (uint64_t)list : OBJECT_UNKNOWN);
	for (size_t i = 0; i < STORE_VALUE_COUNT; i++)
		store_bind(statement, (int)i + 5, store_value(sample, i));
	r = store_step(store, statement);
	for (size_t i = 0; r == 0 && i < sample->huge_count; i++)
		if (sample->huge[i].pages || sample->huge[i].would)
			r = put_huge(store, place, sample->time, &sample->huge[i]);
	return r;
}

int store_rows_delete(struct store *store, int64_t place, int64_t from, int64_t to)
{
	int r = STORE_RUN(store, STATEMENT_DELETE_ROWS, NULL, place, from, to);

	return r < 0 ? r : STORE_RUN(store, STATEMENT_DELETE_HUGE, NULL, place, from, to);
}
