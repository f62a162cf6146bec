/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "optional.h"
#include "printed.h"

OPTIONAL_FUNCTION(json_object_new_object);
OPTIONAL_FUNCTION(json_object_new_array);
OPTIONAL_FUNCTION(json_object_new_string);
OPTIONAL_FUNCTION(json_object_new_int64);
OPTIONAL_FUNCTION(json_object_new_uint64);
OPTIONAL_FUNCTION(json_object_new_boolean);
OPTIONAL_FUNCTION(json_object_object_add);
OPTIONAL_FUNCTION(json_object_array_add);
OPTIONAL_FUNCTION(json_object_to_json_string_ext);
OPTIONAL_FUNCTION(json_object_put);

static const struct optional_symbol symbols[] = {
	OPTIONAL_SYMBOL(json_object_new_object),	 OPTIONAL_SYMBOL(json_object_new_array),
	OPTIONAL_SYMBOL(json_object_new_string),	 OPTIONAL_SYMBOL(json_object_new_int64),
	OPTIONAL_SYMBOL(json_object_new_uint64),	 OPTIONAL_SYMBOL(json_object_new_boolean),
	OPTIONAL_SYMBOL(json_object_object_add),	 OPTIONAL_SYMBOL(json_object_array_add),
	OPTIONAL_SYMBOL(json_object_to_json_string_ext), OPTIONAL_SYMBOL(json_object_put),
};

static int add(struct json_object *to, const char *key, struct json_object *value)
{
	if (value && sym_json_object_object_add(to, key, value) == 0)
		return 0;
	sym_json_object_put(value);
	return -ENOMEM;
}

int document_add_null(struct json_object *to, const char *key)
{
	return sym_json_object_object_add(to, key, NULL) == 0 ? 0 : -ENOMEM;
}

int document_add_text(struct json_object *to, const char *key, const char *text)
{
	return text ? add(to, key, sym_json_object_new_string(text)) : document_add_null(to, key);
}

int document_add_int(struct json_object *to, const char *key, int64_t value)
{
	return add(to, key, sym_json_object_new_int64(value));
}

int document_add_uint(struct json_object *to, const char *key, uint64_t value)
{
	return add(to, key, sym_json_object_new_uint64(value));
}

int document_add_exact(struct json_object *to, const char *key, uint64_t value)
{
	char text[24];

	if (value == OBJECT_UNKNOWN)
		return document_add_null(to, key);
	if (value <= UINT64_C(1) << 53)
		return document_add_uint(to, key, value);
	snprintf(text, sizeof(text), "%" PRIu64, value);
	return document_add_text(to, key, text);
}

int document_add_decimal(struct json_object *to, const char *key, uint64_t value)
{
	char text[24];

	if (value == OBJECT_UNKNOWN)
		return document_add_null(to, key);
	snprintf(text, sizeof(text), "%" PRIu64, value);
	return document_add_text(to, key, text);
}

int document_add_time(struct json_object *to, const char *key, time_t value)
{
	return value ? document_add_int(to, key, value) : document_add_null(to, key);
}

int document_add_bool(struct json_object *to, const char *key, bool value)
{
	return add(to, key, sym_json_object_new_boolean(value));
}

struct json_object *document_add_object(struct json_object *to, const char *key)
{
	struct json_object *object = sym_json_object_new_object();

	return add(to, key, object) == 0 ? object : NULL;
}

struct json_object *document_add_array(struct json_object *to, const char *key)
{
	struct json_object *array = sym_json_object_new_array();

	return add(to, key, array) == 0 ? array : NULL;
}

struct json_object *document_append_object(struct json_object *array)
{
	struct json_object *object = sym_json_object_new_object();

	if (object && sym_json_object_array_add(array, object) == 0)
		return object;
	sym_json_object_put(object);
	return NULL;
}

int document_append_text(struct json_object *array, const char *text)
{
	struct json_object *value = sym_json_object_new_string(text);

	if (value && sym_json_object_array_add(array, value) == 0)
		return 0;
	sym_json_object_put(value);
	return -ENOMEM;
}

int document_append_uint(struct json_object *array, uint64_t value)
{
	struct json_object *number = sym_json_object_new_uint64(value);

	if (number && sym_json_object_array_add(array, number) == 0)
		return 0;
	sym_json_object_put(number);
	return -ENOMEM;
}

static int open_library(void)
{
	return optional_open("libjson-c.so.5", symbols, sizeof(symbols) / sizeof(symbols[0]));
}

int document_new_schema(const char *schema, struct json_object **out)
{
	int r = open_library();
	struct json_object *document;

	if (r < 0)
		return r;
	document = sym_json_object_new_object();
	if (!document)
		return -ENOMEM;
	if (document_add_text(document, "schema", schema) < 0) {
		document_free(document);
		return -ENOMEM;
	}
	*out = document;
	return 0;
}

int document_new(const char *command, struct json_object **out)
{
	struct json_object *document;
	int r = document_new_schema("ipcguard/1", &document);

	if (r < 0)
		return r;
	r = document_add_text(document, "command", command);
	if (r < 0)
		document_free(document);
	else
		*out = document;
	return r;
}

void document_free(struct json_object *document)
{
	if (document)
		sym_json_object_put(document);
}

static const char *text_of(struct json_object *document)
{
	return sym_json_object_to_json_string_ext(document, JSON_C_TO_STRING_PLAIN |
								    JSON_C_TO_STRING_NOSLASHESCAPE);
}

char *document_text(struct json_object *document)
{
	const char *text = text_of(document);

	return text ? strdup(text) : NULL;
}

int document_print(struct json_object *document, FILE *out)
{
	const char *text = text_of(document);

	if (!text)
		return -ENOMEM;
	return fprintf(out, "%s\n", text) < 0 ? -errno : printed_all(out);
}

int document_stream_begin(struct document_stream *stream, FILE *out, const char *command)
{
	int r = open_library();

	*stream = (struct document_stream){.out = out};
	if (r < 0)
		return r;
	/* a command is one of our own words */
	return fprintf(out, "{\"schema\":\"ipcguard/1\",\"command\":\"%s\"", command) < 0 ? -errno
											  : 0;
}

int document_stream_text(struct document_stream *stream, const char *key, const char *text)
{
	struct json_object *value = sym_json_object_new_string(text);
	const char *quoted =
		value ? sym_json_object_to_json_string_ext(value, JSON_C_TO_STRING_NOSLASHESCAPE)
		      : NULL;
	int r = -ENOMEM;

	if (quoted)
		r = fprintf(stream->out, ",\"%s\":%s", key, quoted) < 0 ? -errno : 0;
	document_free(value);
	return r;
}

int document_stream_array(struct document_stream *stream, const char *key)
{
	const char *end = stream->has_array ? "]" : "";

	stream->has_array = true;
	stream->has_element = false;
	return fprintf(stream->out, "%s,\"%s\":[", end, key) < 0 ? -errno : 0;
}

int document_stream_null(struct document_stream *stream, const char *key)
{
	const char *end = stream->has_array ? "]" : "";

	stream->has_array = false;
	return fprintf(stream->out, "%s,\"%s\":null", end, key) < 0 ? -errno : 0;
}

struct json_object *document_stream_element(void)
{
	return sym_json_object_new_object();
}

int document_stream_put(struct document_stream *stream, struct json_object *element)
{
	const char *text = text_of(element);
	int r = -ENOMEM;

	if (text)
		r = fprintf(stream->out, "%s%s", stream->has_element ? "," : "", text) < 0 ? -errno
											   : 0;
	stream->has_element = true;
	document_free(element);
	return r;
}

int document_stream_end(struct document_stream *stream)
{
	fputs(stream->has_array ? "]}\n" : "}\n", stream->out);
	return printed_all(stream->out);
}
