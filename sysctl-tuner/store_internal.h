/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The database from inside, for store_*.c: statements and their errors (store_sql.c), the schema
 * (store_schema.c), rows as samples (store_rows.c), lists (store_lists.c), thinning (store_thin.c,
 * store_keep.c).
 */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store.h"

/* How long a writer waits for others. */
#define STORE_BUSY_S 5

/* Prepared once, when first used. Their texts are in store_sql.c. */
enum store_statement {
	STATEMENT_FIND_PLACE,
	STATEMENT_ADD_PLACE,
	STATEMENT_MARK_PLACE,
	STATEMENT_TIME_BEFORE,
	STATEMENT_TIME_FROM,
	STATEMENT_OLDEST_KEPT,
	STATEMENT_READ_ROWS,
	STATEMENT_READ_HUGE,
	STATEMENT_PUT_ROW,
	STATEMENT_PUT_HUGE,
	STATEMENT_SET_WEIGHT,
	STATEMENT_FORGET_LIST,
	STATEMENT_DELETE_ROWS,
	STATEMENT_DELETE_HUGE,
	STATEMENT_FIND_LIST,
	STATEMENT_ADD_LIST,
	STATEMENT_READ_LIST,
	STATEMENT_DELETE_LIST,
	STATEMENT_OLDEST_LIST,
	STATEMENT_FORGET_OLDEST_LIST,
	STATEMENT_COUNT_
};

struct store {
	sqlite3 *db;
	char *file;
	int64_t version; /* of its schema, which a reader can't migrate */
	sqlite3_stmt *statements[STATEMENT_COUNT_];
	struct parse_error *error; /* of the call from outside that is running */
};

/* The columns of a row: the figures, then failed_hugepages. */
#define STORE_VALUE_COUNT (FIGURE_COUNT_ + 1)
uint64_t store_value(const struct sample *sample, size_t column);
void store_set_value(struct sample *sample, size_t column, uint64_t value);
const char *store_column(size_t column);

/* --- store_sql.c --- */

/* Says what went wrong in the store's error and returns r. */
int store_say(struct store *store, int r, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same from what SQLite said last. */
int store_fail(struct store *store);
/* -EBADMSG, for what can't be in a database that ipctune has written. */
int store_fail_damaged(struct store *store, const char *what);

/* Runs constant text without results. Returns 0 or an error. */
int store_exec(struct store *store, const char *sql);
/* The number that a text like "PRAGMA user_version" gives. */
int store_number(struct store *store, const char *sql, int64_t *value);

/* The statement, reset, with no values bound. NULL with the error said, in *r. */
sqlite3_stmt *store_statement(struct store *store, enum store_statement id, int *r);
/* Binds a number past INT64_MAX as that, and OBJECT_UNKNOWN as NULL. */
int store_bind(sqlite3_stmt *statement, int at, uint64_t value);
/* Goes to its next row. Returns 1 for a row, 0 at the end (reset then), or an error. */
int store_step(struct store *store, sqlite3_stmt *statement);
/* A column as a number of at least `least`: 0, or -EBADMSG. */
int store_column_number(struct store *store, sqlite3_stmt *statement, int at, int64_t least,
			int64_t *value);
/* The same, NULL as OBJECT_UNKNOWN. */
int store_column_value(struct store *store, sqlite3_stmt *statement, int at, uint64_t *value);
/*
 * Runs a statement with so many numbers bound. Returns 1 with the first column of its first row in *value
 * (NULL column: 0), 0 without a row, or an error.
 */
int store_run(struct store *store, enum store_statement id, int64_t *value, size_t count,
	      const int64_t *numbers);
#define STORE_RUN(store, id, value, ...)                                                      \
	store_run(store, id, value, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t), \
		  (const int64_t[]){__VA_ARGS__})

/* --- store_schema.c --- */

/* Makes the schema in a new database, or migrates that of an older one; refuses what isn't ipctune's. */
int store_check_schema(struct store *store, enum store_mode mode);
/* The version of the schema that brought a column. */
int64_t store_column_version(size_t column);

/* --- store_rows.c --- */

struct store_rows {
	struct samples samples;
	uint64_t *weights; /* seconds each stands for */
	int64_t *lists;	   /* 0: none */
	size_t allocated;  /* of the two */
};

/* The rows of a place from one second up to before another, in the order of time. */
int store_rows_read(struct store *store, int64_t place, int64_t from, int64_t to,
		    struct store_rows *rows);
void store_rows_done(struct store_rows *rows);

/* Writes a row with its huge pages, in the place of one that is there. */
int store_row_put(struct store *store, int64_t place, const struct sample *sample, uint64_t weight,
		  int64_t list);
/* Deletes the rows from one second up to before another. */
int store_rows_delete(struct store *store, int64_t place, int64_t from, int64_t to);

/* --- store_lists.c --- */

/* The number of the lists' text, the one that is there already if there is one. */
int store_list_put(struct store *store, const struct sample *sample, int64_t *list);
/* Deletes it if no row has it any more. */
int store_list_release(struct store *store, int64_t list);
/* Forgets the oldest lists while the file is too large. */
int store_lists_limit(struct store *store);

/* --- store_place.c --- */

/*
 * Each stage takes whole buckets whose every second is older than its age, once: `done` of the place says up
 * to where.
 */
enum store_stage { STAGE_LISTS_OF_HOUR, STAGE_LISTS_OF_DAY, STAGE_HOURS, STAGE_DAYS, STAGE_COUNT_ };

struct store_place {
	int64_t id;
	int64_t done[STAGE_COUNT_]; /* seconds since the epoch: the edge of a bucket */
};

/* -ENOENT: it has no samples. */
int store_place_find(struct store *store, const char *name, struct store_place *place);
int store_place_add(struct store *store, const char *name, struct store_place *place);
/* Writes how far it was thinned. */
int store_place_mark(struct store *store, const struct store_place *place);

/* --- store_thin.c --- */

/* A row has come in at that time: its buckets are to be thinned (again). */
void store_thin_note(struct store_place *place, int64_t time);
/* Does what is due at that time, but only so much. */
int store_thin(struct store *store, struct store_place *place, int64_t now);

/* --- store_keep.c --- */

/*
 * Which samples stay: those where a value first reached its highest. `keep` has a place for each of
 * them.
 */
void store_keep(const struct samples *samples, bool *keep);
/* Adds the weight of what goes to what is nearest in time and stays; the earlier of two. */
void store_keep_weights(const struct samples *samples, const bool *keep, uint64_t *weights);
