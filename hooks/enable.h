/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `ipcclean enable UNIT…` and `disable UNIT…`: the drop-in that makes a unit's stop clean up after
 * it, /etc/systemd/system/UNIT.d/50-ipcguard.conf.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct enable_options {
	const char *all_of_user; /* --all-of-user=: every service that runs as this user; or NULL */
	bool is_quiet;		 /* only errors and warnings */
	uid_t min_uid;		 /* MinUid=: from here on a user is a person, who also logs in */
	const char *root;	 /* directory that all paths are below (tests), NULL for "/" */
};

/*
 * Each does all units it can, says in one line a unit what it did, and makes the manager read its
 * files again. Returns the exit status: EXIT_DONE; EXIT_FAILED if a drop-in could not be written or
 * removed; EXIT_USAGE for no unit, a name that is none, or one that doesn't exist (all names are
 * checked before anything is written).
 */
int enable_units(char *const *names, size_t count, const struct enable_options *options);
int disable_units(char *const *names, size_t count, const struct enable_options *options);
