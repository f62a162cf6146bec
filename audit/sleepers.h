/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who sleeps on a set or queue, and what a process is doing, for `show` and the findings. */
#pragma once

#include "audit.h"
#include "document.h"
#include "text.h"

/* "2032 worker, app.service, in semop: semaphore 0 by -1, with undo". */
void sleepers_add_waiter(struct text *text, struct audit *audit, const struct waiter *waiter);

/*
 * The set, semaphore or queue that a process sleeps on, "sem:3[1]" or "msg:5", but for one on this
 * object (NULL: any). false, and nothing added, if it sleeps on none.
 */
bool sleepers_add_wait(struct text *text, const struct audit *audit, pid_t pid,
		       const struct ipc_object *but);

/* "waits for sem:3[1]", "runs", "is stopped" …; nothing where that can't be read. */
void sleepers_add_doing(struct text *text, const struct audit *audit, pid_t pid);

/* Adds "waiters", null for kinds that nobody sleeps on as far as the kernel tells. 0 or -ENOMEM. */
int sleepers_add_json(struct json_object *to, struct audit *audit, const struct ipc_object *obj);
