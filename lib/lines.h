/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bytes of a log become lines, in one buffer however large the log is. The last line is held until
 * its newline comes, or lines_end() says that none will.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

#define LINES_BUFFER (1u << 20)
/* The kernel's records have at most 8,970 bytes; laurel's lines hold whole events. */
#define LINE_LENGTH_MAX (256u << 10)

/* One line without its newline; number counts from 1. Returns 0, or an error that ends the reading. */
typedef int (*line_fn)(struct span line, uint64_t number, void *data);

struct lines {
	char *buffer;
	size_t used;
	uint64_t number;	/* lines that are complete */
	uint64_t begin;		/* where the next line begins, of all bytes taken */
	size_t skipped;		/* of that line, when it is too long */
	bool is_skipping;	/* in a line that is too long */
	line_fn line, too_long; /* too_long gets its beginning */
	void *data;
};

/* Returns 0 and lines for lines_done(), or -ENOMEM. */
int lines_start(struct lines *lines, line_fn line, line_fn too_long, void *data);
void lines_done(struct lines *lines);

/* Where the next bytes go: room for *size of them, at least one. */
char *lines_space(struct lines *lines, size_t *size);

/* Takes so many bytes from there. Returns what a line's function returned. */
int lines_advance(struct lines *lines, size_t size);

/* The end of a file: what is left is a line; counting of lines begins anew. */
int lines_end(struct lines *lines);
