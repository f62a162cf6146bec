/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When was an event, by the text in audit(…)? */
#pragma once

#include <time.h>

#include "span.h"

/*
 * Seconds since the epoch of "1690000000.123:456", or of a date and time of day as ausearch -i
 * prints it, taken for local time. 0 for what is neither, for a date whose day and month could be
 * exchanged (the order is the locale's), and for Android's time 0.
 */
time_t eventtime_read(struct span event);
