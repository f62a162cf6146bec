/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `ipcclean doctor`: is this host wired, and what to do about each miss? */
#pragma once

#include "options.h"

enum check_state {
	CHECK_OK,
	CHECK_MISS, /* something that this host needs is not there */
	CHECK_HINT, /* can't be told, or can do no harm yet */
	CHECK_NONE, /* doesn't apply here */
};

/* One row. The texts are owned, and printable ASCII. */
struct check {
	const char *name; /* stable, for JSON */
	enum check_state state;
	char *detail;
	char *fix; /* what to do; NULL if nothing */
};

/* Runs every check and prints them. Returns 0 (all fine), 1 (something is missing, or failed). */
int doctor(const struct options *options);
