/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /etc/sysctl.d/90-ipctune.conf: what a plan makes of it, and how it gets there. */
#pragma once

#include "apply.h"
#include "apply_state.h"

/* The text of a plan's file; of an empty plan none. For free(). Returns 0 or -ENOMEM. */
int apply_file_make(const struct plan *plan, struct apply_text *text);

/* Opens <root>/etc/sysctl.d; with create, makes it if need be. Returns a descriptor or an errno. */
int apply_file_open_dir(const char *root, bool create);

/* Whether files in it can be replaced: 0, -EROFS, -EACCES … */
int apply_file_try(int dir);

/* Reads the present file; none is none. -ELOOP: it is a link, which isn't ours. */
int apply_file_read(int dir, struct apply_text *text);

/* Puts the text in its place, or takes it away, in one step. */
int apply_file_install(int dir, const struct apply_text *text);
