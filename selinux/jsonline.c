/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jsonline.h"

#include <errno.h>
#include <json-c/json.h>

#include "optional.h"

OPTIONAL_FUNCTION(json_tokener_new_ex);
OPTIONAL_FUNCTION(json_tokener_parse_ex);
OPTIONAL_FUNCTION(json_tokener_free);
OPTIONAL_FUNCTION(json_object_put);
OPTIONAL_FUNCTION(json_object_is_type);
OPTIONAL_FUNCTION(json_object_object_get_ex);
OPTIONAL_FUNCTION(json_object_get_string);
OPTIONAL_FUNCTION(json_object_get_int);
OPTIONAL_FUNCTION(json_object_array_length);
OPTIONAL_FUNCTION(json_object_array_get_idx);

static const struct optional_symbol symbols[] = {
	OPTIONAL_SYMBOL(json_tokener_new_ex),	   OPTIONAL_SYMBOL(json_tokener_parse_ex),
	OPTIONAL_SYMBOL(json_tokener_free),	   OPTIONAL_SYMBOL(json_object_put),
	OPTIONAL_SYMBOL(json_object_is_type),	   OPTIONAL_SYMBOL(json_object_object_get_ex),
	OPTIONAL_SYMBOL(json_object_get_string),   OPTIONAL_SYMBOL(json_object_get_int),
	OPTIONAL_SYMBOL(json_object_array_length), OPTIONAL_SYMBOL(json_object_array_get_idx),
};

#define DEPTH_MAX 8

/* A log has a line for each event: what is open stays open. */
static int open_library(void)
{
	return sym_json_tokener_new_ex ? 0
				       : optional_open("libjson-c.so.5", symbols,
						       sizeof(symbols) / sizeof(symbols[0]));
}

int jsonline_parse(struct span line, struct json_object **out)
{
	struct json_tokener *tokener;
	int r = open_library();

	if (r < 0)
		return r;
	tokener = sym_json_tokener_new_ex(DEPTH_MAX);
	if (!tokener)
		return -ENOMEM;
	*out = sym_json_tokener_parse_ex(tokener, line.at, (int)line.length);
	sym_json_tokener_free(tokener);
	if (*out && sym_json_object_is_type(*out, json_type_object))
		return 0;
	jsonline_done(out);
	return -EBADMSG;
}

void jsonline_done(struct json_object **object)
{
	if (*object)
		sym_json_object_put(*object);
	*object = NULL;
}

const char *jsonline_text(struct json_object *in, const char *key)
{
	struct json_object *value;

	if (!sym_json_object_object_get_ex(in, key, &value) ||
	    !sym_json_object_is_type(value, json_type_string))
		return NULL;
	return sym_json_object_get_string(value);
}

void jsonline_add(struct text *text, struct json_object *in, const char *key)
{
	const char *string = jsonline_text(in, key);
	struct json_object *value;

	if (string)
		text_add(text, string);
	if (string || !sym_json_object_object_get_ex(in, key, &value) ||
	    !sym_json_object_is_type(value, json_type_array))
		return;
	for (size_t i = 0; i < sym_json_object_array_length(value); i++) {
		int byte = sym_json_object_get_int(sym_json_object_array_get_idx(value, i));

		text_add_char(text, byte > 0 && byte < 256 ? (char)byte : '?');
	}
}
