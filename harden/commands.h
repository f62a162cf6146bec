/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands of ipcharden(8): each returns the exit status, and has said what went wrong. */
#pragma once

#include "options.h"

enum exit_status {
	EXIT_FINE = 0,
	EXIT_FOUND = 1, /* worth doing */
	EXIT_ERROR = 2, /* of the host: a risk */
};

int command_report(const struct options *options);
int command_host(const struct options *options);
