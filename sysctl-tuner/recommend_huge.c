/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many huge pages? Each of them is taken from everybody else: no margin, and a bound by memory. */
#include "object.h"
#include "recommend_internal.h"
#include "saturate.h"

static uint64_t pool_in_use(const struct host *host, uint64_t size)
{
	for (size_t i = 0; i < host->pool_count; i++) {
		const struct host_pool *pool = &host->pools[i];

		if (pool->size != size || pool->node >= 0 || pool->total == OBJECT_UNKNOWN ||
		    pool->free == OBJECT_UNKNOWN || pool->free > pool->total)
			continue;
		return saturate_sum(pool->total - pool->free,
				    pool->reserved == OBJECT_UNKNOWN ? 0 : pool->reserved);
	}
	return OBJECT_UNKNOWN;
}

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

/*
 * Whether the evidence bears a smaller pool: others than segments use it, too, and of pools of other sizes
 * nobody has kept what they did.
 */
static bool bears_smaller(const struct huge_value *huge, const struct host *host)
{
	return huge->size == host->default_hugepage_size && huge->in_use != OBJECT_UNKNOWN &&
	       huge->value.peak.is_measured && (huge->value.peak.value || huge->in_use);
}

/* Other programs than segments use the pool. */
static void add_other_users(struct value *value, uint64_t in_use)
{
	if (in_use > value->wanted)
		value->wanted = in_use;
	if (value->together && in_use > value->peak.value)
		value->together = saturate_sum(in_use, value->products_sum);
}

void recommend_huge(struct recommendation *result, size_t i, const struct request *request)
{
	const struct host *host = request->host;
	uint64_t size = host->hugepage_sizes[i], in_use = pool_in_use(host, size);
	bool is_default = size == host->default_hugepage_size;
	struct huge_value *huge = &result->huge[result->huge_count++];
	struct value *value = &huge->value;

	*huge = (struct huge_value){.size = size, .in_use = in_use};
	value->in_use = in_use;
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
	if (in_use != OBJECT_UNKNOWN)
		add_other_users(value, in_use);
	settle(value, request->is_tightening && bears_smaller(huge, host));
}
