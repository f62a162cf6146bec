/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "observe_look.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/stat.h>

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

/*
 * Who made it or used it last and has ended since: somebody else who comes and goes, unless it is known to have
 * been the unit's.
 */
static int add_ended(struct seen_object *object, const struct observation *observation,
		     const struct look *look, size_t index)
{
	size_t count;
	const struct object_use *ended = look_ended_of(look, index, &count);
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		char text[64];

		if (pidset_has(&observation->own, ended[i].pid))
			continue;
		snprintf(text, sizeof(text), "pid %d, which has ended", (int)ended[i].pid);
		r = observation_add_other(object, text);
	}
	return r;
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
	if (obj->kind == KIND_SHM && obj->mode & SHM_LOCKED)
		observation->has_locked_segment = true;
}

static void note_huge_pages(struct observation *observation, const struct look *look, size_t index)
{
	size_t count;
	const struct holding *holding = holders_of(&look->holders, index, &count);

	for (size_t i = 0; i < count; i++)
		observation->has_locked_segment |= holding[i].hugepage_kib != 0;
}

static uint64_t queue_cost(const struct inventory *inv, uid_t owner)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < inv->count; i++)
		if (inv->objects[i].kind == KIND_PMQ && inv->objects[i].uid == owner)
			sum += limit_queue_cost(inv->objects[i].maxmsg, inv->objects[i].msgsize);
	return sum;
}

static bool has_queue(const struct observation *observation)
{
	for (size_t i = 0; i < observation->object_count; i++)
		if (observation->objects[i].kind == KIND_PMQ)
			return true;
	return false;
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
	note_huge_pages(observation, look, index);
	r = add_others(object, look, uses, count, unit);
	return r == 0 ? add_ended(object, observation, look, index) : r;
}

/* Those of a namespace of its own ended with it when it was stopped: all are new. One that it joins stays its. */
static int note_inside(struct observation *observation, struct look *look, const char *unit,
		       uid_t owner, uint64_t *queues)
{
	_cleanup_(inside_done) struct inside inside;
	int r = inside_read(&inside, look, unit);

	*queues += queue_cost(&inside.inv, owner);
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

/* The number of a line of /proc/PID/status: what stands in the name of a process is no line. */
static bool read_status(const char *status, const char *line, int base, uint64_t *value)
{
	const char *found = strstr(status, line);

	if (!found)
		return false;
	*value = strtoull(found + strlen(line), NULL, base);
	return true;
}

uint64_t observe_parse_locked(const char *status)
{
	uint64_t locked = 0, pinned = 0, kib;

	read_status(status, "\nVmLck:", 10, &locked);
	read_status(status, "\nVmPin:", 10, &pinned);
	kib = locked > pinned ? locked : pinned;
	return kib < UINT64_MAX / 1024 ? kib * 1024 : 0;
}

/* A namespace of mounts is what PrivateIPC= brings along: what is mounted there, the host doesn't see. */
static bool may_mount(pid_t pid, const char *status)
{
	uint64_t capabilities;
	struct stat own, host;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)pid);
	return read_status(status, "\nCapEff:", 16, &capabilities) &&
	       capabilities & UINT64_C(1) << CAP_SYS_ADMIN && stat(path, &own) == 0 &&
	       stat("/proc/1/ns/mnt", &host) == 0 && own.st_ino == host.st_ino;
}

static bool is_setuid_program(pid_t pid)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	return stat(path, &st) == 0 && st.st_mode & (S_ISUID | S_ISGID);
}

static void note_process(struct observation *observation, const struct proc *proc)
{
	_cleanup_free_ char *text = NULL;
	char path[64];
	uint64_t locked;

	pidset_add(&observation->own, proc->pid);
	observation->saw_setuid |= proc->ruid != proc->euid || is_setuid_program(proc->pid);
	snprintf(path, sizeof(path), "/proc/%d/status", (int)proc->pid);
	if (textfile_read(path, STATUS_MAX, &text) < 0)
		return;
	observation->may_mount |= may_mount(proc->pid, text);
	locked = observe_parse_locked(text);
	if (locked > observation->locked_bytes)
		observation->locked_bytes = locked;
}

/* In another unit, and a child of one of its processes. One that has just ended is nowhere. */
static bool has_left(struct look *look, const struct proc *proc, const char *unit)
{
	const struct who *who =
		is_of(look, proc->ppid, unit) ? whos_get(&look->whos, proc->pid) : NULL;

	return who && who->unit && strcmp(who->unit, unit) != 0;
}

static void note_processes(struct observation *observation, struct look *look, const char *unit)
{
	for (size_t i = 0; i < look->procs.count; i++) {
		const struct proc *proc = &look->procs.all[i];

		if (proc->is_kernel_thread)
			continue;
		if (is_of(look, proc->pid, unit))
			note_process(observation, proc);
		else if (has_left(look, proc, unit))
			observation->saw_escape = true;
	}
}

int observe_processes(struct observation *observation, const char *unit)
{
	struct look look;
	int r = look_take(&look);

	if (r < 0)
		return r;
	note_processes(observation, &look, unit);
	look_done(&look);
	return 0;
}

int observe_look(struct observation *observation, const char *unit, uid_t owner,
		 const struct look *before)
{
	struct look look;
	uint64_t queues;
	int r = look_take(&look);

	if (r < 0)
		return r;
	observation->looks++;
	/* first, so that it is known who has been the unit's */
	note_processes(observation, &look, unit);
	queues = queue_cost(&look.inv, owner);
	for (size_t i = 0; r == 0 && i < look.inv.count; i++)
		r = note_object(observation, &look, i, unit, before);
	if (r == 0)
		r = note_inside(observation, &look, unit, owner, &queues);
	if (has_queue(observation) && observation->queue_bytes < queues)
		observation->queue_bytes = queues;
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
