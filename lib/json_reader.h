/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON that others wrote, by json-c (loaded when a document is read): each value is asked for with its
 * type, and a mistake is told with the path that leads to it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "patterns.h"

struct json_object;

/*
 * Parses one document, which must be an object and must be all there is, nested at most 16 deep. Returns 0
 * and a document for json_free(); -ENOSYS where json-c is missing, -ENOMEM, or -EINVAL with
 * `name:line: what, at byte n` in *error: the first is byte 1.
 */
int json_parse(const char *text, size_t length, const char *name, struct json_object **document,
	       struct parse_error *error);
void json_free(struct json_object *document);
static inline void json_freep(struct json_object **document)
{
	if (*document)
		json_free(*document);
}

/* A place in a document, for messages: its parent's place and either a member's key or an index. */
struct json_place {
	const struct json_place *parent;
	const char *key; /* NULL: the element of that index */
	size_t index;
	struct json_object *value; /* NULL: missing, or null */
	const char *file;	   /* of the document itself: what it is called; or NULL */
};

/* The member of an object. Returns 0, or -EINVAL if the place is there and is no object. */
int json_member(const struct json_place *object, const char *key, struct json_place *member,
		struct parse_error *error);

/* How many elements an array has: 0 for a missing one. Returns 0, or -EINVAL if it is no array. */
int json_length(const struct json_place *array, size_t *length, struct parse_error *error);
struct json_place json_element(const struct json_place *array, size_t index);

/*
 * Calls fn for each member of an object, in their order, until one returns not 0. A missing object has
 * none. Returns what fn returned, or -EINVAL if it is no object.
 */
int json_each(const struct json_place *object,
	      int (*fn)(const struct json_place *member, void *data), void *data,
	      struct parse_error *error);

/*
 * A whole number from 0 to 2^64-1, as a string of decimal digits or, below 2^64-1, as a number. A missing value leaves
 * *value as it is. Returns 1 if it was there, 0, or -EINVAL; unit is for the message: "bytes".
 */
int json_number(const struct json_place *place, const char *unit, uint64_t *value,
		struct parse_error *error);

/* true or false; a missing value leaves *value as it is. 0 or -EINVAL. */
int json_flag(const struct json_place *place, bool *value, struct parse_error *error);

/* A string, which lives as long as the document; NULL where it is missing. 0 or -EINVAL. */
int json_string(const struct json_place *place, const char **text, struct parse_error *error);

/* Says what is wrong with a value: "file: samples[3].shm.pages: what", if the file is known. Returns -EINVAL. */
int json_complain(const struct json_place *place, struct parse_error *error, const char *format,
		  ...) __attribute__((format(printf, 3, 4)));
