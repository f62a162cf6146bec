/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands of ipcharden(8): each returns the exit status, and has said what went wrong. */
#pragma once

#include "options.h"

enum exit_status {
	EXIT_FINE = 0,
	EXIT_FOUND = 1, /* rolled back; drift; worth doing */
	EXIT_ERROR = 2, /* nothing was changed; host: a risk */
};

int command_report(const struct options *options);
int command_host(const struct options *options);
int command_observe(const struct options *options);
int command_propose(const struct options *options);
int command_try(const struct options *options);
int command_apply(const struct options *options);
int command_revert(const struct options *options);
int command_diff(const struct options *options);
