/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A log that is being written, through its rotations: each byte is read once, in the order in which it
 * was written, whether the file is renamed and made anew, compressed, copied and cut off, or late.
 */
#pragma once

#include "position.h"
#include "reader.h"

struct follow;

enum follow_from {
	FOLLOW_FROM_END,      /* what comes from now on */
	FOLLOW_FROM_OLDEST,   /* all that is there, rotated logs first */
	FOLLOW_FROM_POSITION, /* what comes behind it */
};

/*
 * The log need not be there yet, its directory must. Returns 0 and a follow for follow_free(), or a
 * negative errno.
 */
int follow_new(struct follow **out, const char *log, enum follow_from from,
	       const struct position *position);
void follow_free(struct follow *follow);

/* Becomes readable when there may be something to read: an inotify(7) descriptor. */
int follow_fd(const struct follow *follow);

/*
 * Reads what is there now. What went wrong with the log, as being cut off, is said on standard error
 * and reading goes on. Returns 0, a negative errno, or what the reader returned.
 */
int follow_read(struct follow *follow, struct reader *reader);

/*
 * Up to where all has been read and told. Returns 1 and a position, 0 where none can be given just
 * now, or a negative errno.
 */
int follow_position(const struct follow *follow, const struct reader *reader, struct position *out);
