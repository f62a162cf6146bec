/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How are statements run, and what does an error of SQLite mean to an administrator? Every text is one
 * of the constants below; what comes from outside is bound. In them @ stands for the columns of the figures,
 * # for as many question marks.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "cleanup.h"
#include "store_internal.h"
#include "text.h"

static const char *const texts[STATEMENT_COUNT_] = {
	[STATEMENT_FIND_PLACE] =
		"SELECT id, lists_of_hour, lists_of_day, hours, days FROM place WHERE name = ?",
	[STATEMENT_ADD_PLACE] = "INSERT INTO place (name) VALUES (?)",
	[STATEMENT_MARK_PLACE] = "UPDATE place SET lists_of_hour = ?2, lists_of_day = ?3, "
				 "hours = ?4, days = ?5 WHERE id = ?1",
	[STATEMENT_TIME_BEFORE] = "SELECT max(time) FROM sample WHERE place = ? AND time < ?",
	[STATEMENT_TIME_FROM] = "SELECT min(time) FROM sample WHERE place = ? AND time >= ?",
	[STATEMENT_OLDEST_KEPT] =
		"SELECT DISTINCT time / 86400 * 86400 FROM sample WHERE place = ? "
		"ORDER BY 1 DESC LIMIT 1 OFFSET ?",
	[STATEMENT_READ_ROWS] = "SELECT time, weight, list, @ FROM sample "
				"WHERE place = ? AND time >= ? AND time < ? ORDER BY time",
	[STATEMENT_READ_HUGE] = "SELECT time, size, pages, would FROM huge "
				"WHERE place = ? AND time >= ? AND time < ? ORDER BY time, size",
	[STATEMENT_PUT_ROW] = "INSERT OR REPLACE INTO sample (place, time, weight, list, @) "
			      "VALUES (?, ?, ?, ?, #)",
	[STATEMENT_PUT_HUGE] = "INSERT OR REPLACE INTO huge (place, time, size, pages, would) "
			       "VALUES (?, ?, ?, ?, ?)",
	[STATEMENT_SET_WEIGHT] = "UPDATE sample SET weight = ?3 WHERE place = ?1 AND time = ?2",
	[STATEMENT_FORGET_LIST] = "UPDATE sample SET list = NULL WHERE place = ? AND time = ?",
	[STATEMENT_DELETE_ROWS] = "DELETE FROM sample WHERE place = ? AND time >= ? AND time < ?",
	[STATEMENT_DELETE_HUGE] = "DELETE FROM huge WHERE place = ? AND time >= ? AND time < ?",
	[STATEMENT_FIND_LIST] = "SELECT id FROM list WHERE hash = ? AND text = ?",
	[STATEMENT_ADD_LIST] = "INSERT INTO list (hash, text) VALUES (?, ?)",
	[STATEMENT_READ_LIST] = "SELECT text FROM list WHERE id = "
				"(SELECT list FROM sample WHERE time = ?2 AND place = "
				"(SELECT id FROM place WHERE name = ?1))",
	[STATEMENT_DELETE_LIST] = "DELETE FROM list WHERE id = ?1 AND NOT EXISTS "
				  "(SELECT 1 FROM sample WHERE list = ?1)",
	[STATEMENT_OLDEST_LIST] = "SELECT min(id) FROM list",
	[STATEMENT_FORGET_OLDEST_LIST] = "UPDATE sample SET list = NULL WHERE list = ?",
};

int store_say(struct store *store, int r, const char *format, ...)
{
	va_list args;

	if (store->error->what)
		return r;
	store->error->file = strdup(store->file);
	va_start(args, format);
	if (vasprintf(&store->error->what, format, args) < 0)
		store->error->what = NULL;
	va_end(args);
	return r;
}

int store_fail_damaged(struct store *store, const char *what)
{
	return store_say(
		store, -EBADMSG,
		"damaged: %s; nothing was changed. Move it away, and the next ipctune record "
		"begins a new one; `sqlite3 %s .recover` prints what can be saved",
		what, store->file);
}

static bool is_disk_full(const struct store *store)
{
	struct statvfs fs;

	return statvfs(store->file, &fs) == 0 && fs.f_bavail == 0;
}

static int fail_full(struct store *store)
{
	return store_say(
		store, -ENOSPC,
		"its file system is full; nothing was recorded, what is there is whole. Free "
		"some room");
}

/* Readers need -wal and -shm, which who may not write to the directory can't make. */
static int fail_without_wal(struct store *store)
{
	return store_say(
		store, -EACCES,
		"its files -wal and -shm are not beside it, and only who may write to its "
		"directory can read it without: read it as root, or a copy in a directory of "
		"your own");
}

/* The file system refused: SQLite keeps its errno for some of its calls. */
static int fail_io(struct store *store, int extended)
{
	int e = sqlite3_system_errno(store->db);

	if (e == ENOSPC || e == EDQUOT || is_disk_full(store))
		return fail_full(store);
	if (extended == SQLITE_CANTOPEN && sqlite3_db_readonly(store->db, "main") == 1)
		return fail_without_wal(store);
	return store_say(store, e ? -e : -EIO, "%s (SQLite: %s); nothing was changed",
			 strerror(e ? e : EIO), sqlite3_errstr(extended));
}

static int fail_readonly(struct store *store, int extended)
{
	switch (extended) {
	case SQLITE_READONLY_DIRECTORY:
		return fail_without_wal(store);
	case SQLITE_READONLY_ROLLBACK:
	case SQLITE_READONLY_RECOVERY:
	case SQLITE_READONLY_CANTINIT:
		return store_say(
			store, -EBUSY,
			"who wrote it was interrupted; the next ipctune record puts it in order");
	default:
		return store_say(store, -EROFS, "can't be written; nothing was recorded");
	}
}

int store_fail(struct store *store)
{
	int extended = sqlite3_extended_errcode(store->db);

	switch (extended & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return store_say(
			store, -EBUSY,
			"others have been writing it for %d s; nothing was recorded. Try again",
			STORE_BUSY_S);
	case SQLITE_FULL:
		return fail_full(store);
	case SQLITE_READONLY:
		return fail_readonly(store, extended);
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_NOTADB:
		return store_say(
			store, -EBADMSG,
			"no SQLite database; nothing was changed. Move it away, or name another "
			"by --database=");
	case SQLITE_CANTOPEN:
	case SQLITE_IOERR:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return fail_io(store, extended);
	default:
		/* SQLITE_CORRUPT; SQLITE_ERROR, _MISMATCH, _TOOBIG: not the tables that we make */
		return store_fail_damaged(store, sqlite3_errmsg(store->db));
	}
}

int store_exec(struct store *store, const char *sql)
{
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : store_fail(store);
}

int store_number(struct store *store, const char *sql, int64_t *value)
{
	sqlite3_stmt *statement;
	int r;

	if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return store_fail(store);
	r = store_step(store, statement);
	if (r == 1)
		*value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return r == 0 ? store_fail_damaged(store, "it has no header") : r < 0 ? r : 0;
}

/* A column that an older database doesn't have yet was not measured. */
static void add_columns(const struct store *store, struct text *text, bool is_names)
{
	for (size_t i = 0; i < STORE_VALUE_COUNT; i++) {
		const char *name =
			store_column_version(i) > store->version ? "NULL" : store_column(i);

		text_add_format(text, "%s%s", i ? ", " : "", is_names ? name : "?");
	}
}

static int prepare(struct store *store, enum store_statement id)
{
	_cleanup_(text_done) struct text sql = {0};

	for (const char *c = texts[id]; *c; c++)
		if (*c == '@' || *c == '#')
			add_columns(store, &sql, *c == '@');
		else
			text_add_char(&sql, *c);
	if (sql.failed)
		return -ENOMEM;
	return sqlite3_prepare_v3(store->db, sql.bytes, -1, SQLITE_PREPARE_PERSISTENT,
				  &store->statements[id], NULL) == SQLITE_OK
		       ? 0
		       : store_fail(store);
}

sqlite3_stmt *store_statement(struct store *store, enum store_statement id, int *r)
{
	*r = store->statements[id] ? 0 : prepare(store, id);
	if (*r < 0)
		return NULL;
	sqlite3_reset(store->statements[id]);
	sqlite3_clear_bindings(store->statements[id]);
	return store->statements[id];
}

int store_bind(sqlite3_stmt *statement, int at, uint64_t value)
{
	if (value == OBJECT_UNKNOWN)
		return sqlite3_bind_null(statement, at);
	return sqlite3_bind_int64(statement, at, value > INT64_MAX ? INT64_MAX : (int64_t)value);
}

int store_step(struct store *store, sqlite3_stmt *statement)
{
	int rc = sqlite3_step(statement), r;

	if (rc == SQLITE_ROW)
		return 1;
	r = rc == SQLITE_DONE ? 0 : store_fail(store);
	sqlite3_reset(statement);
	return r;
}

int store_column_number(struct store *store, sqlite3_stmt *statement, int at, int64_t least,
			int64_t *value)
{
	*value = sqlite3_column_int64(statement, at);
	if (sqlite3_column_type(statement, at) == SQLITE_INTEGER && *value >= least)
		return 0;
	return store_fail_damaged(store, sqlite3_column_name(statement, at));
}

/* A year is a million of these: SQLite is asked as little as possible. */
int store_column_value(struct store *store, sqlite3_stmt *statement, int at, uint64_t *value)
{
	int type = sqlite3_column_type(statement, at);
	int64_t number = type == SQLITE_INTEGER ? sqlite3_column_int64(statement, at) : -1;

	*value = number >= 0 ? (uint64_t)number : OBJECT_UNKNOWN;
	if (number >= 0 || type == SQLITE_NULL)
		return 0;
	return store_fail_damaged(store, sqlite3_column_name(statement, at));
}

int store_run(struct store *store, enum store_statement id, int64_t *value, size_t count,
	      const int64_t *numbers)
{
	int r;
	sqlite3_stmt *statement = store_statement(store, id, &r);

	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++)
		sqlite3_bind_int64(statement, (int)i + 1, numbers[i]);
	r = store_step(store, statement);
	if (r == 1 && value)
		*value = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return r;
}
