/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file of an observation, read: written by us as root, and yet read as if anybody had. What is wrong in it
 * is an error, never a zero: that would be a call that was not seen.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "json_reader.h"
#include "observation_file.h"
#include "readall.h"

#define FILE_MAX_BYTES (4 << 20)

int observation_open_directory(const char *directory, bool make)
{
	int fd;

	if (make && !directory) {
		mkdir("/var/lib/ipcguard", 0755);
		mkdir(OBSERVATION_DIR, 0700);
	}
	fd = open(directory ? directory : OBSERVATION_DIR,
		  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int observation_name_file(const char *unit, char name[NAME_MAX + 1])
{
	return snprintf(name, NAME_MAX + 1, "%s.json", unit) > NAME_MAX ? -ENAMETOOLONG : 0;
}

static int read_number(const struct json_place *in, const char *key, const char *unit,
		       uint64_t *value, struct parse_error *error)
{
	struct json_place place;
	int r = json_member(in, key, &place, error);

	r = r == 0 ? json_number(&place, unit, value, error) : r;
	return r < 0 ? r : 0;
}

static int read_flag(const struct json_place *in, const char *key, bool *value,
		     struct parse_error *error)
{
	struct json_place place;
	int r = json_member(in, key, &place, error);

	return r == 0 ? json_flag(&place, value, error) : r;
}

/* Texts of the file go to terminals: they were escaped when they were written. */
static int read_text(const struct json_place *place, const char **text, struct parse_error *error)
{
	int r = json_string(place, text, error);

	if (r == 0 && !*text)
		return json_complain(place, error, "missing");
	for (const char *c = *text; r == 0 && *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			r = json_complain(place, error, "a control character");
	return r;
}

static int read_member_text(const struct json_place *in, const char *key, const char **text,
			    struct parse_error *error)
{
	struct json_place place;
	int r = json_member(in, key, &place, error);

	return r == 0 ? read_text(&place, text, error) : r;
}

static int read_kind(const struct json_place *in, enum ipc_kind *kind, struct parse_error *error)
{
	const char *text;
	int r = read_member_text(in, "kind", &text, error);

	if (r < 0)
		return r;
	for (int i = 0; i < KIND_COUNT_; i++)
		if (!strcmp(kind_name((enum ipc_kind)i), text)) {
			*kind = (enum ipc_kind)i;
			return 0;
		}
	return json_complain(in, error, "no kind of object");
}

static int read_others(const struct json_place *in, struct seen_object *object,
		       struct parse_error *error)
{
	struct json_place place;
	size_t count = 0;
	int r = json_member(in, "others", &place, error);

	if (r == 0)
		r = json_length(&place, &count, error);
	for (size_t i = 0; r == 0 && i < count && i < OBSERVATION_OTHERS_MAX; i++) {
		struct json_place element = json_element(&place, i);
		const char *text;

		r = read_text(&element, &text, error);
		if (r == 0)
			r = observation_add_other(object, text);
	}
	return r;
}

static int read_object(const struct json_place *in, struct seen_object *object,
		       struct parse_error *error)
{
	const char *ref;
	uint64_t key = 0, mode = 0;
	int r = read_kind(in, &object->kind, error);

	if (r == 0)
		r = read_member_text(in, "object", &ref, error);
	if (r == 0) {
		object->ref = strdup(ref);
		r = object->ref ? 0 : -ENOMEM;
	}
	if (r == 0)
		r = read_number(in, "key", "a key", &key, error);
	if (r == 0)
		r = read_number(in, "mode", "a mode", &mode, error);
	if (r == 0)
		r = read_number(in, "bytes", "bytes", &object->bytes, error);
	if (r == 0)
		r = read_flag(in, "was_there", &object->was_there, error);
	if (r == 0)
		r = read_flag(in, "is_left", &object->is_left, error);
	if (r == 0)
		r = read_flag(in, "has_private_key", &object->has_private_key, error);
	object->key = (uint32_t)key;
	object->mode = (mode_t)mode & 0777;
	return r == 0 ? read_others(in, object, error) : r;
}

static int read_objects(const struct json_place *in, struct observation *observation,
			struct parse_error *error)
{
	struct json_place place;
	size_t count = 0;
	int r = json_member(in, "objects", &place, error);

	if (r == 0 && !place.value)
		r = json_complain(&place, error, "missing");
	if (r == 0)
		r = json_length(&place, &count, error);
	if (r == 0 && count > OBSERVATION_OBJECTS_MAX)
		r = json_complain(&place, error, "more than %d", OBSERVATION_OBJECTS_MAX);
	if (r < 0)
		return r;
	observation->objects = calloc(count + 1, sizeof(*observation->objects));
	if (!observation->objects)
		return -ENOMEM;
	while (r == 0 && observation->object_count < count) {
		struct json_place element = json_element(&place, observation->object_count);

		r = read_object(&element, &observation->objects[observation->object_count++],
				error);
	}
	return r;
}

static int read_calls(const struct json_place *in, const char *key, uint64_t *counts,
		      struct parse_error *error)
{
	struct json_place place;
	int r = json_member(in, key, &place, error);

	if (r == 0 && !place.value)
		return json_complain(&place, error, "missing");
	for (int i = 0; r == 0 && i < CALL_COUNT_; i++)
		r = read_number(&place, call_info((enum ipc_call)i)->name, "calls", &counts[i],
				error);
	return r;
}

static int read_flags(const struct json_place *in, struct observation *observation,
		      struct parse_error *error)
{
	int r = read_flag(in, "has_calls", &observation->has_calls, error);

	if (r == 0)
		r = read_flag(in, "saw_stop", &observation->saw_stop, error);
	if (r == 0)
		r = read_flag(in, "saw_any_sysv", &observation->saw_any_sysv, error);
	if (r == 0)
		r = read_flag(in, "saw_foreign", &observation->saw_foreign, error);
	if (r == 0)
		r = read_flag(in, "saw_setuid", &observation->saw_setuid, error);
	if (r == 0)
		r = read_flag(in, "saw_escape", &observation->saw_escape, error);
	if (r == 0)
		r = read_flag(in, "may_mount", &observation->may_mount, error);
	if (r == 0)
		r = read_flag(in, "has_locked_segment", &observation->has_locked_segment, error);
	return r == 0 ? read_flag(in, "is_partial", &observation->is_partial, error) : r;
}

static int read_figures(const struct json_place *in, struct observation *observation,
			struct parse_error *error)
{
	uint64_t started = 0;
	int r = read_number(in, "started", "seconds", &started, error);

	observation->started = (time_t)started;
	if (r == 0)
		r = read_number(in, "seconds", "seconds", &observation->seconds, error);
	if (r == 0)
		r = read_number(in, "lost", "times", &observation->lost, error);
	if (r == 0)
		r = read_number(in, "looks", "looks", &observation->looks, error);
	if (r == 0)
		r = read_number(in, "queue_bytes", "bytes", &observation->queue_bytes, error);
	return r == 0 ? read_number(in, "locked_bytes", "bytes", &observation->locked_bytes, error)
		      : r;
}

static int read_unit(const struct json_place *in, const char *unit, struct observation *observation,
		     struct parse_error *error)
{
	const char *own;
	int r = read_member_text(in, "unit", &own, error);

	if (r == 0 && strcmp(own, unit) != 0)
		r = json_complain(in, error, "of another unit, %s", own);
	if (r < 0)
		return r;
	observation->unit = strdup(own);
	return observation->unit ? 0 : -ENOMEM;
}

static int read_document(const struct json_place *in, const char *unit,
			 struct observation *observation, struct parse_error *error)
{
	int r = read_unit(in, unit, observation, error);

	if (r == 0)
		r = read_flags(in, observation, error);
	if (r == 0)
		r = read_figures(in, observation, error);
	if (r == 0)
		r = read_calls(in, "calls", observation->calls, error);
	if (r == 0)
		r = read_calls(in, "calls_of_unknown", observation->unknown, error);
	return r == 0 ? read_objects(in, observation, error) : r;
}

/* A file that others may write to could say that nothing is used. */
static int read_file(int dir, const char *name, char **text, size_t *size)
{
	_cleanup_close_ int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	ssize_t length;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 022)
		return -EPERM;
	if (st.st_size > FILE_MAX_BYTES)
		return -EFBIG;
	*text = malloc((size_t)st.st_size + 1);
	if (!*text)
		return -ENOMEM;
	length = read_all(fd, *text, (size_t)st.st_size);
	if (length < 0)
		return (int)length;
	*size = (size_t)length;
	return 0;
}

int observation_load(struct observation *observation, const char *directory, const char *unit,
		     struct parse_error *error)
{
	_cleanup_close_ int dir = observation_open_directory(directory, false);
	_cleanup_free_ char *text = NULL;
	_cleanup_(json_freep) struct json_object *document = NULL;
	char name[NAME_MAX + 1];
	size_t size = 0;
	int r = dir < 0 ? dir : observation_name_file(unit, name);

	*observation = (struct observation){0};
	if (r == 0)
		r = read_file(dir, name, &text, &size);
	if (r == 0)
		r = json_parse(text, size, name, &document, error);
	if (r == 0)
		r = read_document(&(struct json_place){.value = document}, unit, observation,
				  error);
	if (r < 0)
		observation_done(observation);
	return r;
}
