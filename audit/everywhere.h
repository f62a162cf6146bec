/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands in other namespaces: that of a process, or in all of them. */
#pragma once

#include "audit.h"

/* What a child does in a place that it has entered; shm_fd is taken. Returns an exit status. */
typedef int place_fn(const struct place *place, int shm_fd, void *data);

/*
 * Runs it in a child, which has a minute. Returns its exit status, EXIT_ERROR with the reason said if
 * the place can't be entered or the child was killed, or a negative errno.
 */
int run_in_place(const struct procs *procs, const struct place *place, place_fn *run, void *data);

typedef int command_fn(const struct command_context *context);

/* Runs the command in the place of one process (--namespace-of=). Returns its exit status. */
int run_in_namespace_of(const struct command_context *context, pid_t pid, command_fn *run);

/* Runs it in every place, each in a child. Returns the worst exit status. */
int run_everywhere(const struct command_context *context, command_fn *run);
