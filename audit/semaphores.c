/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "semaphores.h"

#include <errno.h>
#include <sys/sem.h>

int semaphore_read(const struct ipc_object *obj, uint32_t n, struct semaphore *semaphore)
{
	int which = (int)n;

	semaphore->value = semctl(obj->id, which, GETVAL);
	semaphore->ncnt = semctl(obj->id, which, GETNCNT);
	semaphore->zcnt = semctl(obj->id, which, GETZCNT);
	semaphore->pid = semctl(obj->id, which, GETPID);
	if (semaphore->value >= 0 && semaphore->ncnt >= 0 && semaphore->zcnt >= 0 &&
	    semaphore->pid >= 0)
		return 0;
	return errno == EACCES ? -EACCES : -ENOENT;
}

int semaphores_add_json(struct json_object *to, const struct ipc_object *obj)
{
	struct semaphore semaphore;
	struct json_object *list;
	int r = semaphore_read(obj, 0, &semaphore);

	if (r < 0)
		return document_add_null(to, "semaphores");
	list = document_add_array(to, "semaphores");
	r = list ? 0 : -ENOMEM;
	for (uint32_t n = 0; r == 0 && n < obj->nsems; n++) {
		struct json_object *entry;

		if (semaphore_read(obj, n, &semaphore) < 0)
			break;
		entry = document_append_object(list);
		if (!entry)
			return -ENOMEM;
		r |= document_add_int(entry, "value", semaphore.value);
		r |= document_add_int(entry, "ncnt", semaphore.ncnt);
		r |= document_add_int(entry, "zcnt", semaphore.zcnt);
		r |= semaphore.pid ? document_add_int(entry, "pid", semaphore.pid)
				   : document_add_null(entry, "pid");
	}
	return r;
}
