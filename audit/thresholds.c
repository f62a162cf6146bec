/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "thresholds.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A number of plain digits: strtod(3) would take nan, inf and hexadecimal ones. */
static const char *take_bound(const char *text, struct bound *bound)
{
	size_t length = strspn(text, "0123456789.");
	char *end;

	if (!isdigit((unsigned char)*text))
		return NULL;
	bound->number = strtod(text, &end);
	if (end != text + length)
		return NULL;
	bound->is_percent = *end == '%';
	return end + bound->is_percent;
}

int range_parse(const char *text, struct range *range)
{
	struct bound first = {0};

	*range = (struct range){.is_inside = *text == '@', .has_start = true};
	text += range->is_inside;
	if (*text == '~') {
		range->has_start = false;
		if (*++text != ':')
			return -EINVAL;
	} else {
		text = *text == ':' ? text : take_bound(text, &first);
		if (!text)
			return -EINVAL;
	}
	if (*text == '\0') {
		range->has_end = true;
		range->end = first;
		return 0;
	}
	if (*text++ != ':')
		return -EINVAL;
	range->start = first;
	if (!*text)
		return 0;
	range->has_end = true;
	text = take_bound(text, &range->end);
	return text && !*text ? 0 : -EINVAL;
}

int threshold_parse(const char *text, struct threshold *threshold)
{
	const char *colon = strchr(text, ':');

	if (!colon || colon == text)
		return -EINVAL;
	threshold->metric = text;
	threshold->length = (int)(colon - text);
	return range_parse(colon + 1, &threshold->range);
}

static double number_of(const struct bound *bound, uint64_t max)
{
	return bound->is_percent ? bound->number / 100 * (double)max : bound->number;
}

void range_print(const struct range *range, uint64_t max, FILE *out)
{
	fputs(range->is_inside ? "@" : "", out);
	if (range->has_start)
		fprintf(out, "%.15g:", number_of(&range->start, max));
	else
		fputs("~:", out);
	if (range->has_end)
		fprintf(out, "%.15g", number_of(&range->end, max));
}

bool range_has_percent(const struct range *range)
{
	return (range->has_start && range->start.is_percent) ||
	       (range->has_end && range->end.is_percent);
}

bool range_is_alarm(const struct range *range, uint64_t value, uint64_t max)
{
	bool is_outside = (range->has_start && (double)value < number_of(&range->start, max)) ||
			  (range->has_end && (double)value > number_of(&range->end, max));

	return is_outside != range->is_inside;
}
