/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small text files that others wrote: whole, or not at all. */
#pragma once

#include <stddef.h>

/*
 * Reads a regular file of at most `most` bytes; a pipe or device is not waited for. Returns 0 and a
 * string to be freed, -EINVAL for what is no regular file, -EFBIG, or another negative errno.
 */
int textfile_read(const char *path, size_t most, char **text);
