/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Linger, loginctl(1). */
#pragma once

#include <stdbool.h>

/*
 * Whether the user of that name (NULL: has none) lingers. What can't be known counts as yes: only a
 * file that is not there says no.
 */
bool linger_is_on(const char *name);
