/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small file as a whole: there as it was, or there as it shall be, also after a crash. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/*
 * Writes dir/name by a temporary file (".NAME.new", of which a run that was killed may have left one),
 * fsync(2) and rename(2); no link is followed. With held, the file is locked (flock(2)) before it has its
 * name, and *held stays open, for the caller to close. Returns 0 or a negative errno; what was there is
 * then untouched.
 */
int atomic_write(int dir, const char *name, const char *text, size_t size, mode_t mode, int *held);
