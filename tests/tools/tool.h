/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the tools have in common: whoever holds something prints "ready" when it does and ends when its
 * standard input does, so that nobody has to sleep.
 */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline void check(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

static inline long number(const char *text)
{
	char *end;
	long value = strtol(text, &end, 0);

	check(*text && !*end, text);
	return value;
}

static inline void ready(void)
{
	puts("ready");
	fflush(stdout);
}

static inline void until_eof(void)
{
	char c;

	while (read(STDIN_FILENO, &c, 1) > 0)
		;
}

static inline void hold(void)
{
	ready();
	until_eof();
}
