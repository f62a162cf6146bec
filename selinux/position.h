/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How far a log has been read, so that it can be found again when it was renamed, compressed, copied or
 * cut off in the meantime: the inode, how many bytes, and the event that stands in the last line before.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define POSITION_EVENT_SIZE 64
/* of times and dates; an event of anything else is none */
#define POSITION_EVENT_CHARACTERS "0123456789./: APM-"
#define POSITION_ALL UINT64_MAX /* an offset: to the end of a file that is never written again */

struct position {
	uint64_t inode;
	uint64_t offset;
	char event[POSITION_EVENT_SIZE]; /* as in audit(...), empty: none stands there */
};

/* Of a regular file. Returns 0 or a negative errno. */
int position_take(int fd, uint64_t offset, struct position *out);

/*
 * Whether the file, which may come from a decompressor, has those bytes: then reading goes on behind
 * them. inode is the file's own. 1, 0, or a negative errno.
 */
int position_seek(int fd, uint64_t inode, const struct position *position);
