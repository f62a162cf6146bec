/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The directories that programs call /tmp and /var/tmp: the host's own, and what a unit with
 * PrivateTmp=yes finds in their place (systemd.exec(5)). The latter are
 * /tmp/systemd-private-BOOT-UNIT-XXXXXX/tmp (systemd's core/namespace.c: setup_one_tmp_dir).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "procs.h"

struct tmp_place {
	char *unit;	 /* whose it is, unit_name_is_clean(); NULL: the host's own */
	const char *top; /* what programs call it: "/tmp" or "/var/tmp" */
	char *path;	 /* where it is, without links */
	dev_t dev;
	ino_t ino;
};

struct tmp_places {
	struct tmp_place *all;
	size_t count;
	size_t unread;	 /* private ones that we may not look into */
	bool is_partial; /* there is more than we look at */
};

/*
 * Finds them. root: a directory that all paths are below (tests), NULL for "/". A directory that
 * belongs to another user than /tmp itself is nobody's private one: anyone may make a name there.
 * Returns 0 and places for tmp_places_done(), or -ENOMEM.
 */
int tmp_places_read(struct tmp_places *places, const char *root);
void tmp_places_done(struct tmp_places *places);

/* The place that an absolute path without links leads into, and where; NULL if into none. */
const struct tmp_place *tmp_places_find(const struct tmp_places *places, const char *path,
					const char **rest);

/*
 * Looks at a file below a place. No link is followed: to the unit it leads elsewhere than to us.
 * Returns 0 or a negative errno; -ELOOP for a link.
 */
int tmp_place_stat(const struct tmp_place *place, const char *rest, struct stat *st);

/*
 * Tells of the entries of a place, of 4096 at most (anyone may fill it): "" is the directory itself. Links
 * are told as such.
 */
void tmp_place_each(const struct tmp_place *place,
		    void (*fn)(const char *name, const struct stat *st, void *data), void *data);

/* The unit in a directory's name, as systemd makes it. false for any other name. */
bool private_tmp_unit(const char *name, char unit[UNIT_NAME_SIZE]);
