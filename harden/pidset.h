/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A set of pids, a bit each: as large as the largest of them needs, half a MiB at most (PID_MAX_LIMIT). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct pidset {
	uint8_t *bits;
	size_t size; /* bytes */
};

/* Without memory, and for what is no pid, it stays as it is. */
void pidset_add(struct pidset *set, pid_t pid);
bool pidset_has(const struct pidset *set, pid_t pid);
void pidset_done(struct pidset *set);
