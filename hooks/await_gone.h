/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A logout is told of before it is over: the login program closes the session while the session's
 * own processes are just ending.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "config.h"
#include "options.h"

/*
 * Comes back when no process of the user is left, or after --retry=. At once where there is nothing
 * to wait for: the user owns no object, or the rules keep all of them anyway.
 */
void await_gone(const struct config *config, const struct options *options, uid_t uid);
