/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of /proc/PID/maps, rows of /proc/sysvipc/shm, /proc/PID/limits, cgroup paths. */
#include <string.h>

#include "fuzz.h"
#include "inventory_internal.h"
#include "ipc_limits.h"
#include "maps.h"
#include "who.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), name[CONTAINER_NAME_SIZE];
	struct map_line map;
	uint64_t a, b;
	uint32_t key;
	int id;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	inventory_parse_shm_line(text, &id, &a, &b);
	limit_parse(text, &a);
	limit_parse_msgqueue(text, &a);
	cgroup_container(text, name);
	/* last: it changes the text */
	if (maps_parse_line(text, &map))
		maps_parse_sysv(map.path, &key);
	free(text);
	return 0;
}
