/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The drop-in file of one unit: /etc/systemd/system/UNIT.d/50-ipcguard.conf, ours by its header. */
#pragma once

#include <stdbool.h>

#define DROPIN_NAME "50-ipcguard.conf"
#define DROPIN_DIR "/etc/systemd/system"

/*
 * Writes the unit's drop-in, by rename, replacing only one that ipcclean wrote. unit is a valid
 * unit name; root is a directory that the path is below, NULL for "/". Returns 0, -EEXIST if
 * somebody else's file (or no file) has the name, or another errno: what was there is then
 * untouched.
 */
int dropin_write(const char *root, const char *unit, bool with_baseline);

/*
 * Removes it, and its directory if empty then. 1 if it did, 0 if there was none; -EEXIST as above.
 */
int dropin_remove(const char *root, const char *unit);

/*
 * The path, to be freed, of the drop-in of that name that the manager reads for the unit: that of
 * the unit directory of the highest rank. Returns 0, -ENOENT if there is none, or -ENOMEM.
 */
int dropin_find(const char *root, const char *unit, char **path);

/* Whether the file has a line that runs ipcclean; one that is empty, or no file, has none. */
bool dropin_runs_ipcclean(const char *path);

/* Whether a unit file, or that of its template, is in one of systemd's usual directories. */
bool dropin_unit_exists(const char *root, const char *unit);
