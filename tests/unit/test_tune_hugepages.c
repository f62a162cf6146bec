/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Huge pages: how many, for whom, and how many are too many. Every rule with the nearest case in which it
 * doesn't hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host_internal.h"
#include "pool_nodes.h"
#include "saturate.h"
#include "tune_scene.h"

/* A host of 16 GiB with pages of 2 MiB; 70 % of it are 5734 of them. */
static void set_huge_host(struct scene *scene)
{
	struct host *host = &scene->analysis.host;

	scene_init(scene);
	host->ram_bytes = 16 * GIB;
	host->default_hugepage_size = 2 * MIB;
	host_add_hugepage_size(host, 2 * MIB);
	host->nr_hugepages[0] = 0;
}

static void shmmax_is_whole_huge_pages_where_segments_have_them(void **state)
{
	static const struct sample_segments segment = {
		.bytes = 3 * MIB, .hugepage_size = 2 * MIB, .count = 1};
	static const struct sample_segments small = {.bytes = 3 * MIB, .count = 1};
	struct scene scene;

	(void)state;
	scene_init(&scene);
	parameter_set(&scene.analysis.host.current, PARAMETER_SHMMAX, 1);
	host_add_hugepage_size(&scene.analysis.host, 2 * MIB);
	scene_set_segments(scene_add(&scene, 1), &segment, 1, &scene.analysis.host);
	scene_recommend(&scene);
	/* 3.75 MiB */
	scene_assert_value(&scene, "huge", PARAMETER_SHMMAX, 4 * MIB, ACTION_RAISE);
	free(scene.analysis.samples.list[0].segments);
	scene_set_segments(&scene.analysis.samples.list[0], &small, 1, &scene.analysis.host);
	scene_recommend(&scene);
	scene_assert_value(&scene, "ordinary", PARAMETER_SHMMAX, 15 * MIB / 4, ACTION_RAISE);
	scene_done(&scene);
}

/* A segment of huge pages is asked for in whole ones: its shmmax, and its pages of shmall. */
static void products_on_huge_pages_take_whole_ones(void **state)
{
	struct scene scene;

	(void)state;
	set_huge_host(&scene);
	parameter_set(&scene.analysis.host.current, PARAMETER_SHMMAX, 1);
	parameter_set(&scene.analysis.host.current, PARAMETER_SHMALL, 1);
	scene_add_product(&scene, "jvm:bytes=3M");
	scene_recommend(&scene);
	scene_assert_value(&scene, "two huge pages", PARAMETER_SHMMAX, 4 * MIB, ACTION_RAISE);
	scene_assert_value(&scene, "in pages", PARAMETER_SHMALL, 1024, ACTION_RAISE);
	assert_int_equal(scene_value(&scene, PARAMETER_SHMMAX)->need, 3 * MIB);
	assert_int_equal(scene_value(&scene, PARAMETER_SHMALL)->need, 768);
	scene_assert_row_says(&scene, "kernel.shmmax", "Rounded up to whole huge pages: 4,194,304.",
			      true);
	profile_needs_done(&scene.analysis.needs);
	/* no huge pages, no such rounding */
	scene_add_product(&scene, "oracle:sga=8589934593,hugepages=no");
	scene_recommend(&scene);
	scene_assert_value(&scene, "none", PARAMETER_SHMMAX, UINT64_C(8589934593), ACTION_RAISE);
	scene_assert_row_says(&scene, "kernel.shmmax", "whole huge pages", false);
	scene_done(&scene);
}

static void a_default_kernel_keeps_its_shmmax_whatever_the_pools(void **state)
{
	struct scene scene;
	struct host *host = &scene.analysis.host;

	(void)state;
	scene_init(&scene);
	scene_set_defaults(&scene);
	host_add_hugepage_size(host, 2 * MIB);
	host_add_hugepage_size(host, GIB);
	host->nr_hugepages[0] = 1024;
	host->nr_hugepages[1] = 4;
	scene_recommend(&scene);
	scene_assert_value(&scene, "pools", PARAMETER_SHMMAX, SHM_DEFAULT, ACTION_KEEP);
	assert_int_equal(scene.analysis.result.huge[0].value.recommended, 1024);
	assert_int_equal(scene.analysis.result.huge[1].value.recommended, 4);
	scene_done(&scene);
}

static void huge_pages_for_those_who_would_gain_are_asked_for(void **state)
{
	static const struct sample_segments groups[] = {
		{.bytes = 4 * MIB, .hugepage_size = 2 * MIB, .count = 1},
		{.bytes = 5 * MIB, .count = 2},
		{.bytes = 2 * MIB - 1, .count = 7},
	};
	struct scene scene;
	const struct huge_value *huge = &scene.analysis.result.huge[0];

	(void)state;
	scene_init(&scene);
	scene.analysis.host.default_hugepage_size = 2 * MIB;
	host_add_hugepage_size(&scene.analysis.host, 2 * MIB);
	scene_set_segments(scene_add(&scene, 1), groups, 3, &scene.analysis.host);
	scene_recommend(&scene);
	assert_int_equal(huge->value.recommended, 2);
	assert_int_equal(huge->would, 8);
	scene.options.has_huge_pages = true;
	scene_recommend(&scene);
	assert_int_equal(huge->value.recommended, 8);
	scene_done(&scene);
}

static void what_is_in_use_of_a_pool_is_known_where_its_numbers_fit(void **state)
{
	static const struct {
		struct host_pool pools[2];
		uint64_t in_use;
	} cases[] = {
		{{{2 * MIB, -1, 10, 7, 2, 0, 0}}, 5},
		{{{2 * MIB, -1, 10, 10, 0, 0, 0}}, 0},
		{{{2 * MIB, -1, 10, 7, OBJECT_UNKNOWN, 0, 0}}, 3},
		{{{2 * MIB, -1, 10, 11, 2, 0, 0}}, OBJECT_UNKNOWN},
		{{{2 * MIB, -1, OBJECT_UNKNOWN, 7, 2, 0, 0}}, OBJECT_UNKNOWN},
		{{{2 * MIB, -1, 10, OBJECT_UNKNOWN, 2, 0, 0}}, OBJECT_UNKNOWN},
		{{{2 * MIB, -1, SATURATED, 0, 2, 0, 0}}, SATURATED},
		{{{GIB, -1, 10, 7, 2, 0, 0}}, OBJECT_UNKNOWN},
		{{{2 * MIB, 0, 10, 7, 2, 0, 0}}, OBJECT_UNKNOWN},
		{{{2 * MIB, 0, 10, 7, 2, 0, 0}, {2 * MIB, -1, 20, 16, 0, 0, 0}}, 4},
		{{{GIB, -1, 10, 7, 2, 0, 0}, {2 * MIB, -1, 20, 16, 0, 0, 0}}, 4},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct host_pool pools[2] = {cases[i].pools[0], cases[i].pools[1]};
		struct host host = {.pools = pools, .pool_count = pools[1].size ? 2 : 1};
		uint64_t in_use = host_pool_in_use(&host, 2 * MIB);

		if (in_use != cases[i].in_use)
			print_message("# %zu: %ju\n", i, (uintmax_t)in_use);
		assert_true(in_use == cases[i].in_use);
	}
}

static void a_pool_is_not_lowered_below_what_others_use(void **state)
{
	struct scene scene;
	const struct huge_value *huge = &scene.analysis.result.huge[0];

	(void)state;
	scene_init(&scene);
	scene.options.is_tightening = true;
	scene.analysis.host.default_hugepage_size = 2 * MIB;
	host_add_hugepage_size(&scene.analysis.host, 2 * MIB);
	scene_add_one(&scene, FIGURE_SHM_SEGMENTS, 0);
	scene_set_pool(&scene, 100, 60, 10);
	scene_recommend(&scene);
	assert_int_equal(huge->value.recommended, 50);
	assert_int_equal(huge->value.action, ACTION_LOWER);
	scene_set_pool(&scene, 100, 0, 0);
	scene_recommend(&scene);
	assert_int_equal(huge->value.recommended, 100);
	assert_int_equal(huge->value.action, ACTION_KEEP);
	/* numbers that don't fit each other tell nothing */
	scene_set_pool(&scene, 100, 101, 0);
	scene_recommend(&scene);
	assert_true(huge->in_use == OBJECT_UNKNOWN);
	scene_done(&scene);
}

static void a_pool_of_unknown_use_is_not_lowered(void **state)
{
	struct scene scene;
	const struct huge_value *huge = &scene.analysis.result.huge[0];

	(void)state;
	set_huge_host(&scene);
	scene.options.is_tightening = true;
	scene.analysis.host.nr_hugepages[0] = 1024;
	scene_add_one(&scene, FIGURE_SHM_SEGMENTS, 1);
	scene_recommend(&scene);
	assert_int_equal(huge->value.recommended, 1024);
	/* nor by a product */
	scene_add_product(&scene, "jvm:bytes=8M");
	scene_recommend(&scene);
	assert_int_equal(huge->value.recommended, 1024);
	scene_set_pool(&scene, 1024, 1000, 0);
	scene_recommend(&scene);
	assert_int_equal(huge->value.recommended, 24 + 4);
	assert_int_equal(huge->value.action, ACTION_LOWER);
	/* nobody has it just now: that is no cap of 0 */
	scene_set_pool(&scene, 1024, 1024, 0);
	scene_recommend(&scene);
	assert_int_equal(huge->value.recommended, 1024);
	scene_done(&scene);
}

static void a_pool_takes_at_most_70_percent_of_memory(void **state)
{
	struct scene scene;
	const struct huge_value *huge = &scene.analysis.result.huge[0];

	(void)state;
	set_huge_host(&scene);
	scene_add_product(&scene, "jvm:bytes=11468M"); /* 5734 pages */
	scene_recommend(&scene);
	assert_int_equal(huge->value.recommended, 5734);
	assert_int_equal(huge->value.action, ACTION_RAISE);
	assert_null(scene_warning(&scene, WARNING_HUGEPAGES_ABOVE_RAM));
	scene_add_product(&scene, "jvm:bytes=11469M");
	scene_recommend(&scene);
	assert_int_equal(huge->value.need, 5735);
	assert_int_equal(huge->value.recommended, 5734);
	assert_int_equal(huge->value.action, ACTION_CLAMPED);
	assert_int_equal(huge->value.why, WHY_CAP);
	assert_non_null(strstr(scene_warning(&scene, WARNING_HUGEPAGES_ABOVE_RAM),
			       "5735 pages of 2.0M are 11.2G, and the host has 16.0G of memory: "
			       "at most 70 % of it"));
	/* who has given more by hand keeps it */
	scene.analysis.host.nr_hugepages[0] = 6000;
	scene_recommend(&scene);
	assert_int_equal(huge->value.recommended, 6000);
	assert_int_equal(huge->value.action, ACTION_KEEP);
	assert_non_null(
		strstr(scene_warning(&scene, WARNING_HUGEPAGES_ABOVE_RAM),
		       "the present pool of 6000 pages of 2.0M is more than 70 % of memory"));
	scene.analysis.host.nr_hugepages[0] = 5734;
	profile_needs_done(&scene.analysis.needs);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_HUGEPAGES_ABOVE_RAM));
	scene_done(&scene);
}

/* Of two pools that are both to come, none leaves the other its memory: neither is raised to all it needs. */
static void two_pools_that_need_all_are_both_bounded(void **state)
{
	static const struct sample_segments segments[] = {
		{.bytes = 8 * GIB, .hugepage_size = 2 * MIB, .count = 1},
		{.bytes = 8 * GIB, .hugepage_size = GIB, .count = 1},
	};
	struct scene scene;
	const struct huge_value *huge = scene.analysis.result.huge;

	(void)state;
	set_huge_host(&scene);
	host_add_hugepage_size(&scene.analysis.host, GIB);
	scene_set_segments(scene_add(&scene, 1), segments, 2, &scene.analysis.host);
	scene_recommend(&scene);
	assert_int_equal(huge[0].value.action, ACTION_CLAMPED);
	assert_int_equal(huge[1].value.action, ACTION_CLAMPED);
	assert_true(huge[0].value.recommended * 2 * MIB <= 16 * GIB * 70 / 100 - 8 * GIB);
	assert_null(scene_warning(&scene, WARNING_HUGEPAGES_BOOT));
	scene_done(&scene);
}

static void other_pools_take_of_the_same_memory(void **state)
{
	struct scene scene;
	struct host *host = &scene.analysis.host;
	const struct huge_value *huge = &scene.analysis.result.huge[0];

	(void)state;
	set_huge_host(&scene);
	host_add_hugepage_size(host, GIB);
	host->nr_hugepages[1] = 4;		      /* as many as 2048 */
	scene_add_product(&scene, "jvm:bytes=7372M"); /* 3686 pages */
	scene_recommend(&scene);
	assert_int_equal(huge->value.recommended, 3686);
	assert_int_equal(huge->value.action, ACTION_RAISE);
	host->nr_hugepages[1] = 5;
	scene_recommend(&scene);
	assert_int_equal(huge->value.recommended, 3174);
	assert_int_equal(huge->value.action, ACTION_CLAMPED);
	scene_done(&scene);
}

static void pools_that_grow_together_are_added_up(void **state)
{
	static const struct sample_segments segment = {
		.bytes = 6 * GIB, .hugepage_size = GIB, .count = 1};
	struct scene scene;
	struct host *host = &scene.analysis.host;

	(void)state;
	set_huge_host(&scene);
	host_add_hugepage_size(host, GIB);
	host->nr_hugepages[1] = 0;
	scene_set_segments(scene_add(&scene, 1), &segment, 1, host);
	scene_add_product(&scene, "jvm:bytes=5324M"); /* with 6 GiB: 11468M, 70 % */
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_HUGEPAGES_ABOVE_RAM));
	assert_string_equal(scene_warning(&scene, WARNING_HUGEPAGES_BOOT),
			    "pages of 1G: no sysctl gives them; boot with hugepagesz=1G "
			    "hugepages=6");
	scene_add_product(&scene, "jvm:bytes=5326M");
	scene_recommend(&scene);
	assert_int_equal(scene.analysis.result.huge[0].value.action, ACTION_CLAMPED);
	assert_int_equal(scene.analysis.result.huge[0].value.recommended, 2662);
	assert_int_equal(scene.analysis.result.huge[1].value.recommended, 6);
	scene_done(&scene);
}

static void pools_of_a_host_of_unknown_memory_are_told(void **state)
{
	struct scene scene;

	(void)state;
	set_huge_host(&scene);
	scene.analysis.host.ram_bytes = OBJECT_UNKNOWN;
	scene_add_product(&scene, "jvm:bytes=64G");
	scene_recommend(&scene);
	assert_int_equal(scene.analysis.result.huge[0].value.recommended, 32768);
	assert_non_null(strstr(scene_warning(&scene, WARNING_HUGEPAGES_ABOVE_RAM),
			       "32768 pages of 2.0M are 64.0G, and how much memory the host has "
			       "is not known"));
	scene_obey(&scene);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_HUGEPAGES_ABOVE_RAM));
	scene_done(&scene);
}

/* A row of the database may lack a number. */
static void a_number_that_is_missing_is_no_large_one(void **state)
{
	struct scene scene;
	struct sample *sample;

	(void)state;
	set_huge_host(&scene);
	sample = scene_add(&scene, 1);
	sample->huge[sample->huge_count++] =
		(struct sample_huge){2 * MIB, OBJECT_UNKNOWN, OBJECT_UNKNOWN};
	sample = scene_add(&scene, 2);
	sample->huge[sample->huge_count++] = (struct sample_huge){2 * MIB, 3, OBJECT_UNKNOWN};
	scene_recommend(&scene);
	assert_int_equal(scene.analysis.result.huge[0].value.need, 3);
	assert_int_equal(scene.analysis.result.huge[0].would, 3);
	scene_done(&scene);
}

/* What runs at night, and not now. */
static void a_pool_is_not_lowered_below_what_used_it_once(void **state)
{
	struct scene scene;
	const struct huge_value *huge = &scene.analysis.result.huge[0];
	struct sample *sample;

	(void)state;
	set_huge_host(&scene);
	scene.options.is_tightening = true;
	sample = scene_add(&scene, 1);
	sample->figures[FIGURE_SHM_SEGMENTS] = 0;
	sample->figures[FIGURE_HUGEPAGES_USED] = 300;
	scene_add(&scene, 2)->figures[FIGURE_HUGEPAGES_USED] = 0;
	scene_set_pool(&scene, 1024, 1024, 0);
	scene_recommend(&scene);
	assert_int_equal(huge->value.recommended, 300);
	assert_int_equal(huge->value.action, ACTION_LOWER);
	/* and a pool that is smaller by now is not raised for it: whose it was nobody knows */
	scene_set_pool(&scene, 100, 100, 0);
	scene_recommend(&scene);
	assert_int_equal(huge->value.recommended, 100);
	assert_non_null(
		strstr(scene_warning(&scene, WARNING_SUM), "at most 300 pages were in use"));
	scene_set_pool(&scene, 300, 300, 0);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_SUM));
	scene_done(&scene);
}

static void pages_in_use_and_a_products_are_added_up_in_a_warning(void **state)
{
	static const struct sample_segments segment = {
		.bytes = 4 * GIB, .hugepage_size = 2 * MIB, .count = 1};
	struct scene scene;

	(void)state;
	set_huge_host(&scene);
	scene_set_segments(scene_add(&scene, 1), &segment, 1, &scene.analysis.host);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_SUM));
	scene_add_product(&scene, "jvm:bytes=2G");
	scene_recommend(&scene);
	assert_int_equal(scene.analysis.result.huge[0].value.recommended, 2048);
	assert_string_equal(scene_warning(&scene, WARNING_SUM),
			    "vm.nr_hugepages: products need 1024 pages, and 2048 are used already: "
			    "3072 if these are not the same; the greatest need is recommended");
	/* there is room for both */
	scene.analysis.host.nr_hugepages[0] = 3072;
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_SUM));
	scene.analysis.host.nr_hugepages[0] = 3071;
	scene_recommend(&scene);
	assert_non_null(scene_warning(&scene, WARNING_SUM));
	scene_done(&scene);
}

struct share_case {
	const char *rule;
	struct host_pool pools[5]; /* up to a size of 0 */
	uint64_t pages;
	size_t count;
	uint64_t even[3], share[3];
	bool is_uneven;
};

static struct host host_with(struct host_pool *pools, size_t most)
{
	struct host host = {.pools = pools};

	while (host.pool_count < most && pools[host.pool_count].size)
		host.pool_count++;
	return host;
}

static void check_share(const struct share_case *expected)
{
	_cleanup_(pool_nodes_done) struct pool_nodes nodes = {0};
	struct share_case copy = *expected;
	struct host host = host_with(copy.pools, ARRAY_SIZE(copy.pools));

	host_sort_pools(&host);
	assert_int_equal(pool_nodes_share(&nodes, &host, 2 * MIB, expected->pages), 0);
	if (nodes.count != expected->count || nodes.is_uneven != expected->is_uneven)
		print_message("%s: %zu nodes\n", expected->rule, nodes.count);
	assert_int_equal(nodes.count, expected->count);
	assert_int_equal(nodes.is_uneven, expected->is_uneven);
	for (size_t i = 0; i < nodes.count; i++) {
		if (nodes.list[i].share != expected->share[i])
			print_message("%s: node %zu\n", expected->rule, i);
		assert_int_equal(nodes.list[i].node, (int)i);
		assert_int_equal(nodes.list[i].even, expected->even[i]);
		assert_int_equal(nodes.list[i].share, expected->share[i]);
	}
}

#define POOL(node, total, unused)                                  \
	{                                                          \
		2 * MIB, node, total, unused, OBJECT_UNKNOWN, 0, 0 \
	}

static void pages_go_over_the_nodes_as_they_are_in_use(void **state)
{
	static const struct share_case cases[] = {
		{"none in use", {POOL(0, 0, 0), POOL(1, 0, 0)}, 10, 2, {5, 5}, {5, 5}, false},
		{"odd", {POOL(0, 0, 0), POOL(1, 0, 0)}, 11, 2, {6, 5}, {6, 5}, false},
		{"none", {POOL(0, 0, 0), POOL(1, 0, 0)}, 0, 2, {0, 0}, {0, 0}, false},
		{"just its share", {POOL(0, 9, 4), POOL(1, 1, 1)}, 10, 2, {5, 5}, {5, 5}, false},
		{"one more", {POOL(0, 9, 3), POOL(1, 1, 1)}, 10, 2, {5, 5}, {6, 4}, true},
		{"all on the second",
		 {POOL(0, 0, 0), POOL(1, 10, 0)},
		 10,
		 2,
		 {5, 5},
		 {0, 10},
		 true},
		{"in any order", {POOL(1, 10, 0), POOL(0, 0, 0)}, 10, 2, {5, 5}, {0, 10}, true},
		{"three, two of them with more than is left for the third",
		 {POOL(-1, 20, 3), POOL(0, 9, 1), POOL(1, 9, 0), POOL(2, 2, 2)},
		 20,
		 3,
		 {7, 7, 6},
		 {8, 9, 3},
		 true},
		{"what is left over goes to those with fewest",
		 {POOL(0, 9, 0), POOL(1, 0, 0), POOL(2, 0, 0)},
		 12,
		 3,
		 {4, 4, 4},
		 {9, 2, 1},
		 true},
		{"pages of another size are not counted",
		 {POOL(0, 9, 9), POOL(1, 1, 1), {GIB, 2, 4, 0, OBJECT_UNKNOWN, 0, 0}},
		 10,
		 2,
		 {5, 5},
		 {5, 5},
		 false},
		{"surplus pages don't stay",
		 {{2 * MIB, 0, 9, 0, OBJECT_UNKNOWN, 4, 0}, POOL(1, 5, 5)},
		 10,
		 2,
		 {5, 5},
		 {5, 5},
		 false},
		{"one node", {POOL(-1, 10, 0), POOL(0, 10, 0)}, 10, 0, {0}, {0}, false},
		{"one not told",
		 {POOL(0, 9, 0), POOL(1, 1, OBJECT_UNKNOWN)},
		 10,
		 0,
		 {0},
		 {0},
		 false},
		{"numbers that don't fit", {POOL(0, 9, 10), POOL(1, 1, 1)}, 10, 0, {0}, {0}, false},
		{"more surplus than pages",
		 {{2 * MIB, 0, 9, 0, OBJECT_UNKNOWN, 10, 0}, POOL(1, 5, 5)},
		 10,
		 0,
		 {0},
		 {0},
		 false},
		{"fewer than are in use", {POOL(0, 9, 0), POOL(1, 2, 0)}, 10, 0, {0}, {0}, false},
		{"all that are in use",
		 {POOL(0, 9, 0), POOL(1, 2, 0)},
		 11,
		 2,
		 {6, 5},
		 {9, 2},
		 true},
		{"no number", {POOL(0, 9, 0), POOL(1, 2, 0)}, SATURATED, 0, {0}, {0}, false},
		{"the largest number",
		 {POOL(0, 9, 0), POOL(1, 2, 0)},
		 SATURATED - 1,
		 2,
		 {(SATURATED - 1) / 2 + 1, (SATURATED - 1) / 2},
		 {(SATURATED - 1) / 2 + 1, (SATURATED - 1) / 2},
		 false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_share(&cases[i]);
}

/* Two nodes with 10 pages in all; so many are in use on the first. */
static void set_nodes(struct scene *scene, uint64_t size, uint64_t in_use)
{
	struct host *host = &scene->analysis.host;
	const struct host_pool pools[] = {
		{size, -1, 10, 10 - in_use, 0, 0, 0},
		{size, 0, 8, 8 - in_use, OBJECT_UNKNOWN, 0, 0},
		{size, 1, 2, 2, OBJECT_UNKNOWN, 0, 0},
	};

	free(host->pools);
	host->pools = calloc(ARRAY_SIZE(pools), sizeof(*pools));
	memcpy(host->pools, pools, sizeof(pools));
	host->pool_count = ARRAY_SIZE(pools);
	host->nr_hugepages[host_hugepage_index(host, size)] = 10;
}

static void a_node_that_would_get_fewer_is_told(void **state)
{
	static const struct sample_segments segment = {
		.bytes = 16 * MIB, .hugepage_size = 2 * MIB, .count = 1};
	struct scene scene;

	(void)state;
	set_huge_host(&scene);
	scene_set_segments(scene_add(&scene, 1), &segment, 1, &scene.analysis.host);
	set_nodes(&scene, 2 * MIB, 6);
	scene_recommend(&scene);
	assert_string_equal(
		scene_warning(&scene, WARNING_HUGEPAGES_NODE),
		"10 pages of 2.0M are spread evenly over the nodes at the next boot, 5 on node 0, "
		"of which 6 are in use now: who is bound to a node gets SIGBUS when it has no "
		"more; boot with hugepagesz=2M hugepages=0:6,1:4");
	scene_assert_row_says(&scene, "vm.nr_hugepages",
			      " Of the NUMA nodes, node 0 has 8 (6 in use), node 1 has 2; new ones "
			      "are spread evenly over them.",
			      true);
	set_nodes(&scene, 2 * MIB, 5);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_HUGEPAGES_NODE));
	scene_assert_row_says(&scene, "vm.nr_hugepages", "node 0 has 8 (5 in use)", true);
	/* one node alone */
	scene_set_pool(&scene, 10, 4, 0);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_HUGEPAGES_NODE));
	scene_assert_row_says(&scene, "vm.nr_hugepages", "NUMA", false);
	scene_done(&scene);
}

static void nodes_of_who_is_no_segment_are_no_news(void **state)
{
	struct scene scene;

	(void)state;
	set_huge_host(&scene);
	scene_add_one(&scene, FIGURE_SHM_SEGMENTS, 0);
	set_nodes(&scene, 2 * MIB, 8);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_HUGEPAGES_NODE));
	scene_add_product(&scene, "jvm:bytes=2M");
	scene_recommend(&scene);
	assert_non_null(scene_warning(&scene, WARNING_HUGEPAGES_NODE));
	scene_done(&scene);
}

static void boot_parameters_go_by_node_where_they_must(void **state)
{
	static const struct sample_segments segment = {
		.bytes = 12 * GIB, .hugepage_size = GIB, .count = 1};
	struct scene scene;

	(void)state;
	set_huge_host(&scene);
	scene.analysis.host.ram_bytes = 64 * GIB;
	host_add_hugepage_size(&scene.analysis.host, GIB);
	scene_set_segments(scene_add(&scene, 1), &segment, 1, &scene.analysis.host);
	set_nodes(&scene, GIB, 7);
	scene_recommend(&scene);
	assert_string_equal(scene_warning(&scene, WARNING_HUGEPAGES_BOOT),
			    "pages of 1G: no sysctl gives them; boot with hugepagesz=1G "
			    "hugepages=0:7,1:5");
	set_nodes(&scene, GIB, 6);
	scene_recommend(&scene);
	assert_string_equal(scene_warning(&scene, WARNING_HUGEPAGES_BOOT),
			    "pages of 1G: no sysctl gives them; boot with hugepagesz=1G "
			    "hugepages=12");
	scene_done(&scene);
}

static void more_huge_pages_need_memlock(void **state)
{
	static const struct sample_segments segment = {
		.bytes = 64 * GIB, .hugepage_size = 2 * MIB, .count = 1};
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene.analysis.host.ram_bytes = 128 * GIB;
	host_add_hugepage_size(&scene.analysis.host, 2 * MIB);
	scene.analysis.host.nr_hugepages[0] = 32768;
	scene_set_segments(scene_add(&scene, 1), &segment, 1, &scene.analysis.host);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_MEMLOCK));
	scene.analysis.host.nr_hugepages[0] = 32767;
	scene_recommend(&scene);
	assert_non_null(strstr(scene_warning(&scene, WARNING_MEMLOCK), " 67108864 kB "));
	scene_done(&scene);
}

static void huge_pages_that_failed_are_told(void **state)
{
	static const struct {
		const char *rule;
		uint64_t counters[4];
		const char *text; /* NULL: silent */
	} cases[] = {
		{"none since the first sample", {7, 7, 7, 7}, NULL},
		{"since the first sample", {7, 7, 10, 12}, "5 huge pages"},
		{"the counter begins again at a boot", {0, 100, 0, 0}, "100 huge pages"},
		{"and what fails after it counts too", {50, 100, 3, 4}, "54 huge pages"},
		{"not counted by this kernel",
		 {OBJECT_UNKNOWN, OBJECT_UNKNOWN, OBJECT_UNKNOWN, OBJECT_UNKNOWN},
		 NULL},
		{"not counted in between", {1, OBJECT_UNKNOWN, OBJECT_UNKNOWN, 2}, "1 huge page"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		const char *text;

		scene_init(&scene);
		for (int n = 0; n < 4; n++)
			scene_add(&scene, n)->failed_hugepages = cases[i].counters[n];
		scene_recommend(&scene);
		text = scene_warning(&scene, WARNING_FAILED_HUGEPAGES);
		if (!text != !cases[i].text || (text && !strstr(text, cases[i].text)))
			print_message("%s: %s\n", cases[i].rule, text ? text : "silent");
		assert_int_equal(!text, !cases[i].text);
		if (text)
			assert_non_null(strstr(text, cases[i].text));
		scene_done(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shmmax_is_whole_huge_pages_where_segments_have_them),
		cmocka_unit_test(products_on_huge_pages_take_whole_ones),
		cmocka_unit_test(a_default_kernel_keeps_its_shmmax_whatever_the_pools),
		cmocka_unit_test(huge_pages_for_those_who_would_gain_are_asked_for),
		cmocka_unit_test(what_is_in_use_of_a_pool_is_known_where_its_numbers_fit),
		cmocka_unit_test(a_pool_is_not_lowered_below_what_others_use),
		cmocka_unit_test(a_pool_of_unknown_use_is_not_lowered),
		cmocka_unit_test(a_pool_takes_at_most_70_percent_of_memory),
		cmocka_unit_test(other_pools_take_of_the_same_memory),
		cmocka_unit_test(two_pools_that_need_all_are_both_bounded),
		cmocka_unit_test(pools_that_grow_together_are_added_up),
		cmocka_unit_test(pools_of_a_host_of_unknown_memory_are_told),
		cmocka_unit_test(a_number_that_is_missing_is_no_large_one),
		cmocka_unit_test(a_pool_is_not_lowered_below_what_used_it_once),
		cmocka_unit_test(pages_in_use_and_a_products_are_added_up_in_a_warning),
		cmocka_unit_test(pages_go_over_the_nodes_as_they_are_in_use),
		cmocka_unit_test(a_node_that_would_get_fewer_is_told),
		cmocka_unit_test(nodes_of_who_is_no_segment_are_no_news),
		cmocka_unit_test(boot_parameters_go_by_node_where_they_must),
		cmocka_unit_test(more_huge_pages_need_memlock),
		cmocka_unit_test(huge_pages_that_failed_are_told),
	};

	return cmocka_run_group_tests_name("tune_hugepages", tests, NULL, NULL);
}
