/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON documents, by json-c (loaded when one is made). Each document_add_… adds one value and returns
 * 0 or -ENOMEM: a document is whole or not printed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json_object;

/*
 * Begins a document of schema ipcguard/1 for a command. Returns 0 and a document for
 * document_free(), -ENOSYS where json-c is missing, or -ENOMEM.
 */
int document_new(const char *command, struct json_object **out);
void document_free(struct json_object *document);

/* Prints it as one line. Returns 0 or a negative errno. */
int document_print(struct json_object *document, FILE *out);

int document_add_null(struct json_object *to, const char *key);
int document_add_text(struct json_object *to, const char *key, const char *text); /* NULL: null */
int document_add_int(struct json_object *to, const char *key, int64_t value);
int document_add_uint(struct json_object *to, const char *key, uint64_t value);
int document_add_bool(struct json_object *to, const char *key, bool value);

/* An object or array below `to`, which owns it. NULL without memory. */
struct json_object *document_add_object(struct json_object *to, const char *key);
struct json_object *document_add_array(struct json_object *to, const char *key);

/* An object at the end of an array, which owns it. NULL without memory. */
struct json_object *document_append_object(struct json_object *array);
