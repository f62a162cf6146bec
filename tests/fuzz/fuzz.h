/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For targets that read files: one file of a directory of this process, written anew each time. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The directory; made at the first call. */
static inline const char *fuzz_dir(void)
{
	static char dir[] = "/tmp/ipcguard-fuzz-XXXXXX";
	static char *made;

	if (!made && !(made = mkdtemp(dir)))
		abort();
	return made;
}

static inline void fuzz_write(const char *path, const uint8_t *data, size_t size)
{
	FILE *f = fopen(path, "we");

	if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
