/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How facts are put for people, the same in every table and sentence. Safe for any terminal. */
#pragma once

#include "audit.h"
#include "text.h"

void words_add_object(struct text *text, const struct ipc_object *obj); /* shm:5, pshm:/name */
void words_add_name(struct text *text, const struct ipc_object *obj);	/* "-" for System V */
void words_add_user(struct text *text, struct audit *audit, uid_t uid); /* name, or number */
void words_add_mode(struct text *text, mode_t mode);			/* 0640 */
void words_add_perms(struct text *text, mode_t mode);			/* rw-r----- */
void words_add_state(struct text *text, const struct ipc_object *obj);	/* dest,locked, or "-" */

/* The time of day, or the date of another day than `now`'s. */
void words_add_time(struct text *text, time_t when, time_t now);

/* A span in its two largest units: 45s, 3h 5min, 12d 1h. */
void words_add_span(struct text *text, uint64_t seconds);

/* A process with its name: "123 postgres", "123" where that isn't known. */
/* Bytes more or less, as +1.0K; 0 without a sign. */
void words_add_change(struct text *text, int64_t bytes);
void words_add_process(struct text *text, struct audit *audit, pid_t pid);

/* The processes that hold the object, each once: "12 a,34 b", "-" for none. */
void words_add_holders(struct text *text, struct audit *audit, size_t object);

/* The states of an object one by one: "dest", "locked"; NULL past the last. */
const char *words_state(const struct ipc_object *obj, size_t n);
