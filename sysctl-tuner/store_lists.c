/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who made it up? A sample's lists, as text, once for all samples that have the same: a host where nothing
 * changes pays nothing for them. Where they change every minute, thinning leaves those of the maxima; and
 * what no rule bounds, hundreds of owners that come and go, a ceiling does: the oldest lists are forgotten,
 * never a figure.
 */
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "store_internal.h"

/* Figures alone come to less than half of it in a year, even when they are random (bench/tune_store.c). */
#define FILE_SIZE_LIMIT (40 * 1024 * 1024)
/* A sample adds one list of at most a few times the size of an average one. */
#define FORGOTTEN_AT_ONCE 16

/* FNV-1a: finds the text again; it is compared as well, so that a collision does no harm. */
static int64_t hash(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return (int64_t)h;
}

static int with_text(struct store *store, enum store_statement id, const char *text, int64_t *list)
{
	int r;
	sqlite3_stmt *statement = store_statement(store, id, &r);

	if (r < 0)
		return r;
	sqlite3_bind_int64(statement, 1, hash(text));
	sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC);
	r = store_step(store, statement);
	if (r == 1)
		*list = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return r;
}

int store_list_put(struct store *store, const struct sample *sample, int64_t *list)
{
	_cleanup_free_ char *text = NULL;
	int r;

	*list = 0;
	if (sample->segment_count == 0 && sample->owner_count == 0 && !sample->host)
		return 0;
	/* without json-c the figures are worth having still */
	text = sample_detail_text(sample);
	if (!text)
		return 0;
	r = with_text(store, STATEMENT_FIND_LIST, text, list);
	if (r == 0) {
		r = with_text(store, STATEMENT_ADD_LIST, text, list);
		*list = sqlite3_last_insert_rowid(store->db);
	}
	return r < 0 ? r : 0;
}

int store_list_release(struct store *store, int64_t list)
{
	return list ? STORE_RUN(store, STATEMENT_DELETE_LIST, NULL, list) : 0;
}

static int is_too_large(struct store *store)
{
	int64_t pages = 0, unused = 0, size = 1;
	int r = store_number(store, "PRAGMA page_count", &pages);

	if (r == 0)
		r = store_number(store, "PRAGMA freelist_count", &unused);
	if (r == 0)
		r = store_number(store, "PRAGMA page_size", &size);
	return r < 0 ? r : pages - unused > FILE_SIZE_LIMIT / size;
}

int store_lists_limit(struct store *store)
{
	int r = is_too_large(store);

	for (int i = 0; r == 1 && i < FORGOTTEN_AT_ONCE; i++) {
		int64_t list = 0;

		r = store_run(store, STATEMENT_OLDEST_LIST, &list, 0, NULL);
		if (r < 0 || list == 0)
			return r < 0 ? r : 0;
		r = STORE_RUN(store, STATEMENT_FORGET_OLDEST_LIST, NULL, list);
		if (r == 0)
			r = store_list_release(store, list);
		r = r < 0 ? r : 1;
	}
	return r < 0 ? r : 0;
}
