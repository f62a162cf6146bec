/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes a sample of the IPC namespace that the caller is in. */
#pragma once

#include "sample.h"

/*
 * shm_fd is the /dev/shm to count in (taken), or -1 for the caller's own. What may not be seen is not
 * measured. Returns 0 and a sample for sample_done(), or a negative errno.
 */
int sample_take(struct sample *sample, const struct host *host, int shm_fd);
