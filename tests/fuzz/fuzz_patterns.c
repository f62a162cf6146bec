/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pattern catalogue, and names that other users chose, matched against it. */
#include <string.h>

#include "fuzz.h"
#include "patterns.h"

static void match(const struct patterns *patterns, const uint8_t *data, size_t size)
{
	char name[256];
	struct ipc_object obj = {.kind = KIND_PSHM, .name = name};
	const struct pattern *pattern;

	snprintf(name, sizeof(name), "/%.*s", (int)(size > 200 ? 200 : size), (const char *)data);
	pattern = patterns_match(patterns, &obj);
	if (pattern)
		pattern_pid(pattern, &obj);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *const dirs[] = {fuzz_dir(), NULL};
	struct parse_error error = {0};
	struct patterns *patterns = NULL;
	char path[64];

	snprintf(path, sizeof(path), "%s/fuzz.conf", fuzz_dir());
	fuzz_write(path, data, size);
	if (patterns_load(&patterns, dirs, &error) == 0) {
		match(patterns, data, size);
		patterns_free(patterns);
	}
	parse_error_done(&error);
	return 0;
}
