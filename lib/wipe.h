/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Overwrites what a shared memory object holds with zeros, in place, through its own pages, and
 * only where it holds any: a hole stays a hole.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Wipes a segment that the caller has attached for writing at addr. size is shm_segsz. Pages in
 * swap are brought in first. With verify, reads all of it back.
 * Returns 0 with *wiped_bytes, -EIO if a byte was not zero afterwards, -EBUSY if pages kept
 * going out to swap, or another negative errno.
 */
int wipe_attached(void *addr, size_t size, bool verify, uint64_t *wiped_bytes);

/* The same for a POSIX shared memory file, open for reading and writing. */
int wipe_file(int fd, bool verify, uint64_t *wiped_bytes);

/*
 * Whether the kernel zeroes pages as it frees them (init_on_free=1 on its command line): 1, 0, or
 * a negative errno where that can't be read. Queues and semaphores can be wiped in no other way.
 */
int wipe_kernel_inits_on_free(void);
