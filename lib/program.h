/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every program does first, and reads from its command line in the same way. */
#pragma once

#include <sys/types.h>

/*
 * Opens standard descriptors that are closed (what is opened later must not become standard
 * output), makes a reader who goes away an error of write instead of our end, and sets the
 * locale's characters. Returns 0 or a negative errno.
 */
int program_start(void);

/*
 * A user on the command line: a name or a uid. Returns 0, -ENOENT if there is no such name, -ERANGE,
 * or another negative errno.
 */
int program_parse_user(const char *text, uid_t *uid);
