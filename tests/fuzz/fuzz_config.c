/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcguard.conf, through libeconf and our own checks before it: an error has its text, never a
 * crash.
 */
#include "config.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parse_error error = {0};
	struct config config = {0};
	char path[64];

	snprintf(path, sizeof(path), "%s/ipcguard.conf", fuzz_dir());
	fuzz_write(path, data, size);
	if (config_load(&config, path, NULL, &error) == 0)
		config_done(&config);
	else if (!error.file && !error.what)
		abort();
	parse_error_done(&error);
	return 0;
}
