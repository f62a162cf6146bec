/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pattern catalogue (rule 4): what is known of well-known names, as data.
 *
 * Files *.conf in /usr/lib/ipcguard/patterns.d, /run/ipcguard/patterns.d and
 * /etc/ipcguard/patterns.d, read in the order of their names; a file in a later directory replaces
 * the one of the same name, and one that is empty or a link to /dev/null masks it. A file holds one
 * or more sections:
 *
 *   [fastdds-segment]      a name of its own
 *   Kinds=pshm,psem        default: pshm
 *   Match=/fastrtps_*      globs (fnmatch(3)) on the file's name, separated by blanks; a psem's file
 *                          is /sem.NAME
 *   Action=protect|leaker  protect: kept, reason `pattern`; leaker: known to leak, judged like any
 *                          other
 *   Group=/{} /{}_el       files that live and die together; {} is what the first `*` of the glob
 *                          that matched took
 *   Pid=/tt_h2d_{pid}_*    where a pid stands in the name: decimal digits at {pid}
 *   Software= Upstream=    for people: whose it is; its own cleaner
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "object.h"

struct patterns;
struct pattern;

/*
 * Where a broken file is: zeroed by the caller, filled on failure (but for -ENOMEM), to be printed
 * as `file:line: what`.
 */
struct parse_error {
	char *file;    /* owned */
	unsigned line; /* 0 if not known */
	char *what;    /* owned: one sentence */
};

void parse_error_done(struct parse_error *error);

/* That sentence, to be freed, for an error r that may have no place; NULL without memory. */
char *parse_error_text(const struct parse_error *error, int r);

/*
 * Reads the catalogue. dirs is a NULL-terminated list in the order above (NULL: the built-in one).
 * A directory that is missing is empty. Returns 0 and a catalogue for patterns_free(), or a
 * negative errno with *error filled: -EINVAL for a bad file.
 */
int patterns_load(struct patterns **out, const char *const *dirs, struct parse_error *error);
void patterns_free(struct patterns *patterns);
static inline void patterns_freep(struct patterns **patterns)
{
	patterns_free(*patterns);
}
size_t patterns_count(const struct patterns *patterns);

/* The first entry that matches the object's kind and name, or NULL. System V objects match none. */
const struct pattern *patterns_match(const struct patterns *patterns, const struct ipc_object *obj);

const char *pattern_name(const struct pattern *pattern);
const char *pattern_software(const struct pattern *pattern); /* or NULL */
const char *
pattern_upstream(const struct pattern *pattern); /* the software's own cleaner, or NULL */
bool pattern_is_protected(const struct pattern *pattern);

/* The pid that stands in the object's name; 0 if the entry names none or no number stands there. */
pid_t pattern_pid(const struct pattern *pattern, const struct ipc_object *obj);

/*
 * Whether two objects are members of one group of this entry (obj matches the entry; other may be
 * any object). false where the entry has no Group=.
 */
bool pattern_same_group(const struct pattern *pattern, const struct ipc_object *obj,
			const struct ipc_object *other);
bool pattern_has_group(const struct pattern *pattern);
