/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys that ftok(3) makes of a file in a unit's private /tmp: nobody else finds the object by them. */
#pragma once

#include <stdint.h>

#include "private_tmp.h"

/*
 * Looks for such a file of the unit's. Returns 1 and what the unit calls it, escaped, to be freed; 0 if there is
 * none, or for IPC_PRIVATE; or -ENOMEM.
 */
int private_key_find(const struct tmp_places *places, const char *unit, uint32_t key, char **file);
