/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Records of one event find each other by the text in audit(…), in whatever order they come: audit.log
 * has the AVC first, ausearch -i has it last, and events of several processors interleave. Bounded:
 * the last records beside (half a MiB of them), and denials that wait for more of theirs (a MiB of
 * the log). Denials leave in the order in which they came.
 */
#pragma once

#include "denial.h"

/* Takes the denial over. Returns 0, or an error that ends the reading. */
typedef int (*denial_fn)(struct denial *denial, void *data);

struct join;

/* Returns 0 and a join for join_free(), or -ENOMEM. */
int join_new(struct join **out, denial_fn give, void *data);
void join_free(struct join *join);

/* A denial, which is taken over. 0, -ENOMEM, or what `give` returned. */
int join_denial(struct join *join, struct denial *denial);

/* A SYSCALL, IPC, PATH or MQ_OPEN record, and the line that it points into. 0 or -ENOMEM. */
int join_beside(struct join *join, const struct record *record, struct span line);

/* So many bytes of the log have passed: gives denials that have waited long enough. */
int join_pass(struct join *join, size_t bytes);

/* Gives those that were waiting at the tick before: what a live log has no more bytes to wait for. */
int join_tick(struct join *join);

/* The one that waits longest, or NULL. */
const struct denial *join_first(const struct join *join);

/* Gives all. */
int join_flush(struct join *join);
