/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "holders_index.h"

#include <errno.h>
#include <stdlib.h>

static const struct ipc_object *object_at(const struct inventory *inv, uint32_t index)
{
	return &inv->objects[index];
}

static int by_id(const void *a, const void *b, void *inv)
{
	int x = object_at(inv, *(const uint32_t *)a)->id,
	    y = object_at(inv, *(const uint32_t *)b)->id;

	return (x > y) - (x < y);
}

static int by_inode(const void *a, const void *b, void *inv)
{
	const struct ipc_object *x = object_at(inv, *(const uint32_t *)a),
				*y = object_at(inv, *(const uint32_t *)b);

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	return (x->ino > y->ino) - (x->ino < y->ino);
}

int holders_index_build(struct holders_index *index, const struct inventory *inv)
{
	size_t at = 0;

	*index = (struct holders_index){.inv = inv,
					.order = malloc((inv->count + 1) * sizeof(*index->order))};
	if (!index->order)
		return -ENOMEM;
	for (size_t i = 0; i < inv->count; i++)
		if (inv->objects[i].kind == KIND_SHM)
			index->order[at++] = (uint32_t)i;
	index->segments = at;
	for (size_t i = 0; i < inv->count; i++)
		if (!kind_is_sysv(inv->objects[i].kind))
			index->order[at++] = (uint32_t)i;
	index->files = at - index->segments;
	qsort_r(index->order, index->segments, sizeof(*index->order), by_id,
		(void *)(uintptr_t)inv);
	qsort_r(index->order + index->segments, index->files, sizeof(*index->order), by_inode,
		(void *)(uintptr_t)inv);
	return 0;
}

size_t holders_index_file(const struct holders_index *index, dev_t dev, ino_t ino)
{
	size_t low = index->segments, high = index->segments + index->files;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct ipc_object *obj = object_at(index->inv, index->order[middle]);

		if (obj->dev < dev || (obj->dev == dev && obj->ino < ino))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool holders_index_is_file(const struct holders_index *index, size_t at, dev_t dev, ino_t ino)
{
	const struct ipc_object *obj;

	if (at >= index->segments + index->files)
		return false;
	obj = object_at(index->inv, index->order[at]);
	return obj->dev == dev && obj->ino == ino;
}

bool holders_index_segment(const struct holders_index *index, int id, uint32_t *object)
{
	size_t low = 0, high = index->segments;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int there = object_at(index->inv, index->order[middle])->id;

		if (there == id) {
			*object = index->order[middle];
			return true;
		}
		if (there < id)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}
