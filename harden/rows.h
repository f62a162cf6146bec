/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the report says of units: the manager's facts, joined with one look at the host's objects. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "exposure.h"
#include "inside.h"
#include "look.h"
#include "stringlist.h"

struct row {
	struct unit_facts facts;
	uint32_t *objects; /* that its processes use: indices in the inventory, rising */
	size_t object_count, object_allocated;
	struct inside inside;	       /* and those of its own IPC namespace */
	unsigned kinds;		       /* set of both */
	struct string_list companions; /* other units, and "pid N" of none, that use some of them */
	struct string_list same_user;  /* other units with processes of its user; not for root */
	/* "shm:5 has the key of /tmp/x": of files in its private /tmp */
	struct string_list private_keys;
	struct exposure exposure;
};

struct rows {
	struct row *all;
	size_t count;
};

/*
 * Asks the manager about these units, or where names is NULL about all active services. Returns 0, or a
 * negative errno, of which *unit (to be freed) is the unit it is about, NULL for none.
 */
int rows_read(struct rows *rows, const struct connection *c, char *const *names, size_t count,
	      char **unit);

/* Joins them with the objects, and weighs and sorts them: the most exposed first. 0 or -ENOMEM. */
int rows_join(struct rows *rows, struct look *look);
void rows_done(struct rows *rows);

/* The objects that its processes use: first the host's, then those of its own namespace. */
size_t row_object_count(const struct row *row);
const struct ipc_object *row_object(const struct row *row, const struct look *look, size_t i);
