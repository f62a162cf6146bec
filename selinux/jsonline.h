/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of a log that is a JSON object, parsed by json-c, which is loaded for the first. */
#pragma once

#include "span.h"
#include "text.h"

struct json_object;

/*
 * Returns 0 and an object for jsonline_done(), -EBADMSG if it is none, -ENOSYS where json-c is missing,
 * or -ENOMEM.
 */
int jsonline_parse(struct span line, struct json_object **out);
void jsonline_done(struct json_object **object);

/* A member that is a string, which the object owns; else NULL. */
const char *jsonline_text(struct json_object *in, const char *key);

/* Adds a member's bytes: a string, or a list of numbers, as the journal prints what is no text. */
void jsonline_add(struct text *text, struct json_object *in, const char *key);
