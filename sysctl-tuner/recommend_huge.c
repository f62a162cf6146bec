/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many huge pages? Each of them is taken from everybody else: no margin, and a bound by memory. */
#include "object.h"
#include "recommend_internal.h"
#include "saturate.h"

static uint64_t known_or_0(uint64_t value)
{
	return value == OBJECT_UNKNOWN ? 0 : value;
}

/* What another pool has, or is to have. */
static uint64_t bytes_of_pool(const struct request *request, size_t at)
{
	const struct host *host = request->host;
	uint64_t size = host->hugepage_sizes[at];
	uint64_t pages = window_huge_peak(&request->window, size, false).value;
	uint64_t now = known_or_0(host->nr_hugepages[at]);
	uint64_t in_use = known_or_0(host_pool_in_use(host, size));

	if (now > pages)
		pages = now;
	return saturate_mul(in_use > pages ? in_use : pages, size);
}

/* What one pool may have beside the others. */
static uint64_t cap_of_pool(const struct request *request, size_t at)
{
	const struct host *host = request->host;
	uint64_t room;

	if (host->ram_bytes == OBJECT_UNKNOWN)
		return SATURATED;
	room = (uint64_t)((unsigned __int128)host->ram_bytes * HUGEPAGES_MOST_PERCENT / 100);
	for (size_t i = 0; i < host->hugepage_size_count; i++)
		if (i != at) {
			uint64_t bytes = bytes_of_pool(request, i);

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
 * What others use of a pool, and products besides, are no need of segments, but bound what may be lowered. More
 * than the pool has may be in use, of surplus pages: that is what these are for.
 */
static void add_others(struct huge_value *huge)
{
	uint64_t used = known_or_0(huge->used);

	if (used > huge->value.peak.value)
		huge->value.together = saturate_sum(used, huge->value.products_sum);
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
	value->cap = cap_of_pool(request, i);
	value->has_current = host->nr_hugepages[i] != OBJECT_UNKNOWN;
	value->current = value->has_current ? host->nr_hugepages[i] : 0;
	want(value, value->peak.value, true);
	add_others(huge);
	settle(value, request->is_tightening && bears_smaller(huge, host));
	return pool_nodes_share(&huge->nodes, host, size, value->recommended);
}
