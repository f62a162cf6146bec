/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is there a database that can be used, and what is in it? What is opened may come from anywhere: no
 * function, trigger or view of the file's own runs, and nothing is written before it is known to be ours. Readers
 * in WAL mode need its files -wal and -shm: a writer leaves both behind (empty), so that who may not
 * write to the directory can read, also while nobody has the database open.
 */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "store_internal.h"

/* of a text or a row: a list is a few ten KiB */
#define LENGTH_MAX (1024 * 1024)

static int make_directory(struct store *store)
{
	_cleanup_free_ char *dir = strdup(store->file);
	char *slash = dir ? strrchr(dir, '/') : NULL;

	if (!dir)
		return -ENOMEM;
	if (!slash || slash == dir)
		return 0;
	*slash = '\0';
	/* whatever the umask is */
	if (mkdir(dir, 0755) == 0 && chmod(dir, 0755) == 0)
		return 0;
	if (errno == EEXIST)
		return 0;
	return store_say(store, -errno, "%s can't be made: %s; name another by --database=", dir,
			 strerror(errno));
}

/* Whatever the umask is: every user may read it. SQLite gives -wal and -shm the same mode. */
static int make_file(struct store *store)
{
	_cleanup_close_ int fd = -1;
	int r = make_directory(store);

	if (r < 0)
		return r;
	fd = open(store->file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0 || fchmod(fd, 0644) < 0)
		return store_say(store, -errno,
				 "can't be made: %s; name another by --database=", strerror(errno));
	return 0;
}

static int check_file(struct store *store, enum store_mode mode)
{
	struct stat st;

	if (stat(store->file, &st) < 0) {
		if (errno != ENOENT)
			return store_say(store, -errno, "%s", strerror(errno));
		if (mode == STORE_WRITE)
			return make_file(store);
		return store_say(store, -ENOENT,
				 "no sample was recorded yet: ipctune record takes one");
	}
	if (!S_ISREG(st.st_mode))
		return store_say(store, -EBADMSG, "not a file; name another by --database=");
	if (access(store->file, mode == STORE_WRITE ? R_OK | W_OK : R_OK) < 0)
		return store_say(store, -errno, "can't be %s: %s",
				 mode == STORE_WRITE ? "written" : "read", strerror(errno));
	return 0;
}

/* sqlite.org/security.html; what an older SQLite doesn't know of it has no effect there */
static int distrust(struct store *store)
{
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
#ifdef SQLITE_DBCONFIG_ENABLE_VIEW
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, (int *)NULL);
#endif
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)NULL);
	sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
	return store_exec(store, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; "
				 "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY");
}

static int open_database(struct store *store, enum store_mode mode)
{
	int flags = mode == STORE_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	/* one thread uses it */
	int rc = sqlite3_open_v2(store->file, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	int on = 1, r;

	if (rc != SQLITE_OK)
		return store->db ? store_fail(store) : -ENOMEM;
	sqlite3_extended_result_codes(store->db, 1);
	sqlite3_busy_timeout(store->db, STORE_BUSY_S * 1000);
	sqlite3_file_control(store->db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	r = distrust(store);
	return r == 0 ? store_check_schema(store, mode) : r;
}

int store_open(struct store **out, const char *file, enum store_mode mode,
	       struct parse_error *error)
{
	struct store *store = calloc(1, sizeof(*store));
	int r;

	if (!store)
		return -ENOMEM;
	store->error = error;
	store->file = strdup(file);
	r = store->file ? check_file(store, mode) : -ENOMEM;
	if (r == 0)
		r = open_database(store, mode);
	if (r < 0) {
		store_close(store);
		return r;
	}
	*out = store;
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < STATEMENT_COUNT_; i++)
		sqlite3_finalize(store->statements[i]);
	sqlite3_close(store->db);
	free(store->file);
	free(store);
}
