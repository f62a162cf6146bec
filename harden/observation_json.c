/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file of an observation: written by us as root, and yet read as if anybody had. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "document.h"
#include "observation.h"
#include "optional.h"
#include "procs.h"
#include "readall.h"
#include "textfile.h"

#define FILE_MAX_BYTES (4 << 20)
#define DEPTH_MAX 8

OPTIONAL_FUNCTION(json_tokener_new_ex);
OPTIONAL_FUNCTION(json_tokener_parse_ex);
OPTIONAL_FUNCTION(json_tokener_free);
OPTIONAL_FUNCTION(json_object_put);
OPTIONAL_FUNCTION(json_object_is_type);
OPTIONAL_FUNCTION(json_object_object_get_ex);
OPTIONAL_FUNCTION(json_object_get_string);
OPTIONAL_FUNCTION(json_object_get_int64);
OPTIONAL_FUNCTION(json_object_get_boolean);
OPTIONAL_FUNCTION(json_object_array_length);
OPTIONAL_FUNCTION(json_object_array_get_idx);

static const struct optional_symbol symbols[] = {
	OPTIONAL_SYMBOL(json_tokener_new_ex),	    OPTIONAL_SYMBOL(json_tokener_parse_ex),
	OPTIONAL_SYMBOL(json_tokener_free),	    OPTIONAL_SYMBOL(json_object_put),
	OPTIONAL_SYMBOL(json_object_is_type),	    OPTIONAL_SYMBOL(json_object_object_get_ex),
	OPTIONAL_SYMBOL(json_object_get_string),    OPTIONAL_SYMBOL(json_object_get_int64),
	OPTIONAL_SYMBOL(json_object_get_boolean),   OPTIONAL_SYMBOL(json_object_array_length),
	OPTIONAL_SYMBOL(json_object_array_get_idx),
};

/* --- writing --- */

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

static int open_directory(const char *directory, bool make)
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

static int name_file(const char *unit, char name[NAME_MAX + 1])
{
	return snprintf(name, NAME_MAX + 1, "%s.json", unit) > NAME_MAX ? -ENAMETOOLONG : 0;
}

int observation_save(const struct observation *observation, const char *directory)
{
	_cleanup_close_ int dir = open_directory(directory, true);
	_cleanup_free_ char *text = NULL;
	char name[NAME_MAX + 1], temporary[32];
	size_t size = 0;
	int r = dir < 0 ? dir : name_file(observation->unit, name);

	/* of this run alone: of several units, several may be observed */
	snprintf(temporary, sizeof(temporary), ".new.%d", (int)getpid());
	if (r == 0)
		r = print(observation, &text, &size);
	return r == 0 ? textfile_replace(dir, name, temporary, 0600, text, size) : r;
}

/* --- reading --- */

static struct json_object *get(struct json_object *in, const char *key, json_type type)
{
	struct json_object *value;

	return sym_json_object_object_get_ex(in, key, &value) &&
			       sym_json_object_is_type(value, type)
		       ? value
		       : NULL;
}

static uint64_t get_number(struct json_object *in, const char *key)
{
	struct json_object *value = get(in, key, json_type_int);
	int64_t number = value ? sym_json_object_get_int64(value) : 0;

	return number > 0 ? (uint64_t)number : 0;
}

static bool get_flag(struct json_object *in, const char *key)
{
	struct json_object *value = get(in, key, json_type_boolean);

	return value && sym_json_object_get_boolean(value);
}

static const char *get_text(struct json_object *in, const char *key)
{
	struct json_object *value = get(in, key, json_type_string);

	return value ? sym_json_object_get_string(value) : NULL;
}

/* Texts of the file go to terminals: they were escaped when they were written. */
static bool is_printable(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static int read_kind(const char *text, enum ipc_kind *kind)
{
	for (int i = 0; text && i < KIND_COUNT_; i++)
		if (!strcmp(kind_name((enum ipc_kind)i), text)) {
			*kind = (enum ipc_kind)i;
			return 0;
		}
	return -EBADMSG;
}

static int read_others(struct json_object *array, struct seen_object *object)
{
	size_t count = array ? sym_json_object_array_length(array) : 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < count && i < OBSERVATION_OTHERS_MAX; i++) {
		struct json_object *value = sym_json_object_array_get_idx(array, i);

		if (!sym_json_object_is_type(value, json_type_string) ||
		    !is_printable(sym_json_object_get_string(value)))
			return -EBADMSG;
		r = observation_add_other(object, sym_json_object_get_string(value));
	}
	return r;
}

static int read_object(struct json_object *from, struct seen_object *object)
{
	const char *ref = get_text(from, "object");
	int r = read_kind(get_text(from, "kind"), &object->kind);

	if (r < 0 || !ref || !is_printable(ref))
		return -EBADMSG;
	object->ref = strdup(ref);
	if (!object->ref)
		return -ENOMEM;
	object->key = (uint32_t)get_number(from, "key");
	object->mode = (mode_t)get_number(from, "mode") & 0777;
	object->bytes = get_number(from, "bytes");
	object->was_there = get_flag(from, "was_there");
	object->is_left = get_flag(from, "is_left");
	object->has_private_key = get_flag(from, "has_private_key");
	return read_others(get(from, "others", json_type_array), object);
}

static int read_objects(struct json_object *from, struct observation *observation)
{
	struct json_object *array = get(from, "objects", json_type_array);
	size_t count = array ? sym_json_object_array_length(array) : 0;
	int r = 0;

	if (!array || count > OBSERVATION_OBJECTS_MAX)
		return -EBADMSG;
	observation->objects = calloc(count + 1, sizeof(*observation->objects));
	if (!observation->objects)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < count; i++) {
		struct json_object *element = sym_json_object_array_get_idx(array, i);

		observation->object_count++;
		r = sym_json_object_is_type(element, json_type_object)
			    ? read_object(element, &observation->objects[i])
			    : -EBADMSG;
	}
	return r;
}

static int read_calls(struct json_object *from, const char *key, uint64_t *counts)
{
	struct json_object *calls = get(from, key, json_type_object);

	if (!calls)
		return -EBADMSG;
	for (int i = 0; i < CALL_COUNT_; i++)
		counts[i] = get_number(calls, call_info((enum ipc_call)i)->name);
	return 0;
}

static int read_document(struct json_object *from, const char *unit,
			 struct observation *observation)
{
	const char *own = get_text(from, "unit");
	int r;

	if (!own || strcmp(own, unit) != 0)
		return -EBADMSG;
	observation->unit = strdup(own);
	if (!observation->unit)
		return -ENOMEM;
	observation->started = (time_t)get_number(from, "started");
	observation->seconds = get_number(from, "seconds");
	observation->has_calls = get_flag(from, "has_calls");
	observation->saw_stop = get_flag(from, "saw_stop");
	observation->saw_any_sysv = get_flag(from, "saw_any_sysv");
	observation->saw_foreign = get_flag(from, "saw_foreign");
	observation->saw_setuid = get_flag(from, "saw_setuid");
	observation->lost = get_number(from, "lost");
	observation->looks = get_number(from, "looks");
	observation->queue_bytes = get_number(from, "queue_bytes");
	observation->locked_bytes = get_number(from, "locked_bytes");
	observation->is_partial = get_flag(from, "is_partial");
	r = read_calls(from, "calls", observation->calls);
	if (r == 0)
		r = read_calls(from, "calls_of_unknown", observation->unknown);
	return r == 0 ? read_objects(from, observation) : r;
}

/* A file that others may write to could say that nothing is used. */
static int read_file(int dir, const char *name, char **text)
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
	(*text)[length] = '\0';
	return 0;
}

static int parse(const char *text, const char *unit, struct observation *observation)
{
	struct json_tokener *tokener;
	struct json_object *document;
	int r = optional_open("libjson-c.so.5", symbols, sizeof(symbols) / sizeof(symbols[0]));

	if (r < 0)
		return r;
	tokener = sym_json_tokener_new_ex(DEPTH_MAX);
	if (!tokener)
		return -ENOMEM;
	document = sym_json_tokener_parse_ex(tokener, text, (int)strlen(text));
	sym_json_tokener_free(tokener);
	r = document && sym_json_object_is_type(document, json_type_object)
		    ? read_document(document, unit, observation)
		    : -EBADMSG;
	if (document)
		sym_json_object_put(document);
	return r;
}

int observation_load(struct observation *observation, const char *directory, const char *unit)
{
	_cleanup_close_ int dir = open_directory(directory, false);
	_cleanup_free_ char *text = NULL;
	char name[NAME_MAX + 1];
	int r = dir < 0 ? dir : name_file(unit, name);

	*observation = (struct observation){0};
	if (r == 0)
		r = read_file(dir, name, &text);
	if (r == 0)
		r = parse(text, unit, observation);
	if (r < 0)
		observation_done(observation);
	return r;
}
