/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text of a baseline file (baseline.c says its form), apart from the files so that it can be
 * tested and fuzzed.
 */
#pragma once

#include "baseline.h"

#define BOOT_ID_SIZE 37
#define INVOCATION_SIZE 65

/*
 * What makes an object the same one. Key 0 matches any: a segment loses its key when it is marked.
 */
struct baseline_object {
	unsigned kind; /* enum ipc_kind for System V; KIND_PSHM for every file */
	uint64_t id;   /* System V: the id; file: the inode */
	uint64_t from; /* System V: cuid, which never changes; file: the device */
	uint32_t key;
};

struct baseline_process {
	pid_t pid;
	uint64_t start_ticks;
	time_t started, seen; /* wall clock: since when, until when it is known to have lived */
};

struct baseline {
	char boot_id[BOOT_ID_SIZE];
	char unit[UNIT_NAME_SIZE];
	char invocation[INVOCATION_SIZE]; /* "-" for none */
	struct baseline_object *objects;  /* sorted once loaded */
	size_t object_count, objects_allocated;
	struct baseline_process *processes;
	size_t process_count, processes_allocated;
};

void baseline_identify(const struct ipc_object *obj, struct baseline_object *out);

/* Each appends one. 0 or -ENOMEM. */
int baseline_add_object(struct baseline *baseline, const struct baseline_object *object);
int baseline_add_process(struct baseline *baseline, const struct baseline_process *process);

/* text[size] is a NUL. Returns 0 and a baseline for baseline_free(), -EBADMSG or -ENOMEM. */
int baseline_parse(const char *text, size_t size, struct baseline **out);

/* Returns 0 and a text to be freed, or -ENOMEM. */
int baseline_print(const struct baseline *baseline, char **text, size_t *size);
