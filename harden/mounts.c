/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mounts.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define FIELDS_MAX 32

/* Cuts a copy of one line at its blanks. Returns the number of fields. */
static size_t cut(char *line, char *fields[FIELDS_MAX])
{
	size_t count = 0;
	char *rest = line, *field;

	while (count < FIELDS_MAX && (field = strsep(&rest, " ")))
		fields[count++] = field;
	return count;
}

/* id parent major:minor root WHERE OPTIONS tag... - type source SUPER-OPTIONS */
static int read_line(const char *text, size_t length, const char *where, struct mount *mount)
{
	char line[4096], *fields[FIELDS_MAX];
	size_t count, dash = 6;

	if (length >= sizeof(line))
		return -ENOENT;
	memcpy(line, text, length);
	line[length] = '\0';
	count = cut(line, fields);
	if (count < 6 || strcmp(fields[4], where) != 0)
		return -ENOENT;
	while (dash < count && strcmp(fields[dash], "-") != 0)
		dash++;
	if (dash + 3 >= count)
		return -EBADMSG;
	snprintf(mount->options, sizeof(mount->options), "%s", fields[5]);
	snprintf(mount->super_options, sizeof(mount->super_options), "%s", fields[dash + 3]);
	return 0;
}

int mount_find(const char *mountinfo, const char *where, struct mount *mount)
{
	int found = -ENOENT;

	while (*mountinfo) {
		size_t length = strcspn(mountinfo, "\n");
		int r = read_line(mountinfo, length, where, mount);

		if (r != -ENOENT)
			found = r;
		mountinfo += length + (mountinfo[length] == '\n');
	}
	return found;
}
