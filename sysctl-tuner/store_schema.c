/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is it a database of ours, and of which version? Known by SQLite's application id, so that a database of
 * somebody else is never written to; versions are in user_version, and migrations are the list below: the
 * n-th makes version n + 1 out of version n. A version that is newer than the list is refused.
 *
 * A sample is a row of its place and second; what was not measured is NULL. Its lists (JSON, sample_json.h)
 * stand once for all the samples that have the same.
 */
#include <errno.h>
#include <inttypes.h>

#include "cleanup.h"
#include "store_internal.h"
#include "text.h"

#define APPLICATION_ID 0x69706367 /* "ipcg" */

/* One that comes later is of a version of its own: store_column_version() tells it. */
_Static_assert(FIGURE_COUNT_ == 30, "each column has its version");

int64_t store_column_version(size_t column)
{
	return column == FIGURE_HUGEPAGES_USED ? 2 : 1;
}

static void version_1(struct text *sql)
{
	text_add(sql, "CREATE TABLE place (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
		      "lists_of_hour INTEGER NOT NULL DEFAULT 0, "
		      "lists_of_day INTEGER NOT NULL DEFAULT 0, "
		      "hours INTEGER NOT NULL DEFAULT 0, days INTEGER NOT NULL DEFAULT 0);"
		      "CREATE TABLE list (id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, "
		      "text TEXT NOT NULL);"
		      "CREATE INDEX list_hash ON list (hash);"
		      "CREATE TABLE sample (place INTEGER NOT NULL, time INTEGER NOT NULL, "
		      "weight INTEGER NOT NULL, list INTEGER, ");
	for (size_t i = 0; i < STORE_VALUE_COUNT; i++)
		if (store_column_version(i) == 1)
			text_add_format(sql, "%s INTEGER, ", store_column(i));
	text_add(sql, "PRIMARY KEY (place, time)) WITHOUT ROWID;"
		      "CREATE INDEX sample_list ON sample (list) WHERE list IS NOT NULL;"
		      "CREATE TABLE huge (place INTEGER NOT NULL, time INTEGER NOT NULL, "
		      "size INTEGER NOT NULL, pages INTEGER, would INTEGER, "
		      "PRIMARY KEY (place, time, size)) WITHOUT ROWID;");
}

/* Of the samples that are there already, the figure is not known. */
static void version_2(struct text *sql)
{
	text_add(sql, "ALTER TABLE sample ADD COLUMN hugepages_used INTEGER;");
}

static void (*const migrations[])(struct text *sql) = {version_1, version_2};
#define VERSION_NOW ((int64_t)(sizeof(migrations) / sizeof(migrations[0])))

/* Its version; 0 for an empty one. Refuses what isn't ours. */
static int read_version(struct store *store, int64_t *version)
{
	int64_t application, objects;
	int r = store_number(store, "PRAGMA application_id", &application);

	if (r == 0)
		r = store_number(store, "PRAGMA user_version", version);
	if (r == 0)
		r = store_number(store, "SELECT count(*) FROM sqlite_master", &objects);
	if (r < 0)
		return r;
	if (objects == 0 && application == 0 && *version == 0)
		return 0;
	if (application != APPLICATION_ID)
		return store_say(
			store, -EBADMSG,
			"a database of another program; nothing was changed. Name another by "
			"--database=");
	if (*version < 1 || *version > VERSION_NOW)
		return store_say(
			store, -EBADMSG,
			"of schema %" PRId64 ", and this ipctune knows up to %" PRId64
			"; nothing was changed. Update ipctune, or name another by --database=",
			*version, VERSION_NOW);
	return 0;
}

/* In a transaction of a writer: another process may have done it meanwhile. */
static int migrate(struct store *store)
{
	_cleanup_(text_done) struct text sql = {0};
	int64_t version;
	int r = read_version(store, &version);

	if (r < 0 || version == VERSION_NOW)
		return r;
	for (int64_t v = version; v < VERSION_NOW; v++)
		migrations[v](&sql);
	text_add_format(&sql, "PRAGMA application_id = %d; PRAGMA user_version = %" PRId64 ";",
			APPLICATION_ID, VERSION_NOW);
	return sql.failed ? -ENOMEM : store_exec(store, sql.bytes);
}

static int migrate_in_transaction(struct store *store)
{
	int r = store_exec(store, "BEGIN IMMEDIATE");

	if (r == 0)
		r = migrate(store);
	if (r == 0)
		r = store_exec(store, "COMMIT");
	if (r < 0)
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

/*
 * From here on in WAL mode: readers don't wait, and a power cut costs at most the last samples. Not before the
 * schema stands, so that the file itself, not its WAL, always tells whose it is. Where others hold it open
 * just now, the next one to open it does this.
 */
static int use_wal(struct store *store)
{
	int rc = sqlite3_exec(store->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);

	if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY)
		return store_fail(store);
	return store_exec(store, "PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 0");
}

/* In a transaction: of one moment, as another process may be about to make it ours. */
static int read_version_at_once(struct store *store, int64_t *version)
{
	int r = store_exec(store, "BEGIN");

	if (r < 0)
		return r;
	r = read_version(store, version);
	sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

int store_check_schema(struct store *store, enum store_mode mode)
{
	int64_t version;
	int r = read_version_at_once(store, &version);

	if (r < 0)
		return r;
	if (mode == STORE_READ && version == 0)
		return store_say(store, -ENOENT, "holds no sample yet: ipctune record takes one");
	/* as long as there is no table; to no effect later */
	if (mode == STORE_WRITE && version == 0)
		r = store_exec(store, "PRAGMA auto_vacuum = INCREMENTAL");
	if (r == 0 && mode == STORE_WRITE && version < VERSION_NOW)
		r = migrate_in_transaction(store);
	/* who only reads leaves it as it is */
	store->version = mode == STORE_WRITE ? VERSION_NOW : version;
	return r == 0 && mode == STORE_WRITE ? use_wal(store) : r;
}
