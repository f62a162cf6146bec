/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * PAM's service files, which `ipcclean doctor` reads: circles and webs of includes come to an end.
 */
#include "doctor_pam.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pam_use use = {0};
	char path[128];

	snprintf(path, sizeof(path), "%s/etc", fuzz_dir());
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/etc/pam.d", fuzz_dir());
	mkdir(path, 0755);
	/* each file can include the other */
	snprintf(path, sizeof(path), "%s/etc/pam.d/a", fuzz_dir());
	fuzz_write(path, data, size / 2);
	snprintf(path, sizeof(path), "%s/etc/pam.d/b", fuzz_dir());
	fuzz_write(path, data + size / 2, size - size / 2);
	pam_use_read(fuzz_dir(), &use);
	pam_use_done(&use);
	return 0;
}
