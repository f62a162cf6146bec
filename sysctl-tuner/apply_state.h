/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What revert needs: the values and the file as they were before apply. Kept in
 * /var/lib/ipcguard/ipctune/ under one of two names, always whole: `begun` before anything is
 * changed, which becomes `undo` when all of it is done.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "sysctl_values.h"

#define APPLY_STATE_DIR "/var/lib/ipcguard/ipctune"
#define STATE_BEGUN "begun"
#define STATE_UNDO "undo"

struct apply_text {
	char *bytes; /* owned; NULL: there is no file */
	size_t size;
};

struct apply_state {
	struct sysctl_value values[SYSCTL_VALUES_MAX]; /* before apply */
	size_t count;
	struct apply_text former;  /* the file before apply */
	struct apply_text applied; /* the file that apply writes */
};

void apply_state_done(struct apply_state *state);
bool apply_text_is_same(const struct apply_text *a, const struct apply_text *b);
int apply_text_copy(struct apply_text *to, const struct apply_text *from);

/* The value of that sysctl before apply, or NULL. */
const struct sysctl_value *apply_state_find(const struct apply_state *state, unsigned id);

/*
 * Opens the directory. To write it is made if need be, and others who do the same are waited for:
 * one at a time changes limits. Returns a descriptor or a negative errno.
 */
int apply_state_open(const char *root, bool to_write);

/*
 * Reads the state of that name. Returns 0 and a state for apply_state_done(), -ENOENT, -EBADMSG for
 * a damaged one, or another negative errno.
 */
int apply_state_read(int dir, const char *name, struct apply_state *state);
int apply_state_write(int dir, const char *name, const struct apply_state *state);

/* What has begun is done: it can be undone from now on. */
int apply_state_finish(int dir);
int apply_state_forget(int dir, const char *name);
