/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many huge pages? Each of them is taken from everybody else: no margin, and a bound by memory. */
#include "object.h"
#include "recommend_internal.h"
#include "saturate.h"

/* What one pool may have beside the others that there are. */
static uint64_t cap_of_pool(const struct host *host, size_t at)
{
	uint64_t room;

	if (host->ram_bytes == OBJECT_UNKNOWN)
		return SATURATED;
	room = (uint64_t)((unsigned __int128)host->ram_bytes * HUGEPAGES_MOST_PERCENT / 100);
	for (size_t i = 0; i < host->hugepage_size_count; i++) {
		uint64_t bytes = saturate_mul(host->nr_hugepages[i], host->hugepage_sizes[i]);

		if (i != at && host->nr_hugepages[i] != OBJECT_UNKNOWN)
			room -= bytes < room ? bytes : room;
	}
	return room / host->hugepage_sizes[at];
}

/* Others than segments use a pool, too: now, and of the default size at its maximum. */
static int read_use(struct huge_value *huge, const struct request *request)
{
	const struct host *host = request->host;
	struct peak peak = {0};
	int r = 0;

	huge->in_use = huge->used = host_pool_in_use(host, huge->size);
	if (huge->size == host->default_hugepage_size)
		r = window_peak(&request->window, FIGURE_HUGEPAGES_USED, &peak);
	if (peak.is_measured && (huge->used == OBJECT_UNKNOWN || peak.value > huge->used))
		huge->used = peak.value;
	return r;
}

/*
 * What is in use now is never taken away; what was in use before, and products besides, are no need of segments,
 * but bound what may be lowered.
 */
static void add_others(struct huge_value *huge)
{
	struct value *value = &huge->value;
	uint64_t used = huge->used == OBJECT_UNKNOWN ? 0 : huge->used;

	if (huge->in_use != OBJECT_UNKNOWN && huge->in_use > value->wanted)
		value->wanted = huge->in_use;
	if (used > value->peak.value)
		value->together = saturate_sum(used, value->products_sum);
}

/*
 * Whether the evidence bears a smaller pool. That of pools of other sizes nobody keeps; and who used none would
 * get none.
 */
static bool bears_smaller(const struct huge_value *huge, const struct host *host)
{
	return huge->size == host->default_hugepage_size && huge->value.peak.is_measured &&
	       huge->used != OBJECT_UNKNOWN && (huge->value.peak.value || huge->used);
}

int recommend_huge(struct recommendation *result, size_t i, const struct request *request)
{
	const struct host *host = request->host;
	uint64_t size = host->hugepage_sizes[i];
	bool is_default = size == host->default_hugepage_size;
	struct huge_value *huge = &result->huge[result->huge_count++];
	struct value *value = &huge->value;
	int r;

	*huge = (struct huge_value){.size = size};
	r = read_use(huge, request);
	if (r < 0)
		return r;
	value->in_use = huge->in_use;
	value->peak =
		window_huge_peak(&request->window, size, request->has_huge_pages && is_default);
	huge->would = window_huge_peak(&request->window, size, true).value;
	/* products speak of the default size, vm.nr_hugepages */
	if (is_default)
		read_products(value, TARGET_HUGEPAGES, request);
	value->cap = cap_of_pool(host, i);
	value->has_current = host->nr_hugepages[i] != OBJECT_UNKNOWN;
	value->current = value->has_current ? host->nr_hugepages[i] : 0;
	want(value, value->peak.value, true);
	add_others(huge);
	settle(value, request->is_tightening && bears_smaller(huge, host));
	return 0;
}
