/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What changes in a small text file, as people know it from diff -u. */
#pragma once

#include <stddef.h>
#include <stdio.h>

/*
 * Prints nothing for equal texts, else a unified diff of one hunk that patch(1) takes. A text that
 * is NULL is that of no file. Returns 0 or -ENOMEM.
 */
int linediff_print(FILE *out, const char *name, const char *old, size_t old_size, const char *new,
		   size_t new_size);
