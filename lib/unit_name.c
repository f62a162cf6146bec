/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Can a text be the name of a service unit? The rule is systemd's own (basic/unit-name.c:
 * unit_name_is_valid). It lets no '/' through, so that such a name is a safe file name, too.
 */
#include "manager.h"

#include <string.h>

#define UNIT_NAME_MAX 255

bool unit_name_is_clean(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789:-_.\\@";
	size_t length = strnlen(name, UNIT_NAME_MAX + 1);

	return length && length <= UNIT_NAME_MAX && strspn(name, allowed) == length;
}

bool unit_name_is_service(const char *name)
{
	size_t length = strnlen(name, UNIT_NAME_MAX + 1);
	const char *at = strchr(name, '@');
	const size_t end = strlen(".service");

	if (!unit_name_is_clean(name) || at == name)
		return false;
	if (length <= end || strcmp(name + length - end, ".service"))
		return false;
	/* "name@.service" is a template, which never runs */
	return !at || at + 1 < name + length - end;
}
