/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What SELinux has denied on the object that `ipcaudit show` shows, by the audit log, as ipcavc(8) reads
 * and matches it.
 */
#pragma once

#include "../selinux/groups.h"
#include "audit.h"
#include "document.h"
#include "text.h"

struct show_denials {
	bool is_read; /* else there is no log, or none that we may read */
	struct groups groups;
};

/* Reads the logs of this host. Returns 0 and denials for show_denials_done(), or -ENOMEM. */
int show_denials_read(struct show_denials *denials, const struct audit *audit, size_t object);
void show_denials_done(struct show_denials *denials);

/* Adds a line of words about a group; safe for any terminal. */
void show_denials_write(struct text *text, const struct group *group, time_t now);

/* Adds the array "denials", or null. Returns 0 or a negative errno. */
int show_denials_put_json(struct document_stream *stream, const struct show_denials *denials);
