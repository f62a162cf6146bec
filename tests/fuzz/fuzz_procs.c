/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /proc/PID/stat, status, cgroup and syscall: names and paths in them are anybody's. */
#include <string.h>

#include "fuzz.h"
#include "procs_parse.h"
#include "waiters_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), path[CGROUP_PATH_SIZE], unit[UNIT_NAME_SIZE];
	struct proc_status status;
	struct proc proc = {0};
	struct call_args args;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	procs_parse_stat(text, &proc);
	procs_parse_status(text, &status);
	if (procs_parse_cgroup(text, path) == 0)
		cgroup_unit(path, unit);
	waiters_parse(text, &args);
	waiters_has_ended(text);
	waiters_is_hidden(text);
	free(text);
	return 0;
}
