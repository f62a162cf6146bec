/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Warnings about huge pages: whether they can be had, what else they need, and what they leave to others. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "cleanup.h"
#include "object.h"
#include "saturate.h"
#include "text.h"
#include "warnings.h"

/* Pages are counted out: what runs already needs its own beside a product that is still to come. */
static int warn_sum_of_pages(struct recommendation *result, const struct huge_value *huge)
{
	const struct value *value = &huge->value;
	uint64_t others = value->together - value->products_sum;

	if (huge->used != OBJECT_UNKNOWN && huge->used > value->recommended && !value->products_sum)
		return recommendation_warn(result, WARNING_SUM, ABOUT_HUGEPAGES,
					   NR_HUGEPAGES
					   ": at most %" PRIu64
					   " pages were in use or promised, by whomever, and "
					   "%" PRIu64 " are recommended, for segments alone; the "
					   "rest were surplus pages, or a larger pool's",
					   huge->used, value->recommended);
	if (!value->products_sum || value->together <= value->recommended ||
	    value->together <= value->wanted)
		return 0;
	return recommendation_warn(result, WARNING_SUM, ABOUT_HUGEPAGES,
				   NR_HUGEPAGES ": products need %" PRIu64 " pages, and %" PRIu64
						" are used already: %" PRIu64
						" if these are not the same; the greatest need "
						"is recommended",
				   value->products_sum, others, value->together);
}

static int warn_memlock(struct recommendation *result, const struct huge_value *huge,
			const struct host *host)
{
	char size[SIZE_TEXT_SIZE], group[48] = "";

	if (huge->value.action != ACTION_RAISE)
		return 0;
	if (host->hugetlb_shm_group != OBJECT_UNKNOWN)
		snprintf(group, sizeof(group), " (now %" PRIu64 ")", host->hugetlb_shm_group);
	return recommendation_warn(result, WARNING_MEMLOCK, ABOUT_HUGEPAGES,
				   "%s pages: who asks for them needs CAP_IPC_LOCK, its group in "
				   "vm.hugetlb_shm_group%s, or a memlock limit of %" PRIu64
				   " kB (EPERM otherwise)",
				   size_format(huge->size, size), group,
				   saturate_mul(huge->value.recommended, huge->size / 1024));
}

/* As the boot parameter hugepagesz= takes it: "2M", "1G". */
static void hugepagesz(uint64_t size, char buf[SIZE_TEXT_SIZE])
{
	static const char units[] = "KMG";
	size_t unit = 0;

	for (size >>= 10; size >= 1024 && unit < 2; size >>= 10)
		unit++;
	snprintf(buf, SIZE_TEXT_SIZE, "%" PRIu64 "%c", size, units[unit]);
}

/* "hugepagesz=1G hugepages=4", and by node where they can't be spread evenly (since Linux 5.16). */
static void add_boot_parameters(struct text *text, const struct huge_value *huge)
{
	const struct pool_nodes *nodes = &huge->nodes;
	char size[SIZE_TEXT_SIZE];

	hugepagesz(huge->size, size);
	text_add_format(text, "hugepagesz=%s hugepages=", size);
	if (!nodes->is_uneven)
		text_add_uint(text, huge->value.recommended);
	for (size_t i = 0; nodes->is_uneven && i < nodes->count; i++)
		text_add_format(text, "%s%d:%" PRIu64, i ? "," : "", nodes->list[i].node,
				nodes->list[i].share);
}

static int warn_boot(struct recommendation *result, const struct huge_value *huge,
		     const char *reason)
{
	_cleanup_(text_done) struct text parameters = {0};
	char size[SIZE_TEXT_SIZE];

	hugepagesz(huge->size, size);
	add_boot_parameters(&parameters, huge);
	if (parameters.failed)
		return -ENOMEM;
	return recommendation_warn(result, WARNING_HUGEPAGES_BOOT, ABOUT_HUGEPAGES,
				   "pages of %s: %s; boot with %s", size, reason, parameters.bytes);
}

/* Whoever is bound to a node is not helped by the pages of another. */
static int warn_nodes(struct recommendation *result, const struct huge_value *huge)
{
	const struct pool_nodes *nodes = &huge->nodes;
	_cleanup_(text_done) struct text text = {0};
	char size[SIZE_TEXT_SIZE];

	if (!huge->value.need || huge->value.action == ACTION_CLAMPED || !nodes->is_uneven)
		return 0;
	text_add_format(&text,
			"%" PRIu64 " pages of %s are spread evenly over the nodes at the next boot",
			huge->value.recommended, size_format(huge->size, size));
	for (size_t i = 0; i < nodes->count; i++)
		if (nodes->list[i].in_use > nodes->list[i].even)
			text_add_format(&text,
					", %" PRIu64 " on node %d, of which %" PRIu64
					" are in use now",
					nodes->list[i].even, nodes->list[i].node,
					nodes->list[i].in_use);
	text_add(&text, ": who is bound to a node gets SIGBUS when it has no more; boot with ");
	add_boot_parameters(&text, huge);
	return text.failed ? -ENOMEM
			   : recommendation_warn(result, WARNING_HUGEPAGES_NODE, ABOUT_HUGEPAGES,
						 "%s", text.bytes);
}

/* Whether what is missing of a pool can be had without a reboot. */
static int warn_missing(struct recommendation *result, const struct huge_value *huge,
			const struct host *host, uint64_t possible)
{
	uint64_t more = huge->value.recommended - huge->value.current;
	char size[SIZE_TEXT_SIZE];

	if (huge->value.recommended <= huge->value.current || huge->value.action == ACTION_CLAMPED)
		return 0;
	if (huge->size != host->default_hugepage_size)
		return warn_boot(result, huge, "no sysctl gives them");
	if (!host->is_local)
		return 0;
	if (possible == OBJECT_UNKNOWN)
		return warn_boot(result, huge, "a running kernel seldom finds such pieces");
	if (possible >= more)
		return 0;
	return recommendation_warn(
		result, WARNING_HUGEPAGES_MISSING, ABOUT_HUGEPAGES,
		"%" PRIu64 " more pages of %s are wanted, free memory has pieces "
		"for %" PRIu64
		"; the rest needs memory to be moved (vm.compact_memory) or a reboot",
		more, size_format(huge->size, size), possible);
}

/* A pool of all memory leaves none to boot with, and sysctl.d is obeyed at each boot. */
static int warn_above_ram(struct recommendation *result, const struct huge_value *huge,
			  const struct host *host)
{
	const struct value *value = &huge->value;
	char wanted[SIZE_TEXT_SIZE], size[SIZE_TEXT_SIZE], ram[SIZE_TEXT_SIZE];

	size_format(huge->size, size);
	size_format(saturate_mul(value->wanted, huge->size), wanted);
	if (host->ram_bytes == OBJECT_UNKNOWN && value->action == ACTION_RAISE)
		return recommendation_warn(
			result, WARNING_HUGEPAGES_ABOVE_RAM, ABOUT_HUGEPAGES,
			"%" PRIu64 " pages of %s are %s, and how much memory the host has is not "
			"known: with more than %d %% of it in pools it may not boot",
			value->wanted, size, wanted, HUGEPAGES_MOST_PERCENT);
	if (value->action != ACTION_CLAMPED && value->current > value->cap)
		return recommendation_warn(
			result, WARNING_HUGEPAGES_ABOVE_RAM, ABOUT_HUGEPAGES,
			"the present pool of %" PRIu64 " pages of %s is more than %d %% of memory, "
			"less what other pools take: it is left as it is, and written nowhere",
			value->current, size, HUGEPAGES_MOST_PERCENT);
	if (value->action != ACTION_CLAMPED)
		return 0;
	return recommendation_warn(
		result, WARNING_HUGEPAGES_ABOVE_RAM, ABOUT_HUGEPAGES,
		"%" PRIu64 " pages of %s are %s, and the host has %s of memory: at most %d %% of "
		"it, less what other pools take, is for this one, or the host may not boot. Who "
		"asks for more than the pool has gets none of it: need less, or add memory",
		value->wanted, size, wanted, size_format(host->ram_bytes, ram),
		HUGEPAGES_MOST_PERCENT);
}

static int warn_failed_hugepages(struct recommendation *result, const struct window *window)
{
	uint64_t last = OBJECT_UNKNOWN, more = 0;

	for (size_t i = 0; i < window->samples->count; i++) {
		uint64_t failed = window->samples->list[i].failed_hugepages;

		if (failed == OBJECT_UNKNOWN)
			continue;
		/* the counter begins again at each boot */
		if (last != OBJECT_UNKNOWN)
			saturate_add(&more, failed < last ? failed : failed - last);
		last = failed;
	}
	if (!more)
		return 0;
	return recommendation_warn(result, WARNING_FAILED_HUGEPAGES, ABOUT_HUGEPAGES,
				   "%" PRIu64 " huge pages could not be put together since the "
				   "first sample: memory is fragmented, set them at boot",
				   more);
}

int warnings_add_huge(struct recommendation *result, const struct request *request)
{
	const struct host *host = request->host;
	int r = 0;

	for (size_t i = 0; r == 0 && i < result->huge_count; i++) {
		r = warn_above_ram(result, &result->huge[i], host);
		if (r == 0)
			r = warn_sum_of_pages(result, &result->huge[i]);
		if (r == 0)
			r = warn_nodes(result, &result->huge[i]);
		if (r == 0)
			r = warn_memlock(result, &result->huge[i], host);
		if (r == 0)
			r = warn_missing(result, &result->huge[i], host, host->possible[i]);
	}
	return r == 0 ? warn_failed_hugepages(result, &request->window) : r;
}
