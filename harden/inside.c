/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inside.h"

#include <errno.h>
#include <string.h>

#include "namespaces.h"

#define KINDS_OF_NAMESPACE (KINDS_SYSV | KIND_BIT(KIND_PMQ))

/* The namespace, and in *pid a process that lives there. */
static ino_t find_namespace(struct look *look, const char *unit, ino_t ours, pid_t *pid)
{
	for (size_t i = 0; i < look->procs.count; i++) {
		const struct proc *proc = &look->procs.all[i];
		const char *own = proc->is_kernel_thread ? NULL : look_unit_of(look, proc->pid);
		ino_t ns = own && !strcmp(own, unit) ? look_ipc_ns(look, i) : 0;

		*pid = proc->pid;
		if (ns && ns != ours)
			return ns;
	}
	return 0;
}

static int find_companions(struct inside *inside, struct look *look, const char *unit)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < look->procs.count; i++) {
		const char *other = look_ipc_ns(look, i) == inside->ipc_ns
					    ? look_unit_of(look, look->procs.all[i].pid)
					    : NULL;

		if (other && strcmp(other, unit) != 0 &&
		    !string_list_has(&inside->companions, other))
			r = string_list_add(&inside->companions, other);
	}
	return r;
}

static int scan_there(struct inside *inside, const struct look *look, pid_t pid)
{
	struct place place;
	int r = place_of(&look->procs, pid, &place);

	/* the pid is another's by now */
	if (r == 0 && place.ipc_ns != inside->ipc_ns)
		r = -ESRCH;
	return r < 0 ? r : place_scan(&look->procs, &place, KINDS_OF_NAMESPACE, &inside->inv, NULL);
}

int inside_read(struct inside *inside, struct look *look, const char *unit)
{
	pid_t pid;
	int r;

	*inside = (struct inside){.inv = {.shm_fd = -1, .mqueue_fd = -1}};
	inside->ipc_ns = find_namespace(look, unit, look->holders.ipc_ns, &pid);
	if (!inside->ipc_ns)
		return 0;
	r = scan_there(inside, look, pid);
	if (r == 0)
		r = find_companions(inside, look, unit);
	if (r < 0)
		inside_done(inside);
	/* it has ended meanwhile, and its objects with it */
	return r == -ESRCH ? 0 : r;
}

void inside_done(struct inside *inside)
{
	inventory_done(&inside->inv);
	string_list_done(&inside->companions);
	*inside = (struct inside){.inv = {.shm_fd = -1, .mqueue_fd = -1}};
}
