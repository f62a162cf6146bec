/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The database of samples: SQLite in WAL mode, /var/lib/ipcguard/ipctune.db. Nothing in it is made up:
 * when samples get old (a week), of each hour and later (60 days) of each day the ones stay at which some
 * figure first reached the highest of it, so that no maximum is ever lost, nor when it was. Lists, which
 * tell who caused it, are there for samples of the last hour and then for the highest of each hour, after
 * two days of each day.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "patterns.h"
#include "sample_json.h"

#define STORE_FILE "/var/lib/ipcguard/ipctune.db"

struct store;

enum store_mode {
	STORE_READ,  /* must exist; also while another process writes */
	STORE_WRITE, /* made where it is missing, with its directory (0755; the file 0644) */
};

/*
 * Opens the database. Returns 0 and a store for store_close(); or, with the reason and what to do in
 * *error: -ENOENT (reading: there is none yet), -EBUSY (others wrote for longer than 5 s), -EBADMSG (no
 * database, damaged, or of a schema that this version doesn't know: nothing is changed then), -ENOSPC, -EROFS,
 * or another negative errno.
 */
int store_open(struct store **out, const char *file, enum store_mode mode,
	       struct parse_error *error);
void store_close(struct store *store);
static inline void store_closep(struct store **store)
{
	store_close(*store);
}

/*
 * Adds a sample of a place ("host", or a container's name), in one transaction with what has to be
 * thinned out for it. Of two of the same place and second each figure's higher value stays. Figures
 * past 2^63 - 1, which only damaged input has, are kept as that. Returns 0 or an error as above, or -EINVAL
 * for a time before 1970 or a place without a name.
 */
int store_add(struct store *store, const char *place, const struct sample *sample,
	      struct parse_error *error);

/*
 * Reads the samples of a place since a time, in the order of time: figures and huge pages, no other lists. Into
 * *weights (to be freed; may be NULL) goes how many seconds each sample stands for. Huge pages of a size of
 * which there are none are left out. Returns 0 or an error as above.
 */
int store_read(struct store *store, const char *place, time_t since, struct samples *samples,
	       uint64_t **weights, struct parse_error *error);

/* Fills the lists of one of them, where they are kept still. Returns 0 or an error as above. */
int store_read_lists(struct store *store, const char *place, struct sample *sample,
		     struct parse_error *error);
