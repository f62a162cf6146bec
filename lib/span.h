/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A part of a text that belongs to somebody else, and may hold NULs: log lines are cut into these
 * and copied only when one of them is wanted.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *at; /* NULL: there is none */
	size_t length;
};

#define SPAN_NONE ((struct span){NULL, 0})

static inline struct span span_of(const char *text)
{
	return (struct span){text, strlen(text)};
}

static inline const char *span_end(struct span span)
{
	return span.at + span.length;
}

/* From `at`, which lies in the span or at its end, to its end. */
static inline struct span span_from(struct span span, const char *at)
{
	return (struct span){at, (size_t)(span_end(span) - at)};
}

static inline struct span span_until(struct span span, const char *end)
{
	return (struct span){span.at, (size_t)(end - span.at)};
}

static inline bool span_starts(struct span span, const char *with)
{
	size_t length = strlen(with);

	return span.length >= length && !memcmp(span.at, with, length);
}

static inline bool span_ends(struct span span, const char *with)
{
	size_t length = strlen(with);

	return span.length >= length && !memcmp(span_end(span) - length, with, length);
}

static inline bool span_is(struct span span, const char *text)
{
	return span.length == strlen(text) && span_starts(span, text);
}

static inline const char *span_find(struct span span, const char *text)
{
	return span.length ? memmem(span.at, span.length, text, strlen(text)) : NULL;
}

/* The last occurrence, or NULL. */
static inline const char *span_find_last(struct span span, const char *text)
{
	size_t length = strlen(text);

	for (size_t n = span.length; n >= length; n--)
		if (!memcmp(span.at + n - length, text, length))
			return span.at + n - length;
	return NULL;
}

/* Takes off blanks in front. */
static inline struct span span_skip_blanks(struct span span)
{
	while (span.length && *span.at == ' ')
		span.at++, span.length--;
	return span;
}

/* The part before the first blank. */
static inline struct span span_word(struct span span)
{
	const char *blank = span.length ? memchr(span.at, ' ', span.length) : NULL;

	return blank ? span_until(span, blank) : span;
}
