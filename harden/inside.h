/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is in a unit's own IPC namespace (PrivateIPC=, IPCNamespacePath=, JoinsNamespaceOf=): System V objects
 * and message queues. All of them are its own, or of those who live there with it.
 */
#pragma once

#include "look.h"
#include "stringlist.h"

struct inside {
	ino_t ipc_ns; /* 0: the unit lives in the host's, or has no process */
	struct inventory inv;
	struct string_list companions; /* other units that live there, too */
};

/*
 * Enters the namespace of the unit's first process that has left the host's, and comes back; the program ends
 * if it can't. 0 and what is there for inside_done(), or a negative errno: -EPERM, -ENOMEM.
 */
int inside_read(struct inside *inside, struct look *look, const char *unit);
void inside_done(struct inside *inside);
