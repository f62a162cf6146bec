/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes records from auditd as fast as it gives them: a thread that does nothing but read keeps those that
 * may matter in a queue of a fixed size. auditd writes to its plugins one after the other and waits for
 * each: whoever reads late holds up the others and, in the end, the records themselves.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INTAKE_SIZE (8u << 20)

struct intake;

/* Begins to read the descriptor. Returns 0 and an intake for intake_free(), or a negative errno. */
int intake_new(struct intake **out, int fd);

/* Ends the thread, wherever it waits. What is in the queue is lost. */
void intake_free(struct intake *intake);

/* Becomes readable when something has come, or the end. */
int intake_fd(const struct intake *intake);

/* Takes whole lines out of the queue. Returns how many bytes, 0 if it is empty. */
size_t intake_take(struct intake *intake, char *to, size_t size);

/* Whether nothing will come any more. */
bool intake_is_over(struct intake *intake);

/* Records that found the queue full, since the last call. */
uint64_t intake_dropped(struct intake *intake);
