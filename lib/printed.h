/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Has all that was printed been written? */
#pragma once

#include <errno.h>
#include <stdio.h>

/*
 * Writes what is left of the output. Returns 0, or the negative errno of what can't be written; -EIO where
 * that was an earlier part, whose errno is gone: it is lost, even if there is room again by now.
 */
static inline int printed_all(FILE *out)
{
	errno = 0;
	if (fflush(out) != 0 && errno)
		return -errno;
	return ferror(out) ? -EIO : 0;
}
