/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does what a drop-in of ours says hold, or has another drop-in that is read after it the last word? */
#pragma once

#include "facts.h"

/*
 * Tells of each directive in the drop-in's text that doesn't hold by the unit's facts; of a filter, of each
 * call: "SystemCallFilter=~msgget". Anything but 0 ends it and is returned; else 0, or -ENOMEM.
 */
int in_force_each_not(const char *text, const struct unit_facts *facts,
		      int (*fn)(const char *directive, void *data), void *data);
