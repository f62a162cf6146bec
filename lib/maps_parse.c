/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What does a line of /proc/PID/maps say? "start-end perms offset major:minor inode  path"
 * (fs/proc/task_mmu.c: show_map_vma). A path is the process's choice; newlines in it are escaped.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "maps.h"

#define DELETED " (deleted)"

/* Takes a hexadecimal number and the character behind it. NULL if either is missing. */
static char *take_hex(char *text, uint64_t *value, char end)
{
	char *begin = text;

	*value = 0;
	for (; text - begin <= 16; text++) {
		unsigned digit;

		if (*text >= '0' && *text <= '9')
			digit = (unsigned)(*text - '0');
		else if (*text >= 'a' && *text <= 'f')
			digit = (unsigned)(*text - 'a' + 10);
		else
			return text > begin && *text == end ? text + 1 : NULL;
		*value = *value << 4 | digit;
	}
	return NULL;
}

static char *take_perms(char *text, bool *is_writable)
{
	if (strnlen(text, 5) < 5 || text[4] != ' ')
		return NULL;
	*is_writable = text[1] == 'w';
	return text + 5;
}

bool maps_cut_deleted(char *path)
{
	size_t length = strlen(path), end = strlen(DELETED);

	if (length <= end || strcmp(path + length - end, DELETED))
		return false;
	path[length - end] = '\0';
	return true;
}

bool maps_parse_line(char *line, struct map_line *map)
{
	uint64_t offset, major_number, minor_number;
	char *text = take_hex(line, &map->start, '-'), *path;

	text = text ? take_hex(text, &map->end, ' ') : NULL;
	text = text ? take_perms(text, &map->is_writable) : NULL;
	text = text ? take_hex(text, &offset, ' ') : NULL;
	text = text ? take_hex(text, &major_number, ':') : NULL;
	text = text ? take_hex(text, &minor_number, ' ') : NULL;
	if (!text || *text < '0' || *text > '9')
		return false;
	map->dev = makedev((unsigned)major_number, (unsigned)minor_number);
	map->ino = strtoull(text, &path, 10);
	path += strspn(path, " ");
	if (*path != '/')
		return false;
	map->path = path;
	map->is_deleted = maps_cut_deleted(path);
	return true;
}

bool maps_parse_sysv(const char *path, uint32_t *key)
{
	char digits[9];
	char *end;

	if (strncmp(path, "/SYSV", 5) || strlen(path) != 5 + 8 ||
	    strspn(path + 5, "0123456789abcdef") != 8)
		return false;
	memcpy(digits, path + 5, sizeof(digits));
	*key = (uint32_t)strtoul(digits, &end, 16);
	return true;
}
