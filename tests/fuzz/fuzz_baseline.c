/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Baseline files: what is read, printed and read again is the same. The input is a file's body. */
#include <string.h>

#include "baseline_parse.h"
#include "fuzz.h"

#define SEAL_SIZE 32

/* Appends the last line, which no mutation would find (FNV-1a). Returns the new size. */
static size_t seal(char *text, size_t size)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	return size +
	       (size_t)snprintf(text + size, SEAL_SIZE, "end %llu\n", (unsigned long long)hash);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct baseline *baseline = NULL, *again = NULL;
	char *text = malloc(size + SEAL_SIZE), *printed = NULL, *printed_again = NULL;
	size_t length, length_again;

	if (!text)
		return 0;
	memcpy(text, data, size);
	size = seal(text, size);
	if (baseline_parse(text, size, &baseline) == 0) {
		if (baseline_print(baseline, &printed, &length) < 0 ||
		    baseline_parse(printed, length, &again) < 0 ||
		    baseline_print(again, &printed_again, &length_again) < 0 ||
		    length != length_again || memcmp(printed, printed_again, length) != 0)
			abort();
		baseline_free(again);
		baseline_free(baseline);
	}
	free(printed_again);
	free(printed);
	free(text);
	return 0;
}
