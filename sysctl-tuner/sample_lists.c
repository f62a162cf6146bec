/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sample_lists.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "saturate.h"

/* So many of the last ones are looked at. */
#define RECENT 8

static int compare_text(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int compare_names(bool has_a, uid_t a, const char *unit_a, bool has_b, uid_t b,
			 const char *unit_b)
{
	if (has_a != has_b)
		return has_a ? 1 : -1;
	if (has_a && a != b)
		return a < b ? -1 : 1;
	return compare_text(unit_a, unit_b);
}

static int compare_segments(const void *a, const void *b)
{
	const struct sample_segments *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? -1 : 1;
	if (x->hugepage_size != y->hugepage_size)
		return x->hugepage_size < y->hugepage_size ? -1 : 1;
	return compare_names(x->has_uid, x->uid, x->unit, y->has_uid, y->uid, y->unit);
}

static int compare_owners(const void *a, const void *b)
{
	const struct sample_owner *x = a, *y = b;

	return compare_names(x->has_uid, x->uid, x->unit, y->has_uid, y->uid, y->unit);
}

/* A list grows to the powers of two. */
static void *grow(void *list, size_t count, size_t size)
{
	if (count & (count - 1))
		return list;
	return reallocarray(list, count ? 2 * count : 1, size);
}

int sample_add_segments(struct sample *sample, const struct sample_segments *segments)
{
	size_t first = sample->segment_count > RECENT ? sample->segment_count - RECENT : 0;
	struct sample_segments *grown;
	_cleanup_free_ char *unit = NULL;

	for (size_t i = sample->segment_count; i > first; i--)
		if (compare_segments(&sample->segments[i - 1], segments) == 0) {
			saturate_add(&sample->segments[i - 1].count, segments->count);
			return 0;
		}
	unit = segments->unit ? strdup(segments->unit) : NULL;
	grown = grow(sample->segments, sample->segment_count, sizeof(*grown));
	if (!grown || (segments->unit && !unit))
		return -ENOMEM;
	sample->segments = grown;
	grown[sample->segment_count] = *segments;
	grown[sample->segment_count++].unit = STEAL_PTR(unit);
	return 0;
}

struct sample_owner *sample_owner_of(struct sample *sample, bool has_uid, uid_t uid,
				     const char *unit)
{
	size_t first = sample->owner_count > RECENT ? sample->owner_count - RECENT : 0;
	_cleanup_free_ char *copy = NULL;
	struct sample_owner *grown;

	for (size_t i = sample->owner_count; i > first; i--) {
		struct sample_owner *owner = &sample->owners[i - 1];

		if (compare_names(owner->has_uid, owner->uid, owner->unit, has_uid, uid, unit) == 0)
			return owner;
	}
	copy = unit ? strdup(unit) : NULL;
	grown = grow(sample->owners, sample->owner_count, sizeof(*grown));
	if (!grown || (unit && !copy))
		return NULL;
	sample->owners = grown;
	grown[sample->owner_count] =
		(struct sample_owner){.has_uid = has_uid, .uid = uid, .unit = STEAL_PTR(copy)};
	return &grown[sample->owner_count++];
}

static void add_max(uint64_t *to, uint64_t value)
{
	if (*to < value)
		*to = value;
}

static void merge_owner(struct sample_owner *to, const struct sample_owner *from)
{
	saturate_add(&to->segments, from->segments);
	saturate_add(&to->pages, from->pages);
	add_max(&to->largest_segment, from->largest_segment);
	saturate_add(&to->sets, from->sets);
	saturate_add(&to->semaphores, from->semaphores);
	add_max(&to->largest_set, from->largest_set);
	saturate_add(&to->queues, from->queues);
	saturate_add(&to->queue_bytes, from->queue_bytes);
	add_max(&to->largest_queue, from->largest_queue);
	saturate_add(&to->mqueues, from->mqueues);
	saturate_add(&to->mqueue_bytes, from->mqueue_bytes);
	free(from->unit);
}

static void merge_segments(struct sample *sample)
{
	size_t kept = 0;

	for (size_t i = 1; i < sample->segment_count; i++) {
		struct sample_segments *to = &sample->segments[kept], *from = &sample->segments[i];

		if (compare_segments(to, from)) {
			sample->segments[++kept] = *from;
			continue;
		}
		saturate_add(&to->count, from->count);
		free(from->unit);
	}
	sample->segment_count = kept + 1;
}

static void merge_owners(struct sample *sample)
{
	size_t kept = 0;

	for (size_t i = 1; i < sample->owner_count; i++) {
		if (compare_owners(&sample->owners[kept], &sample->owners[i]))
			sample->owners[++kept] = sample->owners[i];
		else
			merge_owner(&sample->owners[kept], &sample->owners[i]);
	}
	sample->owner_count = kept + 1;
}

static int by_bytes(const void *a, const void *b)
{
	const struct sample_segments *x = a, *y = b;
	uint64_t all_x = saturate_mul(x->bytes, x->count), all_y = saturate_mul(y->bytes, y->count);

	if (all_x != all_y)
		return all_x > all_y ? -1 : 1;
	return compare_segments(a, b);
}

/* Everything that limits count, together: only an order, in which nobody who matters is last. */
static uint64_t weight_of(const struct sample_owner *owner)
{
	uint64_t weight = owner->pages;

	saturate_add(&weight, owner->segments);
	saturate_add(&weight, owner->sets);
	saturate_add(&weight, owner->semaphores);
	saturate_add(&weight, owner->queues);
	saturate_add(&weight, owner->queue_bytes);
	saturate_add(&weight, owner->mqueues);
	saturate_add(&weight, owner->mqueue_bytes);
	return weight;
}

static int by_weight(const void *a, const void *b)
{
	uint64_t x = weight_of(a), y = weight_of(b);

	if (x != y)
		return x > y ? -1 : 1;
	return compare_owners(a, b);
}

void sample_sort_lists(struct sample *sample)
{
	if (sample->segment_count) {
		qsort(sample->segments, sample->segment_count, sizeof(*sample->segments),
		      compare_segments);
		merge_segments(sample);
		qsort(sample->segments, sample->segment_count, sizeof(*sample->segments), by_bytes);
	}
	if (sample->owner_count) {
		qsort(sample->owners, sample->owner_count, sizeof(*sample->owners), compare_owners);
		merge_owners(sample);
		qsort(sample->owners, sample->owner_count, sizeof(*sample->owners), by_weight);
	}
}
