/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON documents, by json-c (loaded when one is made). Each document_add_… adds one value and returns
 * 0 or -ENOMEM: a document is whole or not printed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "object.h"

struct json_object;

/*
 * Begins a document of schema ipcguard/1 for a command. Returns 0 and a document for
 * document_free(), -ENOSYS where json-c is missing, or -ENOMEM.
 */
int document_new(const char *command, struct json_object **out);
/* The same of another schema, with nothing else in it yet. */
int document_new_schema(const char *schema, struct json_object **out);
void document_free(struct json_object *document);

/* Its text, to be freed; NULL without memory. */
char *document_text(struct json_object *document);

/* Prints it as one line. Returns 0 or a negative errno. */
int document_print(struct json_object *document, FILE *out);

int document_add_null(struct json_object *to, const char *key);
int document_add_text(struct json_object *to, const char *key, const char *text); /* NULL: null */
int document_add_int(struct json_object *to, const char *key, int64_t value);
int document_add_uint(struct json_object *to, const char *key, uint64_t value);
/* A number, or text past 2^53, where readers of JSON round; OBJECT_UNKNOWN: null. */
int document_add_exact(struct json_object *to, const char *key, uint64_t value);
/* Text, whatever its size: members that are always decimal strings; OBJECT_UNKNOWN: null. */
int document_add_decimal(struct json_object *to, const char *key, uint64_t value);
/* Seconds since the epoch; 0, which is never: null. */
int document_add_time(struct json_object *to, const char *key, time_t value);
int document_add_bool(struct json_object *to, const char *key, bool value);

/* An object or array below `to`, which owns it. NULL without memory. */
struct json_object *document_add_object(struct json_object *to, const char *key);
struct json_object *document_add_array(struct json_object *to, const char *key);

/* An object at the end of an array, which owns it. NULL without memory. */
struct json_object *document_append_object(struct json_object *array);

/* A text, or a number, at the end of an array. */
int document_append_text(struct json_object *array, const char *text);
int document_append_uint(struct json_object *array, uint64_t value);

/* kind, id, key and name of an object; name_hex where the name is no UTF-8. */
int document_add_identity(struct json_object *to, const struct ipc_object *obj);

/*
 * A document whose parts are too many to be held at once: begins one and leaves it open, to go on
 * with document_stream_next() for each element of an array. An element is freed once it is printed.
 */
struct document_stream {
	FILE *out;
	bool has_array;	  /* one is open */
	bool has_element; /* something stands in it */
};

int document_stream_begin(struct document_stream *stream, FILE *out, const char *command);
/* A member that is a text, before the first array. */
int document_stream_text(struct document_stream *stream, const char *key, const char *text);
/* Ends the array that is open, if any, and begins the next. */
int document_stream_array(struct document_stream *stream, const char *key);
/* Ends the array that is open, if any, with null under a key. */
int document_stream_null(struct document_stream *stream, const char *key);
/* An empty element to be filled and given to document_stream_put(). NULL without memory. */
struct json_object *document_stream_element(void);
int document_stream_put(struct document_stream *stream, struct json_object *element);
int document_stream_end(struct document_stream *stream);
