/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdio.h>

#include "observation.h"
#include "text.h"

/* What was seen, for people. Returns 0 or a negative errno. */
int print_observation(const struct observation *observation, FILE *out);

/* Calls that were made, with how often: "shmget 3, shmat 2"; "none" where there are none. */
void print_calls(struct text *text, const uint64_t counts[CALL_COUNT_]);
