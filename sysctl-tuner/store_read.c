/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was recorded of a place? Read in one transaction: of one moment, whatever a writer does meanwhile. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "store_internal.h"

static int read_rows(struct store *store, const char *name, time_t since, struct store_rows *rows)
{
	struct store_place place;
	int r = store_place_find(store, name, &place);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return store_rows_read(store, place.id, since, INT64_MAX, rows);
}

int store_read(struct store *store, const char *place, time_t since, struct samples *samples,
	       uint64_t **weights, struct parse_error *error)
{
	_cleanup_(store_rows_done) struct store_rows rows = {0};
	int r;

	store->error = error;
	r = store_exec(store, "BEGIN");
	if (r < 0)
		return r;
	r = read_rows(store, place, since, &rows);
	sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	if (r < 0)
		return r;
	*samples = rows.samples;
	rows.samples = (struct samples){0};
	if (weights)
		*weights = STEAL_PTR(rows.weights);
	return 0;
}

static int parse_lists(struct store *store, sqlite3_stmt *statement, struct sample *sample)
{
	const char *text = (const char *)sqlite3_column_text(statement, 0);
	int length = sqlite3_column_bytes(statement, 0), r = -EBADMSG;

	if (text && strlen(text) == (size_t)length)
		r = sample_detail_parse(sample, text);
	return r == -ENOMEM || r == -ENOSYS || r == 0 ? r : store_fail_damaged(store, "a list");
}

int store_read_lists(struct store *store, const char *place, struct sample *sample,
		     struct parse_error *error)
{
	sqlite3_stmt *statement;
	int r;

	store->error = error;
	statement = store_statement(store, STATEMENT_READ_LIST, &r);
	if (r < 0)
		return r;
	sqlite3_bind_text(statement, 1, place, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(statement, 2, sample->time);
	r = store_step(store, statement);
	if (r == 1)
		r = parse_lists(store, statement, sample);
	sqlite3_reset(statement);
	return r;
}
