/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What of a bucket is worth keeping? Each sample at which some value first reached the highest that it has
 * in the bucket: so every maximum stays what it was, when it was, with who made it up. The choice for a
 * day is always among those for its hours, whichever is made first, and making it again changes nothing.
 */
#include "store_internal.h"

/* The sizes of huge pages that occur: those past the most that a host has are not told apart. */
struct sizes {
	uint64_t list[HUGEPAGE_SIZES_MAX];
	size_t count;
};

static void add_size(struct sizes *sizes, uint64_t size)
{
	for (size_t i = 0; i < sizes->count; i++)
		if (sizes->list[i] == size)
			return;
	if (sizes->count < HUGEPAGE_SIZES_MAX)
		sizes->list[sizes->count++] = size;
}

static void find_sizes(const struct samples *samples, struct sizes *sizes)
{
	for (size_t i = 0; i < samples->count; i++)
		for (size_t j = 0; j < samples->list[i].huge_count; j++)
			add_size(sizes, samples->list[i].huge[j].size);
}

/* None is as good as not measured: nobody needs to be kept for it. */
static uint64_t huge_value(const struct sample *sample, uint64_t size, bool would)
{
	for (size_t i = 0; i < sample->huge_count; i++) {
		const struct sample_huge *huge = &sample->huge[i];
		uint64_t value = would ? huge->would : huge->pages;

		if (huge->size == size && value)
			return value;
	}
	return OBJECT_UNKNOWN;
}

/* All values in one row: the columns, then pages and would of each size. */
static uint64_t value_at(const struct sample *sample, const struct sizes *sizes, size_t at)
{
	if (at < STORE_VALUE_COUNT)
		return store_value(sample, at);
	at -= STORE_VALUE_COUNT;
	return huge_value(sample, sizes->list[at / 2], at % 2);
}

static void keep_first_highest(const struct samples *samples, const struct sizes *sizes, size_t at,
			       bool *keep)
{
	uint64_t highest = 0;
	size_t found = samples->count;

	for (size_t i = 0; i < samples->count; i++) {
		uint64_t value = value_at(&samples->list[i], sizes, at);

		if (value == OBJECT_UNKNOWN || (found < samples->count && value <= highest))
			continue;
		highest = value;
		found = i;
	}
	if (found < samples->count)
		keep[found] = true;
}

void store_keep(const struct samples *samples, bool *keep)
{
	struct sizes sizes = {0};

	for (size_t i = 0; i < samples->count; i++)
		keep[i] = false;
	find_sizes(samples, &sizes);
	for (size_t at = 0; at < STORE_VALUE_COUNT + 2 * sizes.count; at++)
		keep_first_highest(samples, &sizes, at, keep);
	/* nothing was measured in any of them: that somebody looked stays */
	for (size_t i = 0; i < samples->count; i++)
		if (keep[i])
			return;
	if (samples->count)
		keep[0] = true;
}

void store_keep_weights(const struct samples *samples, const bool *keep, uint64_t *weights)
{
	size_t before = SIZE_MAX, after = 0;

	for (size_t i = 0; i < samples->count; i++) {
		size_t heir;

		if (keep[i]) {
			before = i;
			continue;
		}
		for (after = after > i ? after : i; after < samples->count && !keep[after];)
			after++;
		heir = before == SIZE_MAX	 ? after
		       : after == samples->count ? before
		       : samples->list[i].time - samples->list[before].time <=
				       samples->list[after].time - samples->list[i].time
			       ? before
			       : after;
		if (heir == samples->count)
			return;
		if (__builtin_add_overflow(weights[heir], weights[i], &weights[heir]))
			weights[heir] = UINT64_MAX - 1;
	}
}
