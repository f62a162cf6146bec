/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pidset.h"

#include <stdlib.h>
#include <string.h>

#define PID_MAX_LIMIT (4 << 20)

void pidset_add(struct pidset *set, pid_t pid)
{
	size_t byte = (size_t)pid / 8;

	if (pid <= 0 || pid >= PID_MAX_LIMIT)
		return;
	if (byte >= set->size) {
		size_t size = 2 * (byte + 1);
		uint8_t *grown = realloc(set->bits, size);

		if (!grown)
			return;
		memset(grown + set->size, 0, size - set->size);
		set->bits = grown;
		set->size = size;
	}
	set->bits[byte] |= (uint8_t)(1 << pid % 8);
}

bool pidset_has(const struct pidset *set, pid_t pid)
{
	size_t byte = (size_t)pid / 8;

	return pid > 0 && byte < set->size && set->bits[byte] & 1 << pid % 8;
}

void pidset_done(struct pidset *set)
{
	free(set->bits);
	*set = (struct pidset){0};
}
