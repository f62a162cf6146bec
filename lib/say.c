/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What came from outside may hold anything: control bytes become '?'. */
#include "say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <syslog.h>

static bool is_to_syslog;

void say_to_syslog(void)
{
	openlog(program_invocation_short_name, LOG_PID, LOG_DAEMON);
	is_to_syslog = true;
}

__attribute__((format(printf, 2, 0))) static void say(int priority, const char *format,
						      va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof(text), format, args);
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	if (is_to_syslog)
		syslog(priority, "%s", text);
	else
		fprintf(stderr, "%s: %s\n", program_invocation_short_name, text);
}

void say_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_ERR, format, args);
	va_end(args);
}

void say_done(const char *format, ...)
{
	va_list args;

	if (!is_to_syslog)
		return;
	va_start(args, format);
	say(LOG_INFO, format, args);
	va_end(args);
}
