/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file of an observation, written. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "document.h"
#include "observation_file.h"
#include "textfile.h"

static int add_calls(struct json_object *to, const char *key, const uint64_t *counts)
{
	struct json_object *calls = document_add_object(to, key);
	int r = calls ? 0 : -ENOMEM;

	for (int i = 0; r == 0 && i < CALL_COUNT_; i++)
		if (counts[i])
			r = document_add_uint(calls, call_info((enum ipc_call)i)->name, counts[i]);
	return r;
}

static int add_object(struct json_object *array, const struct seen_object *object)
{
	struct json_object *to = document_append_object(array), *others;
	int r;

	if (!to)
		return -ENOMEM;
	r = document_add_text(to, "object", object->ref);
	r |= document_add_text(to, "kind", kind_name(object->kind));
	r |= document_add_uint(to, "key", object->key);
	r |= document_add_uint(to, "mode", object->mode);
	r |= document_add_uint(to, "bytes", object->bytes);
	r |= document_add_bool(to, "was_there", object->was_there);
	r |= document_add_bool(to, "is_left", object->is_left);
	r |= document_add_bool(to, "has_private_key", object->has_private_key);
	others = document_add_array(to, "others");
	for (size_t i = 0; others && !r && i < object->others.count; i++)
		r = document_append_text(others, object->others.items[i]);
	return r || !others ? -ENOMEM : 0;
}

static int add_figures(struct json_object *to, const struct observation *observation)
{
	int r = document_add_text(to, "unit", observation->unit);

	r |= document_add_int(to, "started", observation->started);
	r |= document_add_uint(to, "seconds", observation->seconds);
	r |= document_add_bool(to, "has_calls", observation->has_calls);
	r |= document_add_bool(to, "saw_stop", observation->saw_stop);
	r |= document_add_bool(to, "saw_any_sysv", observation->saw_any_sysv);
	r |= document_add_bool(to, "saw_foreign", observation->saw_foreign);
	r |= document_add_bool(to, "saw_setuid", observation->saw_setuid);
	r |= document_add_bool(to, "saw_escape", observation->saw_escape);
	r |= document_add_bool(to, "may_mount", observation->may_mount);
	r |= document_add_bool(to, "has_locked_segment", observation->has_locked_segment);
	r |= document_add_uint(to, "lost", observation->lost);
	r |= document_add_uint(to, "looks", observation->looks);
	r |= document_add_uint(to, "queue_bytes", observation->queue_bytes);
	r |= document_add_uint(to, "locked_bytes", observation->locked_bytes);
	r |= document_add_bool(to, "is_partial", observation->is_partial);
	return r ? -ENOMEM : 0;
}

static int fill(struct json_object *to, const struct observation *observation)
{
	struct json_object *objects;
	int r = add_figures(to, observation);

	if (r == 0)
		r = add_calls(to, "calls", observation->calls);
	if (r == 0)
		r = add_calls(to, "calls_of_unknown", observation->unknown);
	objects = r == 0 ? document_add_array(to, "objects") : NULL;
	if (r == 0 && !objects)
		r = -ENOMEM;
	for (size_t i = 0; r == 0 && i < observation->object_count; i++)
		r = add_object(objects, &observation->objects[i]);
	return r;
}

/* Returns 0 and a text to be freed. */
static int print(const struct observation *observation, char **text, size_t *size)
{
	struct json_object *document;
	FILE *f;
	int r = document_new("observe", &document);

	if (r < 0)
		return r;
	r = fill(document, observation);
	f = r == 0 ? open_memstream(text, size) : NULL;
	if (r == 0 && !f)
		r = -ENOMEM;
	if (r == 0)
		r = document_print(document, f);
	document_free(document);
	if (f && fclose(f) != 0 && r == 0)
		r = -ENOMEM;
	return r;
}

int observation_save(const struct observation *observation, const char *directory)
{
	_cleanup_close_ int dir = observation_open_directory(directory, true);
	_cleanup_free_ char *text = NULL;
	char name[NAME_MAX + 1], temporary[32];
	size_t size = 0;
	int r = dir < 0 ? dir : observation_name_file(observation->unit, name);

	/* of this run alone: of several units, several may be observed */
	snprintf(temporary, sizeof(temporary), ".new.%d", (int)getpid());
	if (r == 0)
		r = print(observation, &text, &size);
	return r == 0 ? textfile_replace(dir, name, temporary, 0600, text, size) : r;
}
