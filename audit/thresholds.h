/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ranges of monitoring plugins: "[@]start:end". Outside of it is an alarm, with '@' inside. "10" is
 * 0:10, "10:" has no end, "~:10" no start. Behind each number may stand '%', of the metric's limit.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct bound {
	double number;
	bool is_percent;
};

struct range {
	bool has_start, has_end, is_inside;
	struct bound start, end;
};

/* One of --warning= or --critical=. */
struct threshold {
	const char *metric; /* into argv, not ended by NUL */
	int length;
	struct range range;
	bool is_critical;
};

/* Returns 0, or -EINVAL for text that is no range. */
int range_parse(const char *text, struct range *range);

/* Reads "METRIC:RANGE". Returns 0 or -EINVAL. */
int threshold_parse(const char *text, struct threshold *threshold);

/* Prints it without percentages. max is the metric's limit. */
void range_print(const struct range *range, uint64_t max, FILE *out);

/* Whether it needs the metric's limit. */
bool range_has_percent(const struct range *range);

/* Whether the value is an alarm. max is the metric's limit. */
bool range_is_alarm(const struct range *range, uint64_t value, uint64_t max);
