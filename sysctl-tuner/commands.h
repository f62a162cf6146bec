/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ipctune's commands, each in a file of its own: exit statuses. */
#pragma once

#include "options.h"

enum exit_status {
	EXIT_FINE = 0,
	EXIT_FINDING = 1, /* check: something should be changed; apply, revert: not done */
	EXIT_ERROR = 2,	  /* usage, configuration, or it could not be found out */
};

int command_record(const struct options *options);
int command_recommend(const struct options *options);
int command_explain(const struct options *options);
int command_check(const struct options *options);
int command_apply(const struct options *options);
int command_revert(const struct options *options);
int command_history(const struct options *options);
int command_list_profiles(void);
