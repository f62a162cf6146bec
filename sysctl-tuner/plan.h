/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is to be set: the part of a recommendation that the host would not have by itself, that is above
 * (with --tighten, also below) what the kernel and all other files of sysctl.d would give. The same
 * recommendation makes the same plan whether it is in force already or not.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct plan_item {
	char *name;  /* "kernel.sem", "vm.nr_hugepages" */
	char *value; /* "32000 1024000000 500 40000" */
	char *comment; /* why: lines without "#", the last without newline; nothing that changes by itself */
	bool is_global; /* reaches the whole host, not one IPC namespace (vm.nr_hugepages) */
};

struct plan {
	struct plan_item *items; /* in the order of enum sysctl_id, then vm.nr_hugepages */
	size_t count;
};

/* Adds copies. Returns 0 or -ENOMEM. */
int plan_add(struct plan *plan, const char *name, const char *value, const char *comment,
	     bool is_global);
void plan_done(struct plan *plan);
