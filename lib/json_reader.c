/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json_reader.h"

#include <ctype.h>
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "optional.h"
#include "settings.h"
#include "text.h"

OPTIONAL_FUNCTION(json_tokener_new_ex);
OPTIONAL_FUNCTION(json_tokener_set_flags);
OPTIONAL_FUNCTION(json_tokener_parse_ex);
OPTIONAL_FUNCTION(json_tokener_free);
OPTIONAL_FUNCTION(json_tokener_get_error);
OPTIONAL_FUNCTION(json_tokener_get_parse_end);
OPTIONAL_FUNCTION(json_tokener_error_desc);
OPTIONAL_FUNCTION(json_object_put);
OPTIONAL_FUNCTION(json_object_is_type);
OPTIONAL_FUNCTION(json_object_object_get_ex);
OPTIONAL_FUNCTION(json_object_get_boolean);
OPTIONAL_FUNCTION(json_object_get_string);
OPTIONAL_FUNCTION(json_object_get_string_len);
OPTIONAL_FUNCTION(json_object_get_int64);
OPTIONAL_FUNCTION(json_object_get_uint64);
OPTIONAL_FUNCTION(json_object_array_length);
OPTIONAL_FUNCTION(json_object_array_get_idx);
OPTIONAL_FUNCTION(json_object_iter_begin);
OPTIONAL_FUNCTION(json_object_iter_end);
OPTIONAL_FUNCTION(json_object_iter_equal);
OPTIONAL_FUNCTION(json_object_iter_next);
OPTIONAL_FUNCTION(json_object_iter_peek_name);
OPTIONAL_FUNCTION(json_object_iter_peek_value);

static const struct optional_symbol symbols[] = {
	OPTIONAL_SYMBOL(json_tokener_new_ex),	      OPTIONAL_SYMBOL(json_tokener_set_flags),
	OPTIONAL_SYMBOL(json_tokener_parse_ex),	      OPTIONAL_SYMBOL(json_tokener_free),
	OPTIONAL_SYMBOL(json_tokener_get_error),      OPTIONAL_SYMBOL(json_tokener_get_parse_end),
	OPTIONAL_SYMBOL(json_tokener_error_desc),     OPTIONAL_SYMBOL(json_object_put),
	OPTIONAL_SYMBOL(json_object_is_type),	      OPTIONAL_SYMBOL(json_object_object_get_ex),
	OPTIONAL_SYMBOL(json_object_get_boolean),     OPTIONAL_SYMBOL(json_object_get_string),
	OPTIONAL_SYMBOL(json_object_get_string_len),  OPTIONAL_SYMBOL(json_object_get_int64),
	OPTIONAL_SYMBOL(json_object_get_uint64),      OPTIONAL_SYMBOL(json_object_array_length),
	OPTIONAL_SYMBOL(json_object_array_get_idx),   OPTIONAL_SYMBOL(json_object_iter_begin),
	OPTIONAL_SYMBOL(json_object_iter_end),	      OPTIONAL_SYMBOL(json_object_iter_equal),
	OPTIONAL_SYMBOL(json_object_iter_next),	      OPTIONAL_SYMBOL(json_object_iter_peek_name),
	OPTIONAL_SYMBOL(json_object_iter_peek_value),
};

#define DEPTH_MAX 16

static unsigned line_of(const char *text, size_t end)
{
	unsigned line = 1;

	for (size_t i = 0; i < end; i++)
		line += text[i] == '\n';
	return line;
}

static void free_tokener(struct json_tokener **tokener)
{
	if (*tokener)
		sym_json_tokener_free(*tokener);
}

static int parse(const char *text, size_t length, const char *name, struct json_object **document,
		 struct parse_error *error)
{
	_cleanup_(free_tokener) struct json_tokener *tokener = sym_json_tokener_new_ex(DEPTH_MAX);
	enum json_tokener_error e;
	size_t end;

	if (!tokener)
		return -ENOMEM;
	/*
	 * Else it takes nULL, 'single quotes', comments, and numbers that are octal elsewhere or don't fit.
	 * What stands behind the document is told below.
	 */
	sym_json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8 |
						    JSON_TOKENER_ALLOW_TRAILING_CHARS);
	*document = sym_json_tokener_parse_ex(tokener, text, (int)length);
	e = sym_json_tokener_get_error(tokener);
	end = sym_json_tokener_get_parse_end(tokener);
	/* the parser wants more, and there is none */
	if (e == json_tokener_continue)
		return settings_fail(error, -EINVAL, name, line_of(text, length),
				     "the document ends before it is complete, after byte %zu",
				     length);
	if (e != json_tokener_success)
		return settings_fail(error, -EINVAL, name, line_of(text, end),
				     "no JSON: %s, at byte %zu", sym_json_tokener_error_desc(e),
				     end + 1);
	while (end < length && isspace((unsigned char)text[end]))
		end++;
	if (end < length)
		return settings_fail(error, -EINVAL, name, line_of(text, end),
				     "something stands behind the document, at byte %zu", end + 1);
	if (!sym_json_object_is_type(*document, json_type_object))
		return settings_fail(error, -EINVAL, name, 1, "the document is no object");
	return 0;
}

int json_parse(const char *text, size_t length, const char *name, struct json_object **document,
	       struct parse_error *error)
{
	int r = optional_open("libjson-c.so.5", symbols, sizeof(symbols) / sizeof(symbols[0]));

	*document = NULL;
	if (r < 0)
		return r;
	if (length > INT_MAX - 1)
		return settings_fail(error, -EINVAL, name, 0, "larger than 2 GiB");
	r = parse(text, length, name, document, error);
	if (r < 0 && *document) {
		json_free(*document);
		*document = NULL;
	}
	return r;
}

void json_free(struct json_object *document)
{
	sym_json_object_put(document);
}

static void add_path(struct text *path, const struct json_place *place)
{
	if (!place->parent)
		return;
	add_path(path, place->parent);
	if (!place->key)
		text_add_format(path, "[%zu]", place->index);
	else {
		text_add(path, place->parent->parent ? "." : "");
		text_add_escaped(path, place->key);
	}
}

int json_complain(const struct json_place *place, struct parse_error *error, const char *format,
		  ...)
{
	_cleanup_(text_done) struct text path = {0};
	_cleanup_free_ char *what = NULL;
	const struct json_place *document = place;
	va_list args;

	va_start(args, format);
	if (vasprintf(&what, format, args) < 0)
		what = NULL;
	va_end(args);
	add_path(&path, place);
	if (!what || path.failed)
		return -ENOMEM;
	while (document->parent)
		document = document->parent;
	if (document->file && place->parent)
		return settings_fail(error, -EINVAL, document->file, 0, "%s: %s", path.bytes, what);
	if (document->file)
		return settings_fail(error, -EINVAL, document->file, 0, "%s", what);
	return settings_fail(error, -EINVAL, place->parent ? path.bytes : "document", 0, "%s",
			     what);
}

int json_member(const struct json_place *object, const char *key, struct json_place *member,
		struct parse_error *error)
{
	*member = (struct json_place){.parent = object, .key = key};
	if (!object->value)
		return 0;
	if (!sym_json_object_is_type(object->value, json_type_object))
		return json_complain(object, error, "not an object");
	sym_json_object_object_get_ex(object->value, key, &member->value);
	return 0;
}

int json_length(const struct json_place *array, size_t *length, struct parse_error *error)
{
	*length = 0;
	if (!array->value)
		return 0;
	if (!sym_json_object_is_type(array->value, json_type_array))
		return json_complain(array, error, "not an array");
	*length = sym_json_object_array_length(array->value);
	return 0;
}

struct json_place json_element(const struct json_place *array, size_t index)
{
	return (struct json_place){
		.parent = array,
		.index = index,
		.value = sym_json_object_array_get_idx(array->value, index),
	};
}

int json_each(const struct json_place *object,
	      int (*fn)(const struct json_place *member, void *data), void *data,
	      struct parse_error *error)
{
	struct json_object_iterator at, end;
	int r = 0;

	if (!object->value)
		return 0;
	if (!sym_json_object_is_type(object->value, json_type_object))
		return json_complain(object, error, "not an object");
	at = sym_json_object_iter_begin(object->value);
	end = sym_json_object_iter_end(object->value);
	for (; r == 0 && !sym_json_object_iter_equal(&at, &end); sym_json_object_iter_next(&at)) {
		struct json_place member = {
			.parent = object,
			.key = sym_json_object_iter_peek_name(&at),
			.value = sym_json_object_iter_peek_value(&at),
		};

		r = fn(&member, data);
	}
	return r;
}

static bool is_digits(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isdigit((unsigned char)text[i]))
			return false;
	return length > 0 && length <= 20;
}

static int number_of_string(const struct json_place *place, const char *unit, uint64_t *value,
			    struct parse_error *error)
{
	const char *text = sym_json_object_get_string(place->value);

	if (!is_digits(text, (size_t)sym_json_object_get_string_len(place->value)))
		return json_complain(place, error,
				     "\"%.40s\": not a number of %s in decimal digits", text, unit);
	errno = 0;
	*value = strtoull(text, NULL, 10);
	return errno ? json_complain(place, error, "\"%s\": past 2^64-1", text) : 1;
}

int json_number(const struct json_place *place, const char *unit, uint64_t *value,
		struct parse_error *error)
{
	if (!place->value)
		return 0;
	if (sym_json_object_is_type(place->value, json_type_string))
		return number_of_string(place, unit, value, error);
	if (!sym_json_object_is_type(place->value, json_type_int))
		return json_complain(place, error, "not a whole number of %s", unit);
	if (sym_json_object_get_int64(place->value) < 0)
		return json_complain(place, error, "a negative number of %s", unit);
	*value = sym_json_object_get_uint64(place->value);
	/* where json-c stays with whatever is larger */
	if (*value == UINT64_MAX)
		return json_complain(
			place, error,
			"past what a number can be told by here: write it as a string");
	return 1;
}

int json_flag(const struct json_place *place, bool *value, struct parse_error *error)
{
	if (!place->value)
		return 0;
	if (!sym_json_object_is_type(place->value, json_type_boolean))
		return json_complain(place, error, "neither true nor false");
	*value = sym_json_object_get_boolean(place->value) != 0;
	return 0;
}

int json_string(const struct json_place *place, const char **text, struct parse_error *error)
{
	*text = NULL;
	if (!place->value)
		return 0;
	if (!sym_json_object_is_type(place->value, json_type_string))
		return json_complain(place, error, "not a string");
	*text = sym_json_object_get_string(place->value);
	if (strlen(*text) != (size_t)sym_json_object_get_string_len(place->value))
		return json_complain(place, error, "a NUL in a string");
	return 0;
}
