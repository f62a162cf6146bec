/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which key does a record mean? The kernel writes "%d " (security/lsm_audit.c), so any 32 bits as a
 * signed number. libauparse calls the field "key" the name of an audit rule and decodes it as hex
 * (auparse/typetab.h); laurel does the same. What they print can be turned back where each byte
 * shows two decimal digits, except for bytes 00, which end the text that ausearch prints.
 */
#include "keytext.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#include "object.h"

/* INT32_MIN has 11 characters */
#define DIGITS_MAX 11

int keytext_read(struct span text, uint32_t *key)
{
	char digits[DIGITS_MAX + 1];
	int r;

	if (!text.length || text.length > DIGITS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < text.length; i++)
		if (!isdigit((unsigned char)text.at[i]) && (i > 0 || text.at[i] != '-'))
			return -EINVAL;
	memcpy(digits, text.at, text.length);
	digits[text.length] = '\0';
	r = key_parse(digits, key);
	return r == 0 && *digits != '-' && *key > INT32_MAX ? -ERANGE : r;
}

/* The byte at the front, escapes undone; *length is what it takes. */
static unsigned next_byte(struct span text, enum record_form form, size_t *length)
{
	unsigned value;
	char digits[4] = "";

	*length = 1;
	if (form == FORM_INTERPRETED && text.length >= 4 && *text.at == '\\') {
		memcpy(digits, text.at + 1, 3);
		if (sscanf(digits, "%3o", &value) == 1 && value < 256) {
			*length = 4;
			return value;
		}
	} else if (form == FORM_LAUREL && text.length >= 3 && *text.at == '%') {
		memcpy(digits, text.at + 1, 2);
		if (sscanf(digits, "%2x", &value) == 1) {
			*length = 3;
			return value;
		}
	}
	return (unsigned char)*text.at;
}

/* The blanks that follow the value: two as the kernel writes them, one where they were collapsed. */
static struct span without_separator(struct span text)
{
	size_t blanks = 0;

	while (blanks < 2 && blanks < text.length && text.at[text.length - 1 - blanks] == ' ')
		blanks++;
	return span_until(text, span_end(text) - blanks);
}

int keytext_repair(struct span text, enum record_form form, uint32_t *key)
{
	char digits[DIGITS_MAX + 2];
	size_t count = 0, length;

	text = without_separator(text);
	/* an odd count of digits has come through as it was (30 would show as "0" too, but is rare) */
	if (text.length % 2 && keytext_read(text, key) == 0)
		return -EINVAL;
	for (; text.length; text = span_from(text, text.at + length)) {
		unsigned byte = next_byte(text, form, &length);

		if (byte >> 4 > 9 || (byte & 15) > 9 || count + 2 > DIGITS_MAX)
			return -EINVAL;
		digits[count++] = (char)('0' + (byte >> 4));
		digits[count++] = (char)('0' + (byte & 15));
	}
	/* the kernel writes no leading zero: bytes in front are missing */
	if (!count || digits[0] == '0')
		return -EINVAL;
	return keytext_read((struct span){digits, count}, key);
}
