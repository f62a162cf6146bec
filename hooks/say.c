/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Diagnostics on standard error. What came from outside may hold anything: control bytes become
 * '?'. */
#include "say.h"

#include <stdarg.h>
#include <stdio.h>

void say_error(const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	fprintf(stderr, "ipcclean: %s\n", text);
}
