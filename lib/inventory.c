/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which IPC objects are there? The list that all other stages work on, gathered from the three
 * places where objects live: the System V tables, /dev/shm, and the mqueue file system.
 */
#include "inventory_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"

int inventory_add(struct scan *scan, struct ipc_object *obj)
{
	struct inventory *inv = scan->inv;

	if (scan->owner_only && obj->uid != *scan->owner_only && obj->cuid != *scan->owner_only) {
		object_done(obj);
		return 0;
	}
	if (inv->count == inv->allocated) {
		size_t more = inv->allocated ? inv->allocated * 2 : 64;
		struct ipc_object *grown = reallocarray(inv->objects, more, sizeof(*grown));

		if (!grown) {
			object_done(obj);
			return -ENOMEM;
		}
		inv->objects = grown;
		inv->allocated = more;
	}
	inv->objects[inv->count++] = *obj;
	return 0;
}

void inventory_note_unseen(struct inventory *inv, enum ipc_kind kind, int error)
{
	if (!(inv->unseen & KIND_BIT(kind)))
		inv->unseen_error[kind] = error;
	inv->unseen |= KIND_BIT(kind);
}

int inventory_scan(struct inventory *inv, unsigned kinds_set, const uid_t *owner_only)
{
	return inventory_scan_with(inv, kinds_set, owner_only, -1);
}

int inventory_scan_with(struct inventory *inv, unsigned kinds_set, const uid_t *owner_only,
			int shm_fd)
{
	struct scan scan = {inv, kinds_set, owner_only};
	int r = 0;

	*inv = (struct inventory){.shm_fd = shm_fd, .mqueue_fd = -1};
	for (enum ipc_kind kind = KIND_SHM; kind <= KIND_MSG && r == 0; kind++)
		if (kinds_set & KIND_BIT(kind))
			r = inventory_scan_sysv(&scan, kind);
	if (r == 0 && (kinds_set & KINDS_DEV_SHM))
		r = inventory_scan_dev_shm(&scan);
	if (r == 0 && (kinds_set & KIND_BIT(KIND_PMQ)))
		r = inventory_scan_mqueue(&scan);
	if (r < 0)
		inventory_done(inv);
	return r;
}

void inventory_done(struct inventory *inv)
{
	for (size_t i = 0; i < inv->count; i++)
		object_done(&inv->objects[i]);
	free(inv->objects);
	cleanup_close_(&inv->shm_fd);
	cleanup_close_(&inv->mqueue_fd);
	*inv = (struct inventory){.shm_fd = -1, .mqueue_fd = -1};
}

/* The directory that a POSIX object's name is relative to; -1 for System V. */
static int base_dir(const struct inventory *inv, const struct ipc_object *obj)
{
	switch (obj->kind) {
	case KIND_PSHM:
	case KIND_PSEM:
		return inv->shm_fd;
	case KIND_PMQ:
		return inv->mqueue_fd;
	case KIND_SHM:
	case KIND_SEM:
	case KIND_MSG:
	case KIND_COUNT_:
		break;
	}
	return -1;
}

int inventory_open_parent(const struct inventory *inv, const struct ipc_object *obj,
			  char buf[OBJECT_FILE_SIZE])
{
	const char *path = obj->name + 1, *slash;
	_cleanup_close_ int dir = openat(base_dir(inv, obj), ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return -errno;
	while ((slash = strchr(path, '/'))) {
		int next;

		if ((size_t)(slash - path) >= OBJECT_FILE_SIZE)
			return -ENAMETOOLONG;
		memcpy(buf, path, (size_t)(slash - path));
		buf[slash - path] = '\0';
		next = openat(dir, buf, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0)
			return -errno;
		close(dir);
		dir = next;
		path = slash + 1;
	}
	if (snprintf(buf, OBJECT_FILE_SIZE, "%s%s", obj->kind == KIND_PSEM ? "sem." : "", path) >=
	    OBJECT_FILE_SIZE)
		return -ENAMETOOLONG;
	return STEAL_FD(dir);
}
