/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "look.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/sem.h>
#include <unistd.h>

#include "manager.h"

/* So many semaphores of a set are asked for the process that touched them last. */
#define SEMAPHORES_MAX 256

static int add_use(struct object_uses *uses, size_t object, pid_t pid)
{
	if (pid <= 0 || pid == getpid())
		return 0;
	if (uses->count == uses->allocated) {
		size_t more = uses->allocated ? 2 * uses->allocated : 64;
		struct object_use *grown = reallocarray(uses->all, more, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		uses->all = grown;
		uses->allocated = more;
	}
	uses->all[uses->count++] = (struct object_use){.object = (uint32_t)object, .pid = pid};
	return 0;
}

static int add_last(struct look *look, size_t object, pid_t pid, time_t when)
{
	bool is_alive = pid > 0 && procs_may_be_alive(&look->procs, pid, when);

	return add_use(is_alive ? &look->uses : &look->ended, object, pid);
}

/* A set keeps no creator, but each semaphore the process that changed it last (semctl(2), GETPID). */
static int add_semaphores(struct look *look, size_t object)
{
	const struct ipc_object *obj = &look->inv.objects[object];
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < obj->nsems && i < SEMAPHORES_MAX; i++) {
		int pid = semctl(obj->id, (int)i, GETPID);

		if (pid < 0)
			break;
		r = add_last(look, object, pid, obj->newest);
	}
	return r;
}

static int add_holders(struct look *look, size_t object)
{
	size_t count;
	const struct holding *holding = holders_of(&look->holders, object, &count);
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++)
		if (!holders_is_foreign(&look->holders, &holding[i]))
			r = add_use(&look->uses, object, holding[i].pid);
	return r;
}

static int add_uses(struct look *look, size_t object)
{
	const struct ipc_object *obj = &look->inv.objects[object];
	int r = 0;

	r = add_use(procs_creator_lives(&look->procs, obj) ? &look->uses : &look->ended, object,
		    obj->cpid);
	if (r == 0)
		r = add_last(look, object, obj->lpid, obj->lpid_at);
	if (r == 0 && obj->kind == KIND_MSG)
		r = add_last(look, object, obj->lrpid, obj->lrpid_at);
	if (r == 0 && obj->kind == KIND_SEM)
		r = add_semaphores(look, object);
	return r == 0 ? add_holders(look, object) : r;
}

static int by_object(const void *a, const void *b)
{
	const struct object_use *x = a, *y = b;

	if (x->object != y->object)
		return (x->object > y->object) - (x->object < y->object);
	return (x->pid > y->pid) - (x->pid < y->pid);
}

static void sort_uses(struct object_uses *uses)
{
	size_t kept = 0;

	if (!uses->count)
		return;
	qsort(uses->all, uses->count, sizeof(*uses->all), by_object);
	for (size_t i = 1; i < uses->count; i++)
		if (by_object(&uses->all[kept], &uses->all[i]))
			uses->all[++kept] = uses->all[i];
	uses->count = kept + 1;
}

int look_take(struct look *look)
{
	int r;

	*look = (struct look){.procs = {.proc_fd = -1}, .inv = {.shm_fd = -1, .mqueue_fd = -1}};
	r = inventory_scan(&look->inv, KINDS_ALL, NULL);
	if (r == 0)
		r = procs_read(&look->procs);
	look->procs.callers_max = 0;
	look->whos.procs = &look->procs;
	if (r == 0)
		r = holders_read(&look->holders, &look->inv, &look->procs, HOLDERS_OPEN);
	for (size_t i = 0; r == 0 && i < look->inv.count; i++)
		r = add_uses(look, i);
	if (r == 0)
		look->ipc_ns = calloc(look->procs.count + 1, sizeof(*look->ipc_ns));
	if (r == 0 && !look->ipc_ns)
		r = -ENOMEM;
	if (r < 0) {
		look_done(look);
		return r;
	}
	sort_uses(&look->uses);
	sort_uses(&look->ended);
	return 0;
}

void look_done(struct look *look)
{
	free(look->uses.all);
	free(look->ended.all);
	free(look->ipc_ns);
	whos_done(&look->whos);
	holders_done(&look->holders);
	procs_done(&look->procs);
	inventory_done(&look->inv);
	*look = (struct look){.procs = {.proc_fd = -1}, .inv = {.shm_fd = -1, .mqueue_fd = -1}};
}

static const struct object_use *uses_of(const struct object_uses *uses, size_t object,
					size_t *count)
{
	const struct object_use *found;
	size_t low = 0, high = uses->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (uses->all[middle].object < object)
			low = middle + 1;
		else
			high = middle;
	}
	found = uses->all + low;
	for (*count = 0; low + *count < uses->count && found[*count].object == object;)
		(*count)++;
	return found;
}

const struct object_use *look_uses_of(const struct look *look, size_t object, size_t *count)
{
	return uses_of(&look->uses, object, count);
}

const struct object_use *look_ended_of(const struct look *look, size_t object, size_t *count)
{
	return uses_of(&look->ended, object, count);
}

ino_t look_ipc_ns(struct look *look, size_t process)
{
	const struct proc *proc = &look->procs.all[process];

	if (!look->ipc_ns[process] && !proc->is_kernel_thread)
		look->ipc_ns[process] = procs_ipc_ns(look->procs.proc_fd, proc->pid);
	return look->ipc_ns[process];
}

const char *look_unit_of(struct look *look, pid_t pid)
{
	const struct who *who = whos_get(&look->whos, pid);

	return who && who->unit && who->is_host_unit && unit_name_is_service(who->unit) ? who->unit
											: NULL;
}
