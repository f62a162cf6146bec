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

/* What a refused removal means: gone or changed meanwhile, or not permitted. */
void reap_refused(struct reaped *out, int error);
