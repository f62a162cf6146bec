/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcguard.conf(5): the administrator's /etc/ipcguard.conf or else the vendor's
 * /usr/lib/ipcguard.conf, then the drop-ins ipcguard.conf.d of both and of /run, by name. A broken
 * configuration is an error with file and line, never a guess: nothing is removed then.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "object.h"
#include "patterns.h"
#include "stringlist.h"

enum wipe_mode {
	WIPE_NO,
	WIPE_YES,    /* overwrite; keep what can't be overwritten */
	WIPE_TRY,    /* overwrite; remove all the same what can't be */
	WIPE_VERIFY, /* overwrite and read back */
};

struct config {
	struct string_list keep_users; /* KeepUsers=: names, globs of names, uids */
	uint32_t *keep_keys;	       /* KeepKeys= */
	size_t keep_keys_count;
	struct string_list keep_names; /* KeepNames=: globs on /NAME */
	uint64_t min_age_ns;	       /* MinAge= */
	/* by the file or the command line: `orphans` has a default of its own */
	bool min_age_is_set;
	bool keep_unread;     /* KeepUnread= */
	enum wipe_mode wipe;  /* Wipe=no|yes|try|verify */
	uint64_t deadline_ns; /* Deadline= */
	unsigned kinds;	      /* Kinds= */
	uid_t min_uid;	      /* MinUid=, login.defs' UID_MIN by default */

	unsigned limit_threshold; /* [Audit] LimitThreshold=: percent, 1 to 100 */
};

/*
 * Reads the configuration. file NULL: the merged default files; else that one file alone, which
 * must exist. root NULL, or a directory that all default paths are below (tests).
 * Returns 0 and a configuration for config_done(), or a negative errno with *error filled.
 */
int config_load(struct config *config, const char *file, const char *root,
		struct parse_error *error);
void config_done(struct config *config);

/* The defaults alone, as if no file existed (login.defs' UID_MIN not read: 1000). */
void config_defaults(struct config *config);

/* What the command line adds. Each returns 0, -EINVAL, -ERANGE or -ENOMEM. */
int config_add_keep_key(struct config *config, const char *text);
int config_add_keep_name(struct config *config, const char *glob);

/* Whether KeepUsers= names the uid; name may be NULL for a uid without passwd entry. */
bool config_keeps_user(const struct config *config, uid_t uid, const char *name);
bool config_keeps_key(const struct config *config, uint32_t key);
bool config_keeps_name(const struct config *config, const char *name);
