/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show_ftok.h"

#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "object.h"

static void add_project(struct text *text, unsigned project)
{
	text_add_format(text, "project id 0x%02x", project);
	/* programmers mostly write it as a letter */
	if (project > ' ' && project < 0x7f)
		text_add_format(text, " '%c'", (char)project);
}

/* "/tmp/x", or "/tmp/x in app.service (PrivateTmp=)" */
static void add_path(struct text *text, const struct ftok_answer *answer)
{
	_cleanup_free_ char *path = name_escape(answer->path);

	text_add(text, path ? path : "?");
	if (answer->unit)
		text_add_format(text, " in %s (PrivateTmp=)", answer->unit);
}

void show_ftok_write(struct text *text, const struct ftok_answer *answer, uint32_t key)
{
	char own_key[KEY_TEXT_SIZE];

	if (answer->is_clash)
		text_add(text, "PrivateTmp clash: ");
	add_path(text, answer);
	if (answer->error) {
		text_add_format(text, ": %s", strerror(-answer->error));
	} else if (answer->is_match) {
		text_add(text, " gives this key with ");
		add_project(text, ftok_project(key));
	} else {
		text_add_format(text, "%s gives %s with ",
				answer->is_clash ? " is another file, and" : "",
				key_format(answer->key, own_key));
		add_project(text, ftok_project(key));
	}
}

static int fill_json(struct json_object *to, const struct ftok_answer *answer)
{
	_cleanup_free_ char *path = name_escape(answer->path);
	char key[KEY_TEXT_SIZE];
	int r = document_add_text(to, "path", path);

	r |= document_add_text(to, "unit", answer->unit);
	r |= document_add_text(to, "key", answer->error ? NULL : key_format(answer->key, key));
	r |= answer->error ? document_add_null(to, "project")
			   : document_add_uint(to, "project", ftok_project(answer->key));
	r |= document_add_bool(to, "matches", answer->is_match);
	r |= document_add_bool(to, "clash", answer->is_clash);
	return r | document_add_text(to, "error", answer->error ? strerror(-answer->error) : NULL);
}

int show_ftok_put_json(struct document_stream *stream, const struct ftok_answers *answers)
{
	int r = document_stream_array(stream, "ftok");

	for (size_t i = 0; r == 0 && i < answers->count; i++) {
		struct json_object *element = document_stream_element();

		if (!element || fill_json(element, &answers->all[i])) {
			document_free(element);
			return -ENOMEM;
		}
		r = document_stream_put(stream, element);
	}
	return r;
}
