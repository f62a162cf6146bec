/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "cleanup.h"
#include "object.h"

void text_clear(struct text *text)
{
	text->length = 0;
	if (text->bytes)
		text->bytes[0] = '\0';
}

void text_done(struct text *text)
{
	free(text->bytes);
	*text = (struct text){0};
}

static bool make_room(struct text *text, size_t more)
{
	size_t needed = text->length + more + 1;
	char *grown;

	if (needed <= text->allocated)
		return true;
	needed = needed < 128 ? 128 : 2 * needed;
	grown = realloc(text->bytes, needed);
	if (!grown) {
		text->failed = true;
		return false;
	}
	text->bytes = grown;
	text->allocated = needed;
	return true;
}

static void add_bytes(struct text *text, const char *bytes, size_t count)
{
	if (!make_room(text, count))
		return;
	memcpy(text->bytes + text->length, bytes, count);
	text->length += count;
	text->bytes[text->length] = '\0';
}

void text_add(struct text *text, const char *part)
{
	add_bytes(text, part, strlen(part));
}

void text_add_char(struct text *text, char c)
{
	add_bytes(text, &c, 1);
}

void text_add_uint(struct text *text, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	add_bytes(text, digits + at, sizeof(digits) - at);
}

void text_add_escaped(struct text *text, const char *name)
{
	_cleanup_free_ char *escaped = name_escape(name);

	if (escaped)
		text_add(text, escaped);
	else
		text->failed = true;
}

void text_add_format(struct text *text, const char *format, ...)
{
	va_list args;
	char *part = NULL;
	int length;

	va_start(args, format);
	length = vasprintf(&part, format, args);
	va_end(args);
	if (length < 0) {
		text->failed = true;
		return;
	}
	add_bytes(text, part, (size_t)length);
	free(part);
}

static bool is_ascii(const struct text *text)
{
	for (size_t i = 0; i < text->length; i++)
		if ((unsigned char)text->bytes[i] >= 0x80)
			return false;
	return true;
}

/*
 * How many bytes of it take at most so many columns, and in *width how many these are. What is not of
 * the locale's encoding is shown byte by byte.
 */
static size_t fit(const struct text *text, size_t columns, size_t *width)
{
	mbstate_t state = {0};
	size_t at = 0;

	*width = 0;
	while (at < text->length) {
		wchar_t c;
		size_t n = mbrtowc(&c, text->bytes + at, text->length - at, &state);
		int wide;

		if (n == (size_t)-1 || n == (size_t)-2 || n == 0) {
			*width = text->length < columns ? text->length : columns;
			return *width;
		}
		wide = wcwidth(c);
		if (wide > 0 && (size_t)wide > columns - *width)
			break;
		*width += wide > 0 ? (size_t)wide : 0;
		at += n;
	}
	return at;
}

size_t text_width(const struct text *text)
{
	size_t width;

	if (is_ascii(text))
		return text->length;
	fit(text, SIZE_MAX, &width);
	return width;
}

void text_cut(struct text *text, size_t columns)
{
	size_t width;

	if (text->length <= columns)
		return;
	text->length = is_ascii(text) ? columns : fit(text, columns, &width);
	text->bytes[text->length] = '\0';
}
