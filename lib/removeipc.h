/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether logind removes IPC objects on its own (RemoveIPC= of logind.conf(5)). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What the files say. root: a directory that all paths are below (tests), NULL for "/". */
bool removeipc_is_on(const char *root);

enum removeipc_state {
	REMOVEIPC_NO_LOGIND,  /* none runs */
	REMOVEIPC_OFF,	      /* by configuration, and in the logind that runs */
	REMOVEIPC_OFF_UNTOLD, /* by configuration; the logind that runs doesn't tell */
	REMOVEIPC_STALE,      /* off by configuration, which the logind that runs hasn't read */
	REMOVEIPC_ON,
};

/*
 * What the files say, and where they say "off", the logind that runs, which has timeout_ns to answer.
 * Returns 0 or -ENOMEM.
 */
int removeipc_ask(uint64_t timeout_ns, enum removeipc_state *state);

/* What an administrator does to turn it off, one line; NULL where it is off. */
const char *removeipc_fix(enum removeipc_state state);
