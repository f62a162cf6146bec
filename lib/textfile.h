/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small text files: those that others wrote are read whole, or not at all; ours are written so. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/*
 * Reads a regular file of at most `most` bytes; a pipe or device is not waited for. Returns 0 and a
 * string to be freed, -EINVAL for what is no regular file, -EFBIG, or another negative errno.
 */
int textfile_read(const char *path, size_t most, char **text);

/* The same of a text that may hold NULs. */
int textfile_read_bytes(const char *path, size_t most, char **text, size_t *size);

/* The same of a file below a directory; no link is followed as the last part of its name. */
int textfile_read_at(int dir, const char *name, size_t most, char **text, size_t *size);

/*
 * Puts a file with this text in the place of the one of that name in a directory: in one step, so
 * that whoever reads it, and whatever is interrupted, finds the old one or the new one, whole, after
 * a power loss too. Until then it is called `temporary`; one that is left of a run that was killed is
 * removed, so the caller holds a lock, or has a name of its own. Returns 0 or a negative errno: the
 * old file is then there, or, where the very last step fails, the new one, which a power loss may
 * still take away.
 */
int textfile_replace(int dir, const char *name, const char *temporary, mode_t mode,
		     const char *text, size_t size);

/* The same of a path, for who holds no lock. */
int textfile_replace_path(const char *path, mode_t mode, const char *text, size_t size);

/*
 * The same, with the new file locked (flock(2)) before it has its name: *held stays open, for the caller to
 * close. With NULL it is textfile_replace().
 */
int textfile_replace_locked(int dir, const char *name, const char *temporary, mode_t mode,
			    const char *text, size_t size, int *held);
