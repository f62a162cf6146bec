/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files *.conf of several directories, one in the place of another. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "patterns.h"

struct dropins {
	char **paths; /* sorted by file name */
	size_t count;
};

/*
 * Lists the files *.conf of a NULL-terminated list of directories. A file in a later directory
 * replaces the one of the same name in an earlier one. A directory that is missing is empty.
 * Returns 0 and a list for dropins_done(), or a negative errno with the error filled.
 */
int dropins_list(struct dropins *dropins, const char *const *dirs, struct parse_error *error);
void dropins_done(struct dropins *dropins);

/* Whether the file is a link to /dev/null, which only masks others: not to be read. */
bool dropins_is_mask(const char *file);
