/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lines.h"

#include <errno.h>
#include <stdlib.h>

int lines_start(struct lines *lines, line_fn line, line_fn too_long, void *data)
{
	*lines = (struct lines){
		.buffer = malloc(LINES_BUFFER), .line = line, .too_long = too_long, .data = data};
	return lines->buffer ? 0 : -ENOMEM;
}

void lines_done(struct lines *lines)
{
	free(lines->buffer);
	lines->buffer = NULL;
}

char *lines_space(struct lines *lines, size_t *size)
{
	*size = LINES_BUFFER - lines->used;
	return lines->buffer + lines->used;
}

static int give_line(struct lines *lines, struct span line)
{
	lines->number++;
	if (lines->is_skipping) {
		lines->is_skipping = false;
		return 0;
	}
	if (line.length > LINE_LENGTH_MAX)
		return lines->too_long(line, lines->number, lines->data);
	if (span_ends(line, "\r"))
		line.length--;
	return lines->line(line, lines->number, lines->data);
}

/* The line and so many bytes that end it. */
static int give(struct lines *lines, struct span line, size_t end)
{
	int r = give_line(lines, line);

	lines->begin += lines->skipped + line.length + end;
	lines->skipped = 0;
	return r;
}

/* Keeps the unfinished line at the front, or gives it up when it can't be one. */
static int keep_rest(struct lines *lines, struct span rest)
{
	int r = 0;

	if (rest.length > LINE_LENGTH_MAX) {
		if (!lines->is_skipping)
			r = lines->too_long(rest, lines->number + 1, lines->data);
		lines->is_skipping = true;
		lines->skipped += rest.length;
		rest.length = 0;
	}
	memmove(lines->buffer, rest.at, rest.length);
	lines->used = rest.length;
	return r;
}

int lines_advance(struct lines *lines, size_t size)
{
	struct span rest = {lines->buffer, lines->used + size};
	/* what was there before has no newline */
	const char *from = lines->buffer + lines->used, *newline;
	int r = 0;

	while (r == 0 && (newline = memchr(from, '\n', (size_t)(span_end(rest) - from)))) {
		r = give(lines, span_until(rest, newline), 1);
		rest = span_from(rest, newline + 1);
		from = rest.at;
	}
	return r ? r : keep_rest(lines, rest);
}

int lines_end(struct lines *lines)
{
	int r = lines->used ? give(lines, (struct span){lines->buffer, lines->used}, 0) : 0;

	lines->begin += lines->skipped;
	lines->skipped = 0;
	lines->used = 0;
	lines->number = 0;
	lines->is_skipping = false;
	return r;
}
