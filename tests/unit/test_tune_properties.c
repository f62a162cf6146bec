/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What holds of every recommendation, tried on hosts, windows and products by chance. A failure names its
 * seed; SEED=n runs that one alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan_make.h"
#include "saturate.h"
#include "tree.h"
#include "tune_sample.h"
#include "tune_series.h"

#define ROUNDS 1000

/* Numbers by a seed. */
struct dice {
	uint64_t seed, thrown;
};

static uint64_t throw_dice(struct dice *dice, uint64_t below)
{
	return series_mix(dice->seed * 1000003 + dice->thrown++) % below;
}

static bool is_one_in(struct dice *dice, uint64_t n)
{
	return throw_dice(dice, n) == 0;
}

/* Of all magnitudes up to 2^bits, edges more often than not. */
static uint64_t throw_number(struct dice *dice, unsigned bits)
{
	uint64_t number = throw_dice(dice, UINT64_MAX) >> (64 - bits);

	number >>= throw_dice(dice, bits);
	switch (throw_dice(dice, 12)) {
	case 0:
		return 0;
	case 1:
		return 1;
	case 2:
		return (UINT64_C(1) << (bits - 1)) - 1;
	case 3:
		return UINT64_C(1) << (bits - 1);
	}
	return number;
}

/* A figure that the host could have: not above what the kernel allows at all. */
static uint64_t throw_figure(struct dice *dice, enum figure_id id, const struct host *host)
{
	for (int at = 0; at < PARAMETER_COUNT_; at++) {
		enum parameter_id parameter = (enum parameter_id)at;
		uint64_t cap = parameter_cap(parameter, host->long_bits, host->ipcmni);

		if (parameter_figure(parameter) == id) {
			uint64_t figure = throw_number(dice, is_one_in(dice, 8) ? 64 : 34);

			return figure < cap ? figure : cap;
		}
	}
	return throw_number(dice, 31);
}

static void throw_host(struct dice *dice, struct host *host)
{
	static const uint64_t page_sizes[] = {4096, 16384, 65536};
	static const uint64_t huge_sizes[] = {2 * MIB, 32 * MIB, 512 * MIB, GIB};

	host->page_size = page_sizes[throw_dice(dice, 3)];
	host->long_bits = is_one_in(dice, 8) ? 32 : 64;
	host->ipcmni = is_one_in(dice, 4) ? UINT64_C(1) << 24 : 32768;
	host->ram_bytes = throw_number(dice, 44);
	for (size_t i = 0; i < 4; i++)
		if (is_one_in(dice, 2)) {
			int at;

			host_add_hugepage_size(host, huge_sizes[i]);
			at = host_hugepage_index(host, huge_sizes[i]);
			host->default_hugepage_size = huge_sizes[i];
			if (!is_one_in(dice, 4))
				host->nr_hugepages[at] = throw_number(dice, 20);
		}
	for (int id = 0; id < PARAMETER_COUNT_; id++)
		if (!is_one_in(dice, 5))
			parameter_set(&host->current, (enum parameter_id)id,
				      is_one_in(dice, 3) ? parameter_default((enum parameter_id)id,
									     host->long_bits)
							 : throw_number(dice, 64));
}

static void throw_segments(struct dice *dice, struct sample *sample, const struct host *host)
{
	size_t count = throw_dice(dice, 6);

	sample->segments = calloc(count + 1, sizeof(*sample->segments));
	for (size_t i = 0; i < count; i++) {
		struct sample_segments *segment = &sample->segments[sample->segment_count++];
		size_t size = throw_dice(dice, host->hugepage_size_count + 1);

		segment->bytes = throw_number(dice, 40);
		segment->count = throw_dice(dice, 50);
		if (size < host->hugepage_size_count)
			segment->hugepage_size = host->hugepage_sizes[size];
	}
}

static void throw_samples(struct dice *dice, struct scene *scene)
{
	size_t count = throw_dice(dice, 40);
	time_t time = 1700000000;
	bool is_rising = is_one_in(dice, 2);

	for (size_t i = 0; i < count; i++) {
		struct sample *sample;

		time += (time_t)throw_dice(dice, is_rising ? 2 * DAY : 7200);
		sample = scene_add(scene, time);
		for (int id = 0; id < FIGURE_COUNT_; id++)
			if (!is_one_in(dice, 6))
				sample->figures[id] =
					is_rising && i ? 1000 + i * throw_dice(dice, 60)
						       : throw_figure(dice, (enum figure_id)id,
								      &scene->analysis.host);
		if (is_one_in(dice, 3))
			throw_segments(dice, sample, &scene->analysis.host);
		sample_add_up(sample, &scene->analysis.host);
	}
}

static void throw_products(struct dice *dice, struct scene *scene)
{
	char text[128];

	if (is_one_in(dice, 4))
		scene_add_product(scene, "db2");
	if (is_one_in(dice, 4)) {
		snprintf(text, sizeof(text), "oracle:sga=%lluM,processes=%u,instances=%u",
			 (unsigned long long)throw_number(dice, 30),
			 (unsigned)throw_dice(dice, 100000), 1 + (unsigned)throw_dice(dice, 9));
		scene_add_product(scene, text);
	}
	if (is_one_in(dice, 4)) {
		snprintf(text, sizeof(text), "postgresql:max_connections=%u,shared_memory=%lluK",
			 (unsigned)throw_dice(dice, 5000),
			 (unsigned long long)throw_number(dice, 40));
		scene_add_product(scene, text);
	}
}

static void throw_scene(struct scene *scene, uint64_t seed)
{
	static const unsigned headrooms[] = {25, 25, 25, 0, 12, 100, 1000};
	struct dice dice = {seed, 0};

	scene_init(scene);
	throw_host(&dice, &scene->analysis.host);
	throw_samples(&dice, scene);
	throw_products(&dice, scene);
	scene->options.headroom = headrooms[throw_dice(&dice, 7)];
	scene->options.is_tightening = is_one_in(&dice, 3);
	scene->options.has_huge_pages = is_one_in(&dice, 3);
	scene_recommend(scene);
}

typedef void property(struct scene *scene, struct dice *dice);

static uint64_t seed_now;

#define CHECK(condition, id)                                                               \
	do {                                                                               \
		if (!(condition)) {                                                        \
			print_message("SEED=%llu: %s: %s\n", (unsigned long long)seed_now, \
				      (id) < PARAMETER_COUNT_                              \
					      ? parameter_name((enum parameter_id)(id))    \
					      : "huge pages",                              \
				      #condition);                                         \
			assert_true(condition);                                            \
		}                                                                          \
	} while (0)

static void for_all(property *holds)
{
	const char *only = getenv("SEED");

	for (seed_now = only ? strtoull(only, NULL, 10) : 1;; seed_now++) {
		struct dice dice = {~seed_now, 0};
		struct scene scene;

		throw_scene(&scene, seed_now);
		holds(&scene, &dice);
		scene_done(&scene);
		if (only || seed_now == ROUNDS)
			return;
	}
}

static uint64_t capped(const struct value *value, uint64_t wanted)
{
	return wanted < value->cap ? wanted : value->cap;
}

static bool has_default_attributes(const struct scene *scene, int id)
{
	return peak_is_no_demand((enum parameter_id)id,
				 scene_value(scene, (enum parameter_id)id)->peak.value);
}

static void check_peak(struct scene *scene, struct dice *dice)
{
	(void)dice;
	scene->options.headroom = 25;
	scene_recommend(scene);
	for (int id = 0; id < PARAMETER_COUNT_; id++) {
		const struct value *value = scene_value(scene, (enum parameter_id)id);
		/* ceil(peak / 0.9) */
		unsigned __int128 least = ((unsigned __int128)value->peak.value * 10 + 8) / 9;

		if (has_default_attributes(scene, id))
			continue;
		if (value->peak.is_measured && least <= value->cap)
			CHECK(value->recommended >= (uint64_t)least, id);
		else if (value->peak.is_measured)
			CHECK(value->recommended >= value->cap, id);
	}
}

static void peaks_stay_below_90_percent(void **state)
{
	(void)state;
	for_all(check_peak);
}

/* With one pool as recommended, and the others as they are. */
static bool pools_leave_memory(const struct scene *scene, size_t at)
{
	const struct recommendation *result = &scene->analysis.result;
	unsigned __int128 bytes = 0;

	for (size_t i = 0; i < result->huge_count; i++) {
		const struct value *value = &result->huge[i].value;

		bytes += (unsigned __int128)result->huge[i].size *
			 (i == at ? value->recommended : value->current);
	}
	return bytes * 100 <= (unsigned __int128)scene->analysis.host.ram_bytes * 70;
}

static void check_bounds(struct scene *scene, struct dice *dice)
{
	(void)dice;
	for (int id = 0; id < PARAMETER_COUNT_; id++) {
		const struct value *value = scene_value(scene, (enum parameter_id)id);

		if (value->in_use != OBJECT_UNKNOWN)
			CHECK(value->recommended >= capped(value, value->in_use), id);
		CHECK(value->recommended >= capped(value, value->need), id);
		CHECK(value->recommended <= value->cap || value->recommended <= value->current, id);
		if (!scene->options.is_tightening)
			CHECK(value->recommended >= value->current, id);
		CHECK((value->recommended < value->current) == (value->action == ACTION_LOWER), id);
		if (value->action == ACTION_KEEP || value->action == ACTION_RAISE)
			CHECK((value->recommended > value->current) ==
				      (value->action == ACTION_RAISE),
			      id);
		if (value->action == ACTION_CLAMPED)
			CHECK(value->wanted > value->cap && value->recommended <= value->wanted,
			      id);
		if (value->why == WHY_PROFILE)
			CHECK(value->profile != NULL, id);
	}
	CHECK(scene_value(scene, PARAMETER_MSGMNB)->recommended >=
		      capped(scene_value(scene, PARAMETER_MSGMNB),
			     scene_value(scene, PARAMETER_MSGMAX)->recommended),
	      PARAMETER_MSGMNB);
	for (size_t i = 0; i < scene->analysis.result.huge_count; i++) {
		const struct value *value = &scene->analysis.result.huge[i].value;

		CHECK(value->recommended >= capped(value, value->need), PARAMETER_COUNT_);
		if (!scene->options.is_tightening)
			CHECK(value->recommended >= value->current, PARAMETER_COUNT_);
		if (value->recommended > value->current)
			CHECK(pools_leave_memory(scene, i), PARAMETER_COUNT_);
	}
}

static void nothing_is_below_use_or_above_what_the_kernel_takes(void **state)
{
	(void)state;
	for_all(check_bounds);
}

static void assert_same_plan(const struct plan *a, const struct plan *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		if (strcmp(a->items[i].name, b->items[i].name) ||
		    strcmp(a->items[i].value, b->items[i].value) ||
		    strcmp(a->items[i].comment, b->items[i].comment))
			print_message("SEED=%llu: %s=%s (%s), then %s=%s (%s)\n",
				      (unsigned long long)seed_now, a->items[i].name,
				      a->items[i].value, a->items[i].comment, b->items[i].name,
				      b->items[i].value, b->items[i].comment);
		assert_string_equal(a->items[i].name, b->items[i].name);
		assert_string_equal(a->items[i].value, b->items[i].value);
		assert_string_equal(a->items[i].comment, b->items[i].comment);
	}
	if (a->count != b->count)
		print_message("SEED=%llu: %zu items, then %zu\n", (unsigned long long)seed_now,
			      a->count, b->count);
	assert_int_equal(a->count, b->count);
}

static void read_files(struct scene *scene, const struct tree *tree)
{
	struct parse_error error = {0};

	if (scene->analysis.has_files)
		sysctl_files_done(&scene->analysis.files);
	assert_int_equal(sysctl_files_read(&scene->analysis.files, tree->root, &error), 0);
	scene->analysis.has_files = true;
}

/* What apply leaves: our file, and its values in force. */
static void apply(struct scene *scene, const struct tree *tree, const struct plan *plan)
{
	char text[1024] = "";
	size_t length = 0;

	for (size_t i = 0; i < plan->count; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s = %s\n",
					   plan->items[i].name, plan->items[i].value);
	tree_write(tree, "etc/sysctl.d/90-ipctune.conf", text);
	read_files(scene, tree);
	scene_obey(scene);
}

static const struct tree *tree_now;

static void check_again(struct scene *scene, struct dice *dice)
{
	struct plan before, after;

	(void)dice;
	tree_write(tree_now, "etc/sysctl.d/90-ipctune.conf", "");
	read_files(scene, tree_now);
	assert_int_equal(plan_make(&before, &scene->analysis, PLAN_HOST), 0);
	apply(scene, tree_now, &before);
	scene_recommend(scene);
	for (int id = 0; id < PARAMETER_COUNT_; id++) {
		const struct value *value = scene_value(scene, (enum parameter_id)id);

		CHECK(value->recommended == value->current, id);
		CHECK(value->action == ACTION_KEEP ||
			      (value->action == ACTION_CLAMPED && value->recommended >= value->cap),
		      id);
	}
	for (size_t i = 0; i < scene->analysis.result.huge_count; i++)
		CHECK(scene->analysis.result.huge[i].value.action == ACTION_KEEP ||
			      scene->analysis.result.huge[i].value.action == ACTION_CLAMPED,
		      PARAMETER_COUNT_);
	assert_int_equal(plan_make(&after, &scene->analysis, PLAN_HOST), 0);
	assert_same_plan(&before, &after);
	plan_done(&before);
	plan_done(&after);
}

static void what_is_in_force_changes_nothing(void **state)
{
	tree_now = *state;
	for_all(check_again);
}

static void remember(const struct scene *scene, uint64_t recommended[PARAMETER_COUNT_])
{
	for (int id = 0; id < PARAMETER_COUNT_; id++)
		recommended[id] = scene_value(scene, (enum parameter_id)id)->recommended;
}

/* With tightening, what bore no cap may bear one when more is known. */
static void forget_uncapped(const struct scene *scene, uint64_t recommended[PARAMETER_COUNT_])
{
	for (int id = 0; id < PARAMETER_COUNT_ && scene->options.is_tightening; id++)
		if (peak_is_no_demand((enum parameter_id)id,
				      scene_value(scene, (enum parameter_id)id)->need))
			recommended[id] = 0;
}

static void check_more_measured(struct scene *scene, struct dice *dice)
{
	uint64_t before[PARAMETER_COUNT_];
	struct samples *samples = &scene->analysis.samples;
	enum figure_id figure = (enum figure_id)throw_dice(dice, FIGURE_COUNT_);
	uint64_t *value;

	if (!samples->count)
		return;
	value = &samples->list[samples->count - 1].figures[figure];
	if (*value == OBJECT_UNKNOWN)
		return;
	remember(scene, before);
	forget_uncapped(scene, before);
	saturate_add(value, throw_number(dice, 50));
	scene_recommend(scene);
	for (int id = 0; id < PARAMETER_COUNT_; id++)
		CHECK(scene_value(scene, (enum parameter_id)id)->recommended >= before[id], id);
}

static void more_measured_is_never_less_recommended(void **state)
{
	(void)state;
	for_all(check_more_measured);
}

static void check_more_headroom(struct scene *scene, struct dice *dice)
{
	uint64_t before[PARAMETER_COUNT_];

	remember(scene, before);
	scene->options.headroom += (unsigned)throw_dice(dice, 100);
	scene_recommend(scene);
	for (int id = 0; id < PARAMETER_COUNT_; id++)
		CHECK(scene_value(scene, (enum parameter_id)id)->recommended >= before[id], id);
}

static void more_headroom_is_never_less_recommended(void **state)
{
	(void)state;
	for_all(check_more_headroom);
}

static void check_more_present(struct scene *scene, struct dice *dice)
{
	struct parameters *current = &scene->analysis.host.current;
	enum parameter_id raised = (enum parameter_id)throw_dice(dice, PARAMETER_COUNT_);
	uint64_t before[PARAMETER_COUNT_];

	if (!parameter_is_known(current, raised))
		return;
	remember(scene, before);
	saturate_add(&current->value[raised], throw_number(dice, 40));
	scene_recommend(scene);
	for (int id = 0; id < PARAMETER_COUNT_; id++)
		CHECK(scene_value(scene, (enum parameter_id)id)->recommended >= before[id], id);
}

static void a_higher_present_value_is_never_less_recommended(void **state)
{
	(void)state;
	for_all(check_more_present);
}

static void check_one_more_product(struct scene *scene, struct dice *dice)
{
	static const char *const products[] = {"db2",	   "greenplum", "mq",
					       "sap-hana", "oracle",	"sap-netweaver"};
	uint64_t before[PARAMETER_COUNT_];

	/* where nothing is known otherwise, a product makes a cap possible */
	scene->options.is_tightening = false;
	scene_recommend(scene);
	remember(scene, before);
	scene_add_product(scene, products[throw_dice(dice, 6)]);
	scene_recommend(scene);
	for (int id = 0; id < PARAMETER_COUNT_; id++)
		CHECK(scene_value(scene, (enum parameter_id)id)->recommended >= before[id], id);
}

static void one_more_product_is_never_less_recommended(void **state)
{
	(void)state;
	for_all(check_one_more_product);
}

/* Keys of which a product that has more needs more. */
static const struct {
	const char *product, *key;
} growing[] = {
	{"oracle", "sga"},
	{"oracle", "processes"},
	{"oracle", "instances"},
	{"informix", "vps"},
	{"informix", "added_vps"},
	{"informix", "shm_users"},
	{"informix", "utils"},
	{"openedge:mn=3,", "n"},
	{"openedge:n=3,", "mn"},
	{"jvm", "bytes"},
	{"mysql", "large_pages"},
	{"ase", "max_memory"},
	{"timesten", "bytes"},
	{"tuxedo", "maxaccessers"},
	{"tuxedo:maxaccessers=9,", "replyq"},
	{"postgresql", "shared_memory"},
	{"postgresql", "max_connections"},
	{"postgresql:version=16,", "max_worker_processes"},
	{"postgresql", "num_os_semaphores"},
};

static void check_growing_key(struct scene *scene, struct dice *dice)
{
	size_t row = throw_dice(dice, sizeof(growing) / sizeof(growing[0]));
	/* num_os_semaphores=0 is "not given" */
	uint64_t value = throw_number(dice, 44) + 1;
	const struct profile_needs *needs = &scene->analysis.needs;
	size_t first = needs->count;

	for (int i = 0; i < 2; i++) {
		char text[128];

		snprintf(text, sizeof(text), "%s%s%s=%llu", growing[row].product,
			 strchr(growing[row].product, ':') ? "" : ":", growing[row].key,
			 (unsigned long long)value);
		scene_add_product(scene, text);
		saturate_add(&value, throw_number(dice, 44));
	}
	for (unsigned target = 0; target <= TARGET_HUGEPAGES; target++)
		CHECK(profile_need_of(&needs->list[first], target) <=
			      profile_need_of(&needs->list[first + 1], target),
		      (int)target);
}

static void a_larger_product_never_needs_less(void **state)
{
	(void)state;
	for_all(check_growing_key);
}

static void check_rounding(struct scene *scene, struct dice *dice)
{
	const struct value *value = scene_value(scene, PARAMETER_SHMMAX);

	(void)dice;
	if (value->action == ACTION_RAISE && value->why == WHY_MEASURED)
		CHECK(value->recommended % scene->analysis.host.page_size == 0, PARAMETER_SHMMAX);
	/* the same input, the same output */
	for (int id = 0; id < PARAMETER_COUNT_; id++) {
		uint64_t before = scene_value(scene, (enum parameter_id)id)->recommended;

		scene_recommend(scene);
		CHECK(scene_value(scene, (enum parameter_id)id)->recommended == before, id);
	}
}

static void shmmax_is_whole_pages_and_the_same_each_time(void **state)
{
	(void)state;
	for_all(check_rounding);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peaks_stay_below_90_percent),
		cmocka_unit_test(nothing_is_below_use_or_above_what_the_kernel_takes),
		cmocka_unit_test_setup_teardown(what_is_in_force_changes_nothing, tree_setup,
						tree_teardown),
		cmocka_unit_test(more_measured_is_never_less_recommended),
		cmocka_unit_test(more_headroom_is_never_less_recommended),
		cmocka_unit_test(a_higher_present_value_is_never_less_recommended),
		cmocka_unit_test(one_more_product_is_never_less_recommended),
		cmocka_unit_test(a_larger_product_never_needs_less),
		cmocka_unit_test(shmmax_is_whole_pages_and_the_same_each_time),
	};

	return cmocka_run_group_tests_name("tune_properties", tests, NULL, NULL);
}
