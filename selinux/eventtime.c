/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When was an event? Raw records tell seconds since the epoch. ausearch -i prints the locale's %x, of
 * which these are met: 09.08.2021 (day first), 2021-08-09, and 03/30/2023 or 30/03/2023, where only a
 * number above 12 tells which is the day.
 */
#include "eventtime.h"

#include <stdio.h>

#define EVENT_MAX 40

static int full_year(int year)
{
	return year < 70 ? year + 2000 : year < 100 ? year + 1900 : year;
}

static time_t local_time(int year, int month, int day, const char *clock)
{
	struct tm tm = {.tm_year = full_year(year) - 1900,
			.tm_mon = month - 1,
			.tm_mday = day,
			.tm_isdst = -1};
	time_t when;

	if (month < 1 || month > 12 || day < 1 || day > 31 ||
	    sscanf(clock, "%2d:%2d:%2d", &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 3 ||
	    tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
		return 0;
	when = mktime(&tm);
	return when > 0 ? when : 0;
}

static time_t read_date(const char *text)
{
	int a, b, c, end = 0;

	if (sscanf(text, "%4d-%2d-%2d %n", &a, &b, &c, &end) == 3 && end)
		return local_time(a, b, c, text + end);
	if (sscanf(text, "%2d.%2d.%4d %n", &a, &b, &c, &end) == 3 && end)
		return local_time(c, b, a, text + end);
	if (sscanf(text, "%2d/%2d/%4d %n", &a, &b, &c, &end) == 3 && end) {
		if (b > 12 || a == b)
			return local_time(c, a, b, text + end);
		if (a > 12)
			return local_time(c, b, a, text + end);
	}
	return 0;
}

time_t eventtime_read(struct span event)
{
	char text[EVENT_MAX + 1];
	long long seconds;
	int end = 0;

	if (!event.length || event.length > EVENT_MAX)
		return 0;
	memcpy(text, event.at, event.length);
	text[event.length] = '\0';
	if (sscanf(text, "%12lld.%*3d:%n", &seconds, &end) == 1 && end)
		return seconds > 0 ? (time_t)seconds : 0;
	return read_date(text);
}
