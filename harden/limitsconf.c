/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "limitsconf.h"

#include <stdio.h>
#include <string.h>

/* DOMAIN TYPE ITEM VALUE, a comment behind '#'. */
static bool read_line(const char *text, size_t length, struct limits_line *line)
{
	char copy[1024], type[16], item[32], value[32];

	if (length >= sizeof(copy))
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	copy[strcspn(copy, "#")] = '\0';
	if (sscanf(copy, "%255s %15s %31s %31s", line->domain, type, item, value) != 4)
		return false;
	line->is_memlock = !strcmp(item, "memlock");
	if (!line->is_memlock && strcmp(item, "msgqueue") != 0)
		return false;
	line->is_unlimited =
		!strcmp(value, "unlimited") || !strcmp(value, "infinity") || !strcmp(value, "-1");
	line->is_root = !strcmp(line->domain, "root");
	return true;
}

void limitsconf_each(const char *text, void (*fn)(const struct limits_line *line, void *data),
		     void *data)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		struct limits_line line;

		if (read_line(text, length, &line))
			fn(&line, data);
		text += length + (text[length] == '\n');
	}
}
