/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "facts.h"

/*
 * Makes of a unit's facts those that it would have without the directives in the text of a drop-in of
 * ours. A setting of the unit's own that one of them hides is taken for systemd's default. 0 or -ENOMEM.
 */
int facts_take_back(struct unit_facts *facts, const char *text);

/*
 * Tells of each directive in a drop-in's text, comments and section left out. anything but 0 ends it and is
 * returned.
 */
int dropin_each(const char *text, int (*fn)(const char *directive, void *data), void *data);
