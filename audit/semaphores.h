/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The semaphores of a set, one by one. */
#pragma once

#include "document.h"
#include "object.h"

struct semaphore {
	int value, ncnt, zcnt;
	pid_t pid; /* of the last operation; 0 is none, or one that is not visible from here */
};

/*
 * Reads one. Returns 0, -ENOENT if the set is gone, -EACCES without read permission.
 */
int semaphore_read(const struct ipc_object *obj, uint32_t n, struct semaphore *semaphore);

/* Adds "semaphores", null where they may not be read. 0 or -ENOMEM. */
int semaphores_add_json(struct json_object *to, const struct ipc_object *obj);
