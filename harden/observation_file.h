/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where observations are kept: what writing and reading share. */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "observation.h"

/* directory NULL: OBSERVATION_DIR, with `make` made if it isn't there. Its fd, or a negative errno. */
int observation_open_directory(const char *directory, bool make);

/* "UNIT.json". 0 or -ENAMETOOLONG. */
int observation_name_file(const char *unit, char name[NAME_MAX + 1]);
