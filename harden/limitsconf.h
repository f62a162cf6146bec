/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of limits.conf(5) that are about IPC memory. */
#pragma once

#include <stdbool.h>

#define LIMITS_DOMAIN_SIZE 256

struct limits_line {
	char domain[LIMITS_DOMAIN_SIZE]; /* "*", "@group", a user */
	bool is_memlock;		 /* else msgqueue */
	bool is_unlimited;
	bool is_root; /* it is for root alone */
};

/* Calls fn for each line that sets memlock or msgqueue. What is no line of limits.conf is passed over. */
void limitsconf_each(const char *text, void (*fn)(const struct limits_line *line, void *data),
		     void *data);
