/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far a log was read, kept in a file from one run to the next. */
#pragma once

#include "position.h"

/*
 * Returns 0 and the position, -ENOENT if there is no such file, -EBADMSG if it holds something else,
 * or another negative errno.
 */
int checkpoint_load(const char *file, struct position *out);

/* The file's text. 0 or -EBADMSG. */
int checkpoint_parse(const char *text, struct position *out);

/* Written beside its place and renamed. Returns 0 or a negative errno. */
int checkpoint_save(const char *file, const struct position *position);
