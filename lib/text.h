/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A piece of text that is put together part by part and used again: the cells of large tables. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *bytes; /* ends with NUL once anything was added */
	size_t length, allocated;
	bool failed; /* without memory, a part is missing */
};

void text_clear(struct text *text);
void text_done(struct text *text);
void text_add(struct text *text, const char *part);
void text_add_char(struct text *text, char c);
void text_add_uint(struct text *text, uint64_t value);
/* A name that somebody chose, as name_escape() writes it. */
void text_add_escaped(struct text *text, const char *name);
void text_add_format(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* How many columns of a terminal it takes, in the locale's encoding. */
size_t text_width(const struct text *text);

/* Cuts its end off, so that it takes at most so many columns. */
void text_cut(struct text *text, size_t columns);
