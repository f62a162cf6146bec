/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands behind pam_ipcclean.so in a service file, in PAM's own style (pam.conf(5)). See
 * pam_ipcclean(8) for what each one does.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <security/pam_modules.h>

struct arguments {
	bool is_debug, is_quiet, is_waiting, is_dry_run;
	const char *config; /* the text after "config=", an absolute path, or NULL */
	bool has_min_uid;
	uid_t min_uid;
};

/*
 * Reads the arguments; the texts stay the caller's. One that is not known is logged and ignored.
 * Returns 0, or -EINVAL, logged, where a known one has a value that can't be meant: guessing what
 * the administrator wanted could remove what they wanted to keep.
 */
int arguments_parse(struct arguments *arguments, pam_handle_t *pamh, int argc, const char **argv);
