/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How is an object called in JSON? A name is JSON text, so one that isn't valid UTF-8 comes escaped,
 * with its bytes in name_hex.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "document.h"

/* The length of the UTF-8 character at s, or 0 where there is none (RFC 3629). */
static size_t utf8_length(const unsigned char *s)
{
	size_t length = s[0] < 0x80		      ? 1
			: s[0] >= 0xc2 && s[0] < 0xe0 ? 2
			: s[0] >= 0xe0 && s[0] < 0xf0 ? 3
			: s[0] >= 0xf0 && s[0] < 0xf5 ? 4
						      : 0;

	for (size_t i = 1; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* a longer form than needed, a surrogate, past U+10FFFF */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] >= 0xa0) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] >= 0x90))
		return 0;
	return length;
}

static bool is_utf8(const char *name)
{
	const unsigned char *s = (const unsigned char *)name;

	while (*s) {
		size_t length = utf8_length(s);

		if (!length)
			return false;
		s += length;
	}
	return true;
}

static int add_hex(struct json_object *to, const char *key, const char *bytes)
{
	_cleanup_free_ char *hex = malloc(2 * strlen(bytes) + 1);

	if (!hex)
		return -ENOMEM;
	hex[0] = '\0';
	for (size_t i = 0; bytes[i]; i++)
		sprintf(hex + 2 * i, "%02x", (unsigned char)bytes[i]);
	return document_add_text(to, key, hex);
}

static int add_name(struct json_object *to, const char *name)
{
	_cleanup_free_ char *escaped = NULL;
	int r;

	if (!name || is_utf8(name))
		return document_add_text(to, "name", name);
	escaped = name_escape(name);
	r = escaped ? document_add_text(to, "name", escaped) : -ENOMEM;
	return r < 0 ? r : add_hex(to, "name_hex", name);
}

int document_add_identity(struct json_object *to, const struct ipc_object *obj)
{
	char key[KEY_TEXT_SIZE];
	int r = document_add_text(to, "kind", kind_name(obj->kind));

	if (kind_is_sysv(obj->kind)) {
		r |= document_add_int(to, "id", obj->id);
		r |= document_add_text(to, "key", key_format(obj->key, key));
	} else {
		r |= document_add_null(to, "id") | document_add_null(to, "key");
	}
	return r | add_name(to, obj->name);
}
