/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers of log lines. */
#pragma once

#include <stdint.h>

#include "span.h"

/* All of it, decimal digits only, at most 18 of them; else -1. */
static inline int64_t span_decimal(struct span text)
{
	int64_t value = 0;

	if (!text.length || text.length > 18)
		return -1;
	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return -1;
		value = 10 * value + (text.at[i] - '0');
	}
	return value;
}
