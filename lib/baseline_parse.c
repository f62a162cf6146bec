/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Does the text still say what was written? Each number is read strictly, and the last line has
 * an FNV-1a hash of all before it: a text that lacks a byte is none.
 */
#include "baseline_parse.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

#define MAGIC "ipcguard-baseline 1 "

void baseline_free(struct baseline *baseline)
{
	if (!baseline)
		return;
	free(baseline->objects);
	free(baseline->processes);
	free(baseline);
}

static uint64_t hash_text(const char *text, size_t size)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	return hash;
}

void baseline_identify(const struct ipc_object *obj, struct baseline_object *out)
{
	*out = kind_is_sysv(obj->kind)
		       ? (struct baseline_object){obj->kind, (uint64_t)obj->id, obj->cuid, obj->key}
		       : (struct baseline_object){KIND_PSHM, obj->ino, obj->dev, 0};
}

/* Makes room for one more element. */
static int grow(void **array, size_t count, size_t *allocated, size_t size)
{
	size_t more = *allocated ? *allocated * 2 : 64;
	void *grown;

	if (count < *allocated)
		return 0;
	grown = reallocarray(*array, more, size);
	if (!grown)
		return -ENOMEM;
	*array = grown;
	*allocated = more;
	return 0;
}

int baseline_add_object(struct baseline *baseline, const struct baseline_object *object)
{
	void *array = baseline->objects;
	int r = grow(&array, baseline->object_count, &baseline->objects_allocated, sizeof(*object));

	baseline->objects = array;
	if (r == 0)
		baseline->objects[baseline->object_count++] = *object;
	return r;
}

int baseline_add_process(struct baseline *baseline, const struct baseline_process *process)
{
	void *array = baseline->processes;
	int r = grow(&array, baseline->process_count, &baseline->processes_allocated,
		     sizeof(*process));

	baseline->processes = array;
	if (r == 0)
		baseline->processes[baseline->process_count++] = *process;
	return r;
}

/* Takes a decimal number up to max, and the byte after it, which must be `end`. */
static int take_number(const char **at, uint64_t max, char end, uint64_t *value)
{
	const char *p = *at;

	*value = 0;
	if (!isdigit((unsigned char)*p))
		return -EBADMSG;
	for (; isdigit((unsigned char)*p); p++)
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(*p - '0'), value) || *value > max)
			return -EBADMSG;
	if (*p != end)
		return -EBADMSG;
	*at = p + 1;
	return 0;
}

/* Takes a word of the header, and the byte after it. */
static int take_word(const char **at, char end, char *buf, size_t size)
{
	size_t length = strcspn(*at, " \n");

	if (!length || length >= size || (*at)[length] != end)
		return -EBADMSG;
	memcpy(buf, *at, length);
	buf[length] = '\0';
	*at += length + 1;
	return 0;
}

static int take_sysv(const char **at, struct baseline *baseline)
{
	struct baseline_object object = {0};
	uint64_t kind, key;

	if (take_number(at, KIND_MSG, ' ', &kind) < 0 ||
	    take_number(at, INT_MAX, ' ', &object.id) < 0 ||
	    take_number(at, UINT32_MAX, ' ', &key) < 0 ||
	    take_number(at, UINT32_MAX, '\n', &object.from) < 0)
		return -EBADMSG;
	object.kind = (unsigned)kind;
	object.key = (uint32_t)key;
	return baseline_add_object(baseline, &object);
}

static int take_file(const char **at, struct baseline *baseline)
{
	struct baseline_object object = {.kind = KIND_PSHM};

	if (take_number(at, UINT64_MAX, ' ', &object.from) < 0 ||
	    take_number(at, UINT64_MAX, '\n', &object.id) < 0)
		return -EBADMSG;
	return baseline_add_object(baseline, &object);
}

static int take_process(const char **at, struct baseline *baseline)
{
	uint64_t pid, ticks, started, seen;
	struct baseline_process process;

	if (take_number(at, INT_MAX, ' ', &pid) < 0 ||
	    take_number(at, UINT64_MAX, ' ', &ticks) < 0 ||
	    take_number(at, INT64_MAX, ' ', &started) < 0 ||
	    take_number(at, INT64_MAX, '\n', &seen) < 0)
		return -EBADMSG;
	process = (struct baseline_process){(pid_t)pid, ticks, (time_t)started, (time_t)seen};
	return baseline_add_process(baseline, &process);
}

static int take_line(const char **at, struct baseline *baseline)
{
	const char *line = *at;

	if (line[0] == '\0' || line[1] != ' ')
		return -EBADMSG;
	*at += 2;
	switch (line[0]) {
	case 's':
		return take_sysv(at, baseline);
	case 'f':
		return take_file(at, baseline);
	case 'p':
		return take_process(at, baseline);
	default:
		return -EBADMSG;
	}
}

static int take_header(const char **at, struct baseline *baseline)
{
	if (strncmp(*at, MAGIC, strlen(MAGIC)))
		return -EBADMSG;
	*at += strlen(MAGIC);
	if (take_word(at, ' ', baseline->boot_id, sizeof(baseline->boot_id)) < 0 ||
	    take_word(at, ' ', baseline->unit, sizeof(baseline->unit)) < 0)
		return -EBADMSG;
	return take_word(at, '\n', baseline->invocation, sizeof(baseline->invocation));
}

/* Where the last line starts, if what stands before it is what its hash says. */
static int check_end(const char *text, size_t size, const char **end)
{
	const char *line, *at;
	uint64_t hash;

	if (size < 2 || strlen(text) != size || text[size - 1] != '\n')
		return -EBADMSG;
	line = memrchr(text, '\n', size - 1);
	if (!line || strncmp(line + 1, "end ", 4))
		return -EBADMSG;
	at = line + 5;
	if (take_number(&at, UINT64_MAX, '\n', &hash) < 0 || at != text + size ||
	    hash != hash_text(text, (size_t)(line + 1 - text)))
		return -EBADMSG;
	*end = line + 1;
	return 0;
}

static int by_identity(const void *a, const void *b)
{
	const struct baseline_object *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

int baseline_parse(const char *text, size_t size, struct baseline **out)
{
	_cleanup_(baseline_freep) struct baseline *baseline = calloc(1, sizeof(*baseline));
	const char *at = text, *end = text;
	int r;

	if (!baseline)
		return -ENOMEM;
	r = check_end(text, size, &end);
	if (r == 0)
		r = take_header(&at, baseline);
	while (r == 0 && at < end)
		r = take_line(&at, baseline);
	if (r == 0 && at != end)
		r = -EBADMSG;
	if (r < 0)
		return r;
	if (baseline->object_count)
		qsort(baseline->objects, baseline->object_count, sizeof(*baseline->objects),
		      by_identity);
	*out = STEAL_PTR(baseline);
	return 0;
}

int baseline_print(const struct baseline *baseline, char **text, size_t *size)
{
	FILE *f = open_memstream(text, size);

	if (!f)
		return -ENOMEM;
	fprintf(f, MAGIC "%s %s %s\n", baseline->boot_id, baseline->unit, baseline->invocation);
	for (size_t i = 0; i < baseline->object_count; i++) {
		const struct baseline_object *o = &baseline->objects[i];

		if (o->kind == KIND_PSHM)
			fprintf(f, "f %" PRIu64 " %" PRIu64 "\n", o->from, o->id);
		else
			fprintf(f, "s %u %" PRIu64 " %" PRIu32 " %" PRIu64 "\n", o->kind, o->id,
				o->key, o->from);
	}
	for (size_t i = 0; i < baseline->process_count; i++) {
		const struct baseline_process *p = &baseline->processes[i];

		fprintf(f, "p %d %" PRIu64 " %lld %lld\n", p->pid, p->start_ticks,
			(long long)p->started, (long long)p->seen);
	}
	if (fflush(f) == 0)
		fprintf(f, "end %" PRIu64 "\n", hash_text(*text, *size));
	return fclose(f) == 0 ? 0 : -ENOMEM;
}

bool baseline_has(const struct baseline *baseline, const struct ipc_object *obj)
{
	const struct baseline_object *found;
	struct baseline_object wanted;

	if (!baseline->object_count)
		return false;
	baseline_identify(obj, &wanted);
	found = bsearch(&wanted, baseline->objects, baseline->object_count,
			sizeof(*baseline->objects), by_identity);
	return found && (found->key == wanted.key || wanted.key == 0);
}

/*
 * True is evidence for removal, so it takes a proof: the process had started by then, and was still
 * seen later. A pid alone could be another's before the start and after the last look.
 */
bool baseline_saw_process(const struct baseline *baseline, pid_t pid, time_t when)
{
	for (size_t i = 0; i < baseline->process_count; i++) {
		const struct baseline_process *p = &baseline->processes[i];

		if (p->pid == pid && p->started <= when && when <= p->seen)
			return true;
	}
	return false;
}
