/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A drop-in file of a unit (systemd.unit(5)), DIRECTORY/UNIT.d/NAME. It is ours if it begins with our
 * header; another one stays as it is. No link is followed below the directory.
 */
#pragma once

struct unit_dropin {
	const char *directory; /* "/etc/systemd/system" */
	const char *name;      /* "50-ipcguard.conf" */
	const char *header;    /* what ours begin with */
};

/*
 * Writes the unit's, as atomic_write(), replacing only one of ours. unit is a valid unit name. held as
 * there, or NULL. Returns 0, -EEXIST if somebody else's file (or no file) has the name, or another errno.
 */
int unit_dropin_write(const struct unit_dropin *dropin, const char *unit, const char *text,
		      int *held);

/* Removes it, and its directory if empty then. 1 if it did, 0 if there was none; -EEXIST as above. */
int unit_dropin_remove(const struct unit_dropin *dropin, const char *unit);
