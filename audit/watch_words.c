/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How rates are written. */
#include <math.h>
#include <stdio.h>

#include "watch.h"

const char *watch_rate(const struct changes *changes, double amount, char text[RATE_SIZE])
{
	double rate = changes_per_second(changes, amount);

	if (!changes->elapsed_ns)
		return "-";
	snprintf(text, RATE_SIZE, rate > 0 && rate < 10 ? "%.1f" : "%.0f", rate);
	return text;
}

const char *watch_growth(const struct changes *changes, double bytes, char text[RATE_SIZE])
{
	double rate = changes_per_second(changes, bytes);
	char size[SIZE_TEXT_SIZE];

	if (!changes->elapsed_ns)
		return "-";
	snprintf(text, RATE_SIZE, "%s%s",
		 rate >= 0.5	? "+"
		 : rate <= -0.5 ? "-"
				: "",
		 size_format((uint64_t)(fabs(rate) + 0.5), size));
	return text;
}
