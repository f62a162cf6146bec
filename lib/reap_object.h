/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Removes one object, called in the child that already is the target user (reap.c). */
#pragma once

#include "reap.h"

struct reaped {
	enum outcome outcome;
	enum reason reason;
	int error;
	uint64_t wiped_bytes;
};

void reap_sysv(const struct ipc_object *obj, enum wipe_mode wipe, struct reaped *out);
void reap_file(const struct inventory *inv, const struct ipc_object *obj, enum wipe_mode wipe,
	       struct reaped *out);

/* What an object's removal came to; reap_object.c. */

void reap_keep(struct reaped *out, enum reason reason);

/* A call that was refused: the object is gone or changed meanwhile, or it is not permitted. */
void reap_refused(struct reaped *out, int error);

/* The removing system call: its return value, and errno where that is negative. */
void reap_removed(struct reaped *out, int result);

/* The wiping: 0 or a negative errno. Returns whether the removal may go on. */
bool reap_wiped(struct reaped *out, int error, enum wipe_mode wipe);
