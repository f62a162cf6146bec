/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The objects of an inventory by what a mapping or descriptor shows of them: id, or device and inode. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "inventory.h"

struct holders_index {
	const struct inventory *inv;
	uint32_t *order;	/* indices of objects: segments by id, then files by inode; owned */
	size_t segments, files; /* how many of each */
};

/* Returns 0 or -ENOMEM; order is the caller's to free. */
int holders_index_build(struct holders_index *index, const struct inventory *inv);

/* The object that is the segment of that id; false if there is none. */
bool holders_index_segment(const struct holders_index *index, int id, uint32_t *object);

/*
 * Where the files of an identity stand in the order, or would: from there on, one for each of the file's
 * names, as long as holders_index_is_file() says so.
 */
size_t holders_index_file(const struct holders_index *index, dev_t dev, ino_t ino);
bool holders_index_is_file(const struct holders_index *index, size_t at, dev_t dev, ino_t ino);
