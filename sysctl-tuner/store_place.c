/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose samples are these, and how far were they thinned? */
#include <errno.h>

#include "store_internal.h"

int store_place_find(struct store *store, const char *name, struct store_place *place)
{
	int r;
	sqlite3_stmt *statement = store_statement(store, STATEMENT_FIND_PLACE, &r);

	if (r < 0)
		return r;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_TRANSIENT);
	r = store_step(store, statement);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	r = store_column_number(store, statement, 0, 1, &place->id);
	for (int i = 0; r == 0 && i < STAGE_COUNT_; i++)
		r = store_column_number(store, statement, i + 1, 0, &place->done[i]);
	sqlite3_reset(statement);
	return r;
}

int store_place_add(struct store *store, const char *name, struct store_place *place)
{
	int r;
	sqlite3_stmt *statement = store_statement(store, STATEMENT_ADD_PLACE, &r);

	if (r < 0)
		return r;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_TRANSIENT);
	r = store_step(store, statement);
	*place = (struct store_place){.id = sqlite3_last_insert_rowid(store->db)};
	return r;
}

int store_place_mark(struct store *store, const struct store_place *place)
{
	return STORE_RUN(store, STATEMENT_MARK_PLACE, NULL, place->id, place->done[0],
			 place->done[1], place->done[2], place->done[3]);
}
