/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "observe_look.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "inside.h"
#include "ipc_limits.h"
#include "private_key.h"
#include "textfile.h"

#define STATUS_MAX (64 * 1024)

static bool is_same(const struct ipc_object *a, const struct ipc_object *b)
{
	if (a->kind != b->kind)
		return false;
	if (kind_is_sysv(a->kind))
		return a->id == b->id && a->cuid == b->cuid && (a->key == b->key || !b->key);
	return a->ino == b->ino && a->dev == b->dev;
}

static bool has_object(const struct look *look, const struct ipc_object *obj)
{
	for (size_t i = 0; i < look->inv.count; i++)
		if (is_same(&look->inv.objects[i], obj))
			return true;
	return false;
}

static bool is_of(struct look *look, pid_t pid, const char *unit)
{
	const char *own = look_unit_of(look, pid);

	return own && !strcmp(own, unit);
}

static bool is_used_by(struct look *look, const struct object_use *uses, size_t count,
		       const char *unit)
{
	for (size_t i = 0; i < count; i++)
		if (is_of(look, uses[i].pid, unit))
			return true;
	return false;
}

static int add_others(struct seen_object *object, struct look *look, const struct object_use *uses,
		      size_t count, const char *unit)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		const struct who *who = whos_get(&look->whos, uses[i].pid);
		/* a name of 15 bytes, each escaped */
		char text[128];

		if (is_of(look, uses[i].pid, unit))
			continue;
		snprintf(text, sizeof(text), "pid %d (%s)", (int)uses[i].pid,
			 who && who->comm ? who->comm : "?");
		r = observation_add_other(object, who && who->unit ? who->unit : text);
	}
	return r;
}

static void note_state(struct observation *observation, struct seen_object *object,
		       const struct ipc_object *obj)
{
	object->mode |= obj->mode & 0777;
	if (obj->bytes > object->bytes)
		object->bytes = obj->bytes;
	if (obj->kind == KIND_PMQ)
		observation->queue_bytes += limit_queue_cost(obj->maxmsg, obj->msgsize);
}

static int note_object(struct observation *observation, struct look *look, size_t index,
		       const char *unit, const struct look *before)
{
	const struct ipc_object *obj = &look->inv.objects[index];
	size_t count, known = observation->object_count;
	const struct object_use *uses = look_uses_of(look, index, &count);
	struct seen_object *object;
	int r;

	if (!is_used_by(look, uses, count, unit))
		return 0;
	object = observation_object(observation, obj, &r);
	if (!object)
		return r;
	if (observation->object_count > known)
		object->was_there = has_object(before, obj);
	note_state(observation, object, obj);
	return add_others(object, look, uses, count, unit);
}

/* Those of a namespace of its own ended with it when it was stopped: all are new. One that it joins stays its. */
static int note_inside(struct observation *observation, struct look *look, const char *unit)
{
	_cleanup_(inside_done) struct inside inside;
	int r = inside_read(&inside, look, unit);

	for (size_t i = 0; r == 0 && i < inside.inv.count; i++) {
		const struct ipc_object *obj = &inside.inv.objects[i];
		struct seen_object *object = observation_object(observation, obj, &r);

		if (object)
			note_state(observation, object, obj);
		for (size_t j = 0; object && r == 0 && j < inside.companions.count; j++)
			r = observation_add_other(object, inside.companions.items[j]);
	}
	return r;
}

uint64_t observe_parse_locked(const char *status)
{
	const char *line = strstr(status, "\nVmLck:");
	uint64_t kib = 0;

	if (line && sscanf(line, "\nVmLck: %" SCNu64 " kB", &kib) == 1 && kib < UINT64_MAX / 1024)
		return kib * 1024;
	return 0;
}

static void note_process(struct observation *observation, const struct proc *proc)
{
	_cleanup_free_ char *text = NULL;
	char path[64];
	uint64_t locked;

	observation->saw_setuid |= proc->ruid != proc->euid;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)proc->pid);
	if (textfile_read(path, STATUS_MAX, &text) < 0)
		return;
	locked = observe_parse_locked(text);
	if (locked > observation->locked_bytes)
		observation->locked_bytes = locked;
}

int observe_look(struct observation *observation, const char *unit, const struct look *before)
{
	uint64_t most = observation->queue_bytes;
	struct look look;
	int r = look_take(&look);

	if (r < 0)
		return r;
	observation->looks++;
	observation->queue_bytes = 0;
	for (size_t i = 0; r == 0 && i < look.inv.count; i++)
		r = note_object(observation, &look, i, unit, before);
	if (r == 0)
		r = note_inside(observation, &look, unit);
	if (observation->queue_bytes < most)
		observation->queue_bytes = most;
	for (size_t i = 0; i < look.procs.count; i++)
		if (!look.procs.all[i].is_kernel_thread &&
		    is_of(&look, look.procs.all[i].pid, unit))
			note_process(observation, &look.procs.all[i]);
	look_done(&look);
	return r;
}

int observe_private_keys(struct observation *observation)
{
	_cleanup_(tmp_places_done) struct tmp_places places = {0};
	int r = tmp_places_read(&places, NULL);

	for (size_t i = 0; r == 0 && i < observation->object_count; i++) {
		struct seen_object *object = &observation->objects[i];
		_cleanup_free_ char *file = NULL;

		if (!kind_is_sysv(object->kind))
			continue;
		r = private_key_find(&places, observation->unit, object->key, &file);
		object->has_private_key = r > 0;
		r = r > 0 ? 0 : r;
	}
	return r;
}

/* Objects of the unit's that are there, and that nothing living uses. */
static int note_leftover(struct observation *observation, struct look *look, size_t index,
			 const struct look *before)
{
	const struct ipc_object *obj = &look->inv.objects[index];
	_cleanup_free_ char *ref = NULL;
	size_t count;

	look_uses_of(look, index, &count);
	if (count || has_object(before, obj))
		return 0;
	ref = object_ref(obj);
	if (!ref)
		return -ENOMEM;
	for (size_t i = 0; i < observation->object_count; i++)
		if (!strcmp(observation->objects[i].ref, ref) &&
		    observation->objects[i].key == obj->key)
			observation->objects[i].is_left = true;
	return 0;
}

int observe_leftovers(struct observation *observation, const struct look *before)
{
	struct look look;
	int r = look_take(&look);

	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < look.inv.count; i++)
		r = note_leftover(observation, &look, i, before);
	look_done(&look);
	return r;
}
