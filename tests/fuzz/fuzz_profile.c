/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A profile, and behind the last "%" of the input what is asked of it, which is tried as a formula too: a
 * mistake has its text, and what is said has its formula and a value that is known.
 */
#include <errno.h>
#include <string.h>

#include "formula.h"
#include "fuzz.h"
#include "profiles.h"

static void evaluate(const char *text)
{
	static const struct formula_name names[] = {
		{"a", 7}, {"big", UINT64_MAX - 1}, {"zero", 0}, {"unknown", OBJECT_UNKNOWN}};
	const char *culprit = NULL;
	uint64_t value = OBJECT_UNKNOWN;
	int r = formula_evaluate(text, names, sizeof(names) / sizeof(names[0]), &value, &culprit);

	if (r == 0 && value == OBJECT_UNKNOWN)
		abort();
	if ((r == -EINVAL || r == -EDOM) && (culprit < text || culprit > text + strlen(text)))
		abort();
	if (r == -ENODATA && culprit != names[3].name)
		abort();
}

static void ask(const char *dir, const char *wish, uint64_t hugepage_size)
{
	const char *const dirs[] = {dir, NULL};
	struct profile_needs needs = {0};
	struct parse_error error = {0};
	struct host host;

	host_init(&host);
	host.ram_bytes = UINT64_C(64) << 30;
	host.default_hugepage_size = hugepage_size;
	if (profiles_add(&needs, wish, &host, dirs, &error) == 0)
		for (size_t i = 0; i < needs.list[0].count; i++) {
			if (needs.list[0].values[i].value == OBJECT_UNKNOWN ||
			    !needs.list[0].values[i].formula || !needs.list[0].values[i].source)
				abort();
		}
	else if (!error.what || needs.count)
		abort();
	profile_needs_done(&needs);
	parse_error_done(&error);
}

static void list(const char *dir)
{
	const char *const dirs[] = {dir, NULL};
	struct parse_error error = {0};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	profiles_print(out, dirs, &error);
	fclose(out);
	free(text);
	parse_error_done(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *split = size ? memrchr(data, '%', size) : NULL;
	size_t length = split ? (size_t)(split - data) : size;
	char path[64], wish[256];

	snprintf(path, sizeof(path), "%s/x.conf", fuzz_dir());
	fuzz_write(path, data, length);
	snprintf(wish, sizeof(wish), "x:%.*s", split ? (int)(size - length - 1) : 0,
		 split ? (const char *)split + 1 : "");
	ask(fuzz_dir(), "x", 0);
	ask(fuzz_dir(), wish, UINT64_C(2) << 20);
	evaluate(wish + 2);
	list(fuzz_dir());
	return 0;
}
