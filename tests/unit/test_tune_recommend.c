/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From what was measured to what is recommended: every rule with the nearest case in which it doesn't
 * hold. Figures are worked out by hand.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "known_tables.h"
#include "saturate.h"
#include "tune_scene.h"

/* One figure measured once, on a host with one limit known. */
static const struct measure {
	const char *rule;
	enum figure_id figure;
	uint64_t measured;
	enum parameter_id id;
	uint64_t current; /* OBJECT_UNKNOWN: not known */
	unsigned headroom;
	bool is_tightening;
	uint64_t recommended;
	enum action action;
	enum why why;
} rows[] = {
	{"a quarter on top", FIGURE_SHM_SEGMENTS, 4000, PARAMETER_SHMMNI, 100, 25, false, 5000,
	 ACTION_RAISE, WHY_MEASURED},
	{"rounded up", FIGURE_SHM_SEGMENTS, 4001, PARAMETER_SHMMNI, 100, 25, false, 5002,
	 ACTION_RAISE, WHY_MEASURED},
	{"one is two", FIGURE_SHM_SEGMENTS, 1, PARAMETER_SHMMNI, 0, 25, false, 2, ACTION_RAISE,
	 WHY_MEASURED},
	{"no headroom", FIGURE_SHM_SEGMENTS, 4001, PARAMETER_SHMMNI, 100, 0, false, 4001,
	 ACTION_RAISE, WHY_MEASURED},
	{"ten times as much", FIGURE_SHM_SEGMENTS, 200, PARAMETER_SHMMNI, 100, 1000, false, 2200,
	 ACTION_RAISE, WHY_MEASURED},
	{"just enough", FIGURE_SHM_SEGMENTS, 4000, PARAMETER_SHMMNI, 5000, 25, false, 5000,
	 ACTION_KEEP, WHY_MEASURED},
	{"one too few", FIGURE_SHM_SEGMENTS, 4000, PARAMETER_SHMMNI, 4999, 25, false, 5000,
	 ACTION_RAISE, WHY_MEASURED},
	{"never lowered by itself", FIGURE_SHM_SEGMENTS, 4000, PARAMETER_SHMMNI, 5001, 25, false,
	 5001, ACTION_KEEP, WHY_MEASURED},
	{"tightened", FIGURE_SHM_SEGMENTS, 4000, PARAMETER_SHMMNI, 5001, 25, true, 5000,
	 ACTION_LOWER, WHY_MEASURED},
	{"tightening raises as well", FIGURE_SHM_SEGMENTS, 4000, PARAMETER_SHMMNI, 4999, 25, true,
	 5000, ACTION_RAISE, WHY_MEASURED},
	{"tightening without headroom stays at the peak", FIGURE_SHM_SEGMENTS, 4000,
	 PARAMETER_SHMMNI, 5001, 0, true, 4000, ACTION_LOWER, WHY_MEASURED},
	{"not measured: not tightened", FIGURE_SEM_SETS, 4, PARAMETER_SHMMNI, 5001, 25, true, 5001,
	 ACTION_KEEP, WHY_DEFAULT},
	{"none in use", FIGURE_SHM_SEGMENTS, 0, PARAMETER_SHMMNI, 4096, 25, false, 4096,
	 ACTION_KEEP, WHY_DEFAULT},
	{"none in use: no cap of 0", FIGURE_SHM_SEGMENTS, 0, PARAMETER_SHMMNI, 4096, 25, true, 4096,
	 ACTION_KEEP, WHY_DEFAULT},
	{"not known: taken for the kernel's default", FIGURE_SHM_SEGMENTS, 3276, PARAMETER_SHMMNI,
	 OBJECT_UNKNOWN, 25, false, 4096, ACTION_KEEP, WHY_MEASURED},
	{"not known, and the default is too low", FIGURE_SHM_SEGMENTS, 3277, PARAMETER_SHMMNI,
	 OBJECT_UNKNOWN, 25, false, 4097, ACTION_RAISE, WHY_MEASURED},
	{"as many as there are ids", FIGURE_SHM_SEGMENTS, 26214, PARAMETER_SHMMNI, 4096, 25, false,
	 32768, ACTION_RAISE, WHY_MEASURED},
	{"one more than there are ids", FIGURE_SHM_SEGMENTS, 26215, PARAMETER_SHMMNI, 4096, 25,
	 false, 32768, ACTION_CLAMPED, WHY_CAP},
	{"at the most already", FIGURE_SHM_SEGMENTS, 30000, PARAMETER_SHMMNI, 32768, 25, false,
	 32768, ACTION_CLAMPED, WHY_CAP},
	{"above the most, and enough", FIGURE_SHM_SEGMENTS, 30000, PARAMETER_SHMMNI, 40000, 25,
	 false, 40000, ACTION_KEEP, WHY_CAP},

	{"above the most, and not enough: not lowered to it", FIGURE_SHM_SEGMENTS, 40000,
	 PARAMETER_SHMMNI, 40000, 25, true, 40000, ACTION_CLAMPED, WHY_CAP},
	{"above the most, and enough: it would not be any more", FIGURE_SHM_SEGMENTS, 30000,
	 PARAMETER_SHMMNI, 40000, 25, true, 40000, ACTION_KEEP, WHY_CAP},
	{"above the most, of which a cap leaves enough", FIGURE_SHM_SEGMENTS, 26000,
	 PARAMETER_SHMMNI, 40000, 25, true, 32500, ACTION_LOWER, WHY_MEASURED},

	{"one byte is a page", FIGURE_SHM_LARGEST, 1, PARAMETER_SHMMAX, 0, 25, false, 4096,
	 ACTION_RAISE, WHY_MEASURED},
	{"shmmax in whole pages", FIGURE_SHM_LARGEST, 4096, PARAMETER_SHMMAX, 0, 25, false, 8192,
	 ACTION_RAISE, WHY_MEASURED},
	{"a whole page stays one", FIGURE_SHM_LARGEST, 4096, PARAMETER_SHMMAX, 0, 0, false, 4096,
	 ACTION_RAISE, WHY_MEASURED},
	{"2^63 bytes", FIGURE_SHM_LARGEST, UINT64_C(1) << 63, PARAMETER_SHMMAX, 0, 25, false,
	 UINT64_C(11529215046068469760), ACTION_RAISE, WHY_MEASURED},
	{"2^63 bytes on the default", FIGURE_SHM_LARGEST, UINT64_C(1) << 63, PARAMETER_SHMMAX,
	 SHM_DEFAULT, 25, false, SHM_DEFAULT, ACTION_KEEP, WHY_MEASURED},
	{"past 2^64 with the headroom", FIGURE_SHM_LARGEST, UINT64_C(15) << 60, PARAMETER_SHMMAX, 1,
	 25, false, SHM_DEFAULT, ACTION_CLAMPED, WHY_CAP},
	{"the largest number", FIGURE_SHM_LARGEST, SATURATED, PARAMETER_SHMMAX, 1, 0, false,
	 SHM_DEFAULT, ACTION_CLAMPED, WHY_CAP},
	{"pages past 2^64", FIGURE_SHM_PAGES, SATURATED, PARAMETER_SHMALL, 1, 25, false,
	 SHM_DEFAULT, ACTION_CLAMPED, WHY_CAP},
	{"shmall is no multiple of anything", FIGURE_SHM_PAGES, 1001, PARAMETER_SHMALL, 1, 25,
	 false, 1252, ACTION_RAISE, WHY_MEASURED},
	{"SUSE's shmmax of 2^64-1 is no lack of knowledge", FIGURE_SHM_LARGEST, GIB,
	 PARAMETER_SHMMAX, UINT64_MAX, 25, false, UINT64_MAX, ACTION_KEEP, WHY_MEASURED},
	{"and is enough for everything", FIGURE_SHM_LARGEST, SATURATED, PARAMETER_SHMMAX,
	 UINT64_MAX, 25, false, UINT64_MAX, ACTION_KEEP, WHY_CAP},
	{"SUSE's shmmax can be tightened", FIGURE_SHM_LARGEST, GIB, PARAMETER_SHMMAX, UINT64_MAX,
	 25, true, 5 * GIB / 4, ACTION_LOWER, WHY_MEASURED},

	{"semaphores of a set", FIGURE_SEM_LARGEST_SET, 250, PARAMETER_SEMMSL, 250, 25, false, 313,
	 ACTION_RAISE, WHY_MEASURED},
	{"semaphores", FIGURE_SEM_SEMAPHORES, 32000, PARAMETER_SEMMNS, 32000, 25, false, 40000,
	 ACTION_RAISE, WHY_MEASURED},
	{"semaphores are an int", FIGURE_SEM_SEMAPHORES, UINT64_C(2000000000), PARAMETER_SEMMNS,
	 32000, 25, false, INT32_MAX, ACTION_CLAMPED, WHY_CAP},
	{"sets", FIGURE_SEM_SETS, 128, PARAMETER_SEMMNI, 128, 25, false, 160, ACTION_RAISE,
	 WHY_MEASURED},
	{"sets past the most ids", FIGURE_SEM_SETS, 32000, PARAMETER_SEMMNI, 128, 25, false, 32768,
	 ACTION_CLAMPED, WHY_CAP},
	{"queues", FIGURE_MSG_QUEUES, 100, PARAMETER_MSGMNI, 100, 25, false, 125, ACTION_RAISE,
	 WHY_MEASURED},
	{"bytes of a queue", FIGURE_MSG_LARGEST_QUEUE, 16384, PARAMETER_MSGMNB, 16384, 25, false,
	 20480, ACTION_RAISE, WHY_MEASURED},
	{"messages of a queue count like bytes", FIGURE_MSG_LARGEST_QUEUE_MESSAGES, 16384,
	 PARAMETER_MSGMNB, 16384, 25, false, 20480, ACTION_RAISE, WHY_MEASURED},
	{"a message", FIGURE_MSG_LARGEST_MESSAGE, 8000, PARAMETER_MSGMAX, 8192, 25, false, 10000,
	 ACTION_RAISE, WHY_MEASURED},
	{"of the operations of a call nothing is known: no cap", FIGURE_SEM_SETS, 1,
	 PARAMETER_SEMOPM, 500, 25, true, 500, ACTION_KEEP, WHY_DEFAULT},
	{"the largest message is known by its mean: no cap is made of that",
	 FIGURE_MSG_LARGEST_MESSAGE, 100, PARAMETER_MSGMAX, 8192, 25, true, 8192, ACTION_KEEP,
	 WHY_MEASURED},
	{"POSIX queues", FIGURE_MQ_QUEUES, 256, PARAMETER_MQ_QUEUES, 256, 25, false, 320,
	 ACTION_RAISE, WHY_MEASURED},

	{"a queue of default attributes asks for nothing", FIGURE_MQ_LARGEST_MAXMSG, 10,
	 PARAMETER_MQ_MSG, 10, 25, false, 10, ACTION_KEEP, WHY_MEASURED},
	{"one with more does", FIGURE_MQ_LARGEST_MAXMSG, 11, PARAMETER_MQ_MSG, 11, 25, false, 14,
	 ACTION_RAISE, WHY_MEASURED},
	{"and no cap is made of it", FIGURE_MQ_LARGEST_MAXMSG, 10, PARAMETER_MQ_MSG, 100, 25, true,
	 100, ACTION_KEEP, WHY_MEASURED},
	{"but of one with more", FIGURE_MQ_LARGEST_MAXMSG, 12, PARAMETER_MQ_MSG, 100, 25, true, 15,
	 ACTION_LOWER, WHY_MEASURED},
	{"a limit below them is left alone", FIGURE_MQ_LARGEST_MAXMSG, 5, PARAMETER_MQ_MSG, 8, 25,
	 false, 8, ACTION_KEEP, WHY_MEASURED},
	{"as long as the peak with headroom fits", FIGURE_MQ_LARGEST_MAXMSG, 8, PARAMETER_MQ_MSG, 8,
	 25, false, 10, ACTION_RAISE, WHY_MEASURED},
	{"default size of messages", FIGURE_MQ_LARGEST_MSGSIZE, 8192, PARAMETER_MQ_MSGSIZE, 8192,
	 25, false, 8192, ACTION_KEEP, WHY_MEASURED},
	{"a larger one", FIGURE_MQ_LARGEST_MSGSIZE, 8193, PARAMETER_MQ_MSGSIZE, 8193, 25, false,
	 10242, ACTION_RAISE, WHY_MEASURED},
	{"the kernel takes 65,536 messages", FIGURE_MQ_LARGEST_MAXMSG, 65536, PARAMETER_MQ_MSG,
	 65536, 25, false, 65536, ACTION_CLAMPED, WHY_CAP},
	{"and 16 MiB of each", FIGURE_MQ_LARGEST_MSGSIZE, 16 * MIB, PARAMETER_MQ_MSGSIZE, 8192, 25,
	 false, 16 * MIB, ACTION_CLAMPED, WHY_CAP},
};

static void each_limit_gets_its_measure(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct measure *row = &rows[i];
		struct scene scene;

		scene_init(&scene);
		scene.options.headroom = row->headroom;
		scene.options.is_tightening = row->is_tightening;
		if (row->current != OBJECT_UNKNOWN || row->id == PARAMETER_SHMMAX)
			parameter_set(&scene.analysis.host.current, row->id, row->current);
		scene_add_one(&scene, row->figure, row->measured);
		scene_recommend(&scene);
		scene_assert_value(&scene, row->rule, row->id, row->recommended, row->action);
		if (scene_value(&scene, row->id)->why != row->why)
			print_message("%s: why %d\n", row->rule, scene_value(&scene, row->id)->why);
		assert_int_equal(scene_value(&scene, row->id)->why, row->why);
		if (row->figure == parameter_figure(row->id))
			assert_true(scene_value(&scene, row->id)->need == row->measured);
		scene_done(&scene);
	}
}

static void nothing_measured_changes_nothing(void **state)
{
	(void)state;
	for (int tighten = 0; tighten < 2; tighten++) {
		struct scene scene;

		scene_init(&scene);
		scene.options.is_tightening = tighten;
		scene_set_defaults(&scene);
		scene_recommend(&scene);
		for (int id = 0; id < PARAMETER_COUNT_; id++) {
			enum parameter_id at = (enum parameter_id)id;

			scene_assert_value(&scene, "nothing", at, parameter_default(at, 64),
					   ACTION_KEEP);
			assert_int_equal(scene_value(&scene, at)->need, 0);
			assert_int_equal(scene_value(&scene, at)->why, WHY_DEFAULT);
		}
		assert_int_equal(scene.analysis.result.warning_count, 1);
		assert_non_null(scene_warning(&scene, WARNING_FEW_SAMPLES));
		scene_done(&scene);
	}
}

static void a_32_bit_kernel_has_less(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene.analysis.host.long_bits = 32;
	scene_add_one(&scene, FIGURE_SHM_LARGEST, 3 * GIB);
	parameter_set(&scene.analysis.host.current, PARAMETER_SHMMAX, 32 * MIB);
	scene_recommend(&scene);
	/* 3.75 GiB fit below 4 GiB - 16 MiB */
	scene_assert_value(&scene, "fits", PARAMETER_SHMMAX, 15 * GIB / 4, ACTION_RAISE);
	assert_true(scene_value(&scene, PARAMETER_SHMALL)->preset == UINT64_C(4278190079));
	scene.analysis.samples.list[0].figures[FIGURE_SHM_LARGEST] = 7 * GIB / 2;
	scene_recommend(&scene);
	scene_assert_value(&scene, "does not", PARAMETER_SHMMAX, UINT64_C(4278190079),
			   ACTION_CLAMPED);
	scene_done(&scene);
}

static void ipcmni_extend_allows_more_ids(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene_add_one(&scene, FIGURE_SEM_SETS, 30000);
	parameter_set(&scene.analysis.host.current, PARAMETER_SEMMNI, 32000);
	scene_recommend(&scene);
	scene_assert_value(&scene, "without", PARAMETER_SEMMNI, 32768, ACTION_CLAMPED);
	assert_string_equal(scene_warning(&scene, WARNING_CLAMPED),
			    "semmni: 37500 wanted, the most is 32768; the boot parameter "
			    "ipcmni_extend allows 16777216");
	scene.analysis.host.ipcmni = UINT64_C(1) << 24;
	scene_recommend(&scene);
	scene_assert_value(&scene, "with", PARAMETER_SEMMNI, 37500, ACTION_RAISE);
	assert_null(scene_warning(&scene, WARNING_CLAMPED));
	scene_done(&scene);
}

static const struct pages_row {
	const char *rule;
	uint64_t page_size;
	struct sample_segments groups[2];
	uint64_t pages, hugepages;
	uint64_t hugepage_size;
} pages_rows[] = {
	{"a hugetlb segment counts its size, not its pages, of 4 KiB",
	 4096,
	 {{3145729, 2 * MIB, 1}, {1, 0, 1}},
	 770,
	 2,
	 2 * MIB},
	{"of 16 KiB", 16384, {{3145729, 2 * MIB, 1}, {1, 0, 1}}, 194, 2, 2 * MIB},
	{"of 64 KiB", 65536, {{3145729, 2 * MIB, 1}, {1, 0, 1}}, 50, 2, 2 * MIB},
	{"many small segments: each its page", 4096, {{1, 0, 1000}}, 1000, 0, 2 * MIB},
	{"a whole number of huge pages is just that",
	 4096,
	 {{UINT64_C(8589934592), 2 * MIB, 1}},
	 2097152,
	 4096,
	 2 * MIB},
	{"a byte more is a page more, of 1 GiB",
	 4096,
	 {{UINT64_C(68719476737), GIB, 1}},
	 16777217,
	 65,
	 GIB},
	{"a small segment of huge pages takes one", 4096, {{1, 2 * MIB, 3}}, 3, 3, 2 * MIB},
	{"huge pages of 512 MiB",
	 65536,
	 {{512 * MIB, 512 * MIB, 2}, {1, 512 * MIB, 1}},
	 16385,
	 3,
	 512 * MIB},
	{"who could not be looked at counts as ordinary",
	 4096,
	 {{4 * MIB, OBJECT_UNKNOWN, 1}},
	 1024,
	 0,
	 2 * MIB},
	{"none", 4096, {{4 * MIB, 0, 0}}, 0, 0, 2 * MIB},
	{"past 2^64 it stays",
	 4096,
	 {{SATURATED, 2 * MIB, SATURATED}},
	 SATURATED,
	 SATURATED,
	 2 * MIB},
};

static void pages_are_counted_as_the_kernel_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pages_rows); i++) {
		const struct pages_row *row = &pages_rows[i];
		struct scene scene;
		const struct value *pages, *huge;

		scene_init(&scene);
		scene.analysis.host.page_size = row->page_size;
		scene.analysis.host.ram_bytes = OBJECT_UNKNOWN;
		assert_int_equal(host_add_hugepage_size(&scene.analysis.host, row->hugepage_size),
				 0);
		scene_set_segments(scene_add(&scene, 1), row->groups, 2, &scene.analysis.host);
		scene_recommend(&scene);
		pages = scene_value(&scene, PARAMETER_SHMALL);
		huge = &scene.analysis.result.huge[0].value;
		if (pages->need != row->pages || huge->recommended != row->hugepages)
			print_message("%s: %llu pages, %llu huge ones\n", row->rule,
				      (unsigned long long)pages->need,
				      (unsigned long long)huge->recommended);
		assert_true(pages->need == row->pages);
		assert_true(huge->recommended == row->hugepages);
		assert_true(huge->need == row->hugepages);
		scene_done(&scene);
	}
}

static void a_spike_three_days_ago_counts_in_full(void **state)
{
	static const uint64_t days[] = {GIB, GIB, GIB, 6 * GIB, GIB, GIB, 2 * GIB, 2 * GIB};
	struct scene scene;
	const struct value *value;

	(void)state;
	scene_init(&scene);
	scene.options.headroom = 15;
	parameter_set(&scene.analysis.host.current, PARAMETER_SHMMAX, GIB);
	scene_add_figures(&scene, FIGURE_SHM_LARGEST, DAY, days, ARRAY_SIZE(days));
	scene_recommend(&scene);
	value = scene_value(&scene, PARAMETER_SHMMAX);
	assert_true(value->need == 6 * GIB);
	assert_true(with_margin(6 * GIB, 15) == UINT64_C(7408818586));
	assert_true(value->recommended == UINT64_C(1808794) * 4096);
	assert_int_equal(value->peak.sample, 3);
	/* for information */
	assert_true(value->peak.p50 == GIB);
	assert_true(value->peak.p95 == 6 * GIB);
	assert_true(value->in_use == 2 * GIB);
	scene_done(&scene);
}

/* One spike among the minutes of a month: no percentile shows it. */
static void a_spike_of_one_minute_counts_in_full(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	for (int i = 0; i < 43200; i++)
		scene_add(&scene, i * 60)->figures[FIGURE_SEM_SETS] = i == 20000 ? 900 : 10;
	parameter_set(&scene.analysis.host.current, PARAMETER_SEMMNI, 128);
	scene_recommend(&scene);
	scene_assert_value(&scene, "spike", PARAMETER_SEMMNI, 1125, ACTION_RAISE);
	assert_int_equal(scene_value(&scene, PARAMETER_SEMMNI)->peak.p99, 10);
	scene_done(&scene);
}

static void percentiles_weigh_by_time(void **state)
{
	static const uint64_t values[] = {10, 20, 30};
	static const uint64_t weights[] = {1, 98, 1};
	struct scene scene;
	struct window window = {&scene.analysis.samples, weights};
	struct peak peak;

	(void)state;
	scene_init(&scene);
	scene_add_figures(&scene, FIGURE_SEM_SETS, 60, values, 3);
	assert_int_equal(window_peak(&window, FIGURE_SEM_SETS, &peak), 0);
	assert_int_equal(peak.p50, 20);
	assert_int_equal(peak.p99, 20);
	assert_int_equal(peak.value, 30);
	window.weights = NULL;
	assert_int_equal(window_peak(&window, FIGURE_SEM_SETS, &peak), 0);
	assert_int_equal(peak.p99, 30);
	scene_done(&scene);
}

static void what_was_not_measured_is_not_0(void **state)
{
	static const uint64_t values[] = {OBJECT_UNKNOWN, 40, OBJECT_UNKNOWN};
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene_add_figures(&scene, FIGURE_SEM_SETS, 60, values, 3);
	scene_recommend(&scene);
	assert_int_equal(scene_value(&scene, PARAMETER_SEMMNI)->need, 40);
	assert_int_equal(scene_value(&scene, PARAMETER_SEMMNI)->peak.p50, 40);
	assert_int_equal(scene_value(&scene, PARAMETER_SEMMNI)->in_use, 40);
	assert_false(scene_value(&scene, PARAMETER_SHMMNI)->peak.is_measured);
	scene_done(&scene);
}

static const struct trend {
	const char *rule;
	uint64_t days[32];
	size_t count;
	uint64_t growth; /* beyond the peak */
} trends[] = {
	{"ten days that rise by 10", {100, 110, 120, 130, 140, 150, 160, 170, 180, 190}, 10, 300},
	{"seven are enough", {100, 110, 120, 130, 140, 150, 160}, 7, 300},
	{"six are not", {100, 110, 120, 130, 140, 150}, 6, 0},
	{"flat", {100, 100, 100, 100, 100, 100, 100, 100}, 8, 0},
	{"falling", {200, 190, 180, 170, 160, 150, 140, 130}, 8, 0},
	{"noise", {100, 170, 90, 160, 110, 150, 100, 180}, 8, 0},
	{"a step is no trend", {10, 10, 10, 10, 10, 10, 10, 50}, 8, 0},
	{"a spike before the last week",
	 {100, 110, 1000, 130, 140, 150, 160, 170, 180, 190},
	 10,
	 0},
	{"a spike in the last week may come on top",
	 {100, 110, 120, 1000, 140, 150, 160, 170, 180, 190},
	 10,
	 300},
	{"above an old spike it goes on",
	 {100, 110, 120, 300, 140, 150, 160, 170, 180, 190, 200},
	 11,
	 200},
	{"one more every third day",
	 {10, 10, 10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15,
	  15, 15, 16, 16, 16, 17, 17, 17, 18, 18, 18, 19, 19, 19, 20},
	 31,
	 10},
	{"past 2^64 it stays",
	 {UINT64_C(1) << 60, UINT64_C(2) << 60, UINT64_C(3) << 60, UINT64_C(4) << 60,
	  UINT64_C(5) << 60, UINT64_C(6) << 60, UINT64_C(7) << 60},
	 7,
	 SATURATED - (UINT64_C(7) << 60)},
};

static void trends_are_drawn_out_for_30_days(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(trends); i++) {
		const struct trend *row = &trends[i];
		struct scene scene;
		struct window window = {&scene.analysis.samples, NULL};
		struct peak peak;

		scene_init(&scene);
		scene_add_figures(&scene, FIGURE_SEM_SETS, DAY, row->days, row->count);
		assert_int_equal(window_peak(&window, FIGURE_SEM_SETS, &peak), 0);
		if (peak.growth != row->growth)
			print_message("%s: %llu\n", row->rule, (unsigned long long)peak.growth);
		assert_true(peak.growth == row->growth);
		assert_int_equal(peak.days, row->count);
		scene_done(&scene);
	}
}

static void the_margin_is_on_top_of_growth(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	parameter_set(&scene.analysis.host.current, PARAMETER_SEMMNI, 128);
	scene_add_figures(&scene, FIGURE_SEM_SETS, DAY, trends[0].days, trends[0].count);
	scene_recommend(&scene);
	/* (190 + 300) * 1.25 */
	scene_assert_value(&scene, "growth", PARAMETER_SEMMNI, 613, ACTION_RAISE);
	assert_int_equal(scene_value(&scene, PARAMETER_SEMMNI)->need, 190);
	scene_done(&scene);
}

static size_t count_warnings(const struct scene *scene, enum warning_id id)
{
	size_t count = 0;

	for (size_t i = 0; i < scene->analysis.result.warning_count; i++)
		count += scene->analysis.result.warnings[i].id == id;
	return count;
}

static void of_two_products_the_greater_counts(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene_set_defaults(&scene);
	parameter_set(&scene.analysis.host.current, PARAMETER_SEMMSL, 100);
	parameter_set(&scene.analysis.host.current, PARAMETER_SEMOPM, 32);
	parameter_set(&scene.analysis.host.current, PARAMETER_SEMMNS, 32000);
	parameter_set(&scene.analysis.host.current, PARAMETER_SEMMNI, 128);
	scene_add_product(&scene, "mq");	/* 500 256000 250 1024 */
	scene_add_product(&scene, "greenplum"); /* 250 2048000 200 8192 */
	scene_recommend(&scene);
	scene_assert_value(&scene, "mq's", PARAMETER_SEMMSL, 500, ACTION_RAISE);
	assert_string_equal(scene_value(&scene, PARAMETER_SEMMSL)->profile->name, "mq");
	scene_assert_value(&scene, "mq's", PARAMETER_SEMOPM, 250, ACTION_RAISE);
	scene_assert_value(&scene, "greenplum's, no sum and no margin", PARAMETER_SEMMNI, 8192,
			   ACTION_RAISE);
	assert_string_equal(scene_value(&scene, PARAMETER_SEMMNI)->profile->name, "greenplum");
	scene_assert_value(&scene, "greenplum's", PARAMETER_SEMMNS, 2048000, ACTION_RAISE);
	scene_assert_value(&scene, "the default is more", PARAMETER_MSGMNI, 32000, ACTION_KEEP);
	/* limits that both share are told, shmmni, semmns, semmni: those of one object are not */
	assert_int_equal(count_warnings(&scene, WARNING_SUM), 3);
	assert_non_null(strstr(scene_warning(&scene, WARNING_SUM), "shmmni: 2 products need 8192"));
	scene_done(&scene);
}

static void a_product_and_a_measure_the_greater_counts(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	parameter_set(&scene.analysis.host.current, PARAMETER_SHMMNI, 100);
	scene_add_product(&scene, "mq");
	scene_add_one(&scene, FIGURE_SHM_SEGMENTS, 3276);
	scene_recommend(&scene);
	scene_assert_value(&scene, "4095 measured", PARAMETER_SHMMNI, 4096, ACTION_RAISE);
	assert_int_equal(scene_value(&scene, PARAMETER_SHMMNI)->why, WHY_PROFILE);
	assert_int_equal(scene_value(&scene, PARAMETER_SHMMNI)->need, 4096);
	scene.analysis.samples.list[0].figures[FIGURE_SHM_SEGMENTS] = 3277;
	scene_recommend(&scene);
	scene_assert_value(&scene, "4097 measured", PARAMETER_SHMMNI, 4097, ACTION_RAISE);
	assert_int_equal(scene_value(&scene, PARAMETER_SHMMNI)->why, WHY_MEASURED);
	scene_done(&scene);
}

static void vendors_tables_lower_no_default(void **state)
{
	static const char *const products[] = {"mq", "greenplum", "oracle", "sap-hana"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(products); i++) {
		struct scene scene;

		scene_init(&scene);
		scene_set_defaults(&scene);
		scene_add_product(&scene, products[i]);
		scene_recommend(&scene);
		for (int id = 0; id < PARAMETER_COUNT_; id++) {
			const struct value *value = scene_value(&scene, (enum parameter_id)id);

			assert_true(value->recommended >= value->preset);
			assert_true(value->action == ACTION_KEEP ||
				    value->recommended > value->preset);
		}
		scene_done(&scene);
	}
}

static void a_table_that_lowers_is_told(void **state)
{
	struct scene scene;
	struct parameters *current = &scene.analysis.host.current;

	(void)state;
	scene_init(&scene);
	scene_set_defaults(&scene);
	assert_int_equal(sysctl_parse(SYSCTL_SEM, "250 32000 32 1024", current), 0);
	parameter_set(current, PARAMETER_MSGMNI, 1024);
	scene_recommend(&scene);
	assert_int_equal(count_warnings(&scene, WARNING_BELOW_DEFAULT), 5);
	assert_int_equal(count_warnings(&scene, WARNING_KNOWN_TABLE), 2);
	assert_string_equal(scene_warning(&scene, WARNING_BELOW_DEFAULT),
			    "semmsl is 250, the kernel's own default is 32000");
	assert_string_equal(scene_warning(&scene, WARNING_KNOWN_TABLE),
			    "kernel.sem has the value of SAP_BOBJ of saptune, a table that lowers "
			    "limits of today's kernels");
	/* one off in one of them is nobody's table; the default itself is not below it */
	assert_int_equal(sysctl_parse(SYSCTL_SEM, "250 32000 33 32000", current), 0);
	parameter_set(current, PARAMETER_MSGMNI, 32000);
	scene_recommend(&scene);
	assert_int_equal(count_warnings(&scene, WARNING_BELOW_DEFAULT), 3);
	assert_int_equal(count_warnings(&scene, WARNING_KNOWN_TABLE), 0);
	scene_done(&scene);
}

static void saps_own_check_fails_on_tables_of_others(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene_add_product(&scene, "sap-hana");
	assert_int_equal(
		sysctl_parse(SYSCTL_SEM, "250 32000 32 1024", &scene.analysis.host.current), 0);
	scene_recommend(&scene);
	for (enum parameter_id id = PARAMETER_SEMMSL; id <= PARAMETER_SEMMNI; id++)
		scene_assert_value(&scene, "all four", id, parameter_default(id, 64), ACTION_RAISE);
	scene_done(&scene);
}

static void a_queue_takes_the_largest_message(void **state)
{
	struct scene scene;
	struct parameters *current = &scene.analysis.host.current;

	(void)state;
	scene_init(&scene);
	scene_set_defaults(&scene);
	parameter_set(current, PARAMETER_MSGMAX, 16384);
	scene_recommend(&scene);
	scene_assert_value(&scene, "equal", PARAMETER_MSGMNB, 16384, ACTION_KEEP);
	assert_null(scene_warning(&scene, WARNING_MSGMAX_ABOVE_MSGMNB));
	parameter_set(current, PARAMETER_MSGMAX, 16385);
	scene_recommend(&scene);
	scene_assert_value(&scene, "one more", PARAMETER_MSGMNB, 16385, ACTION_RAISE);
	assert_non_null(scene_warning(&scene, WARNING_MSGMAX_ABOVE_MSGMNB));
	/* also where the message itself is raised */
	parameter_set(current, PARAMETER_MSGMAX, 8192);
	scene_add_one(&scene, FIGURE_MSG_LARGEST_MESSAGE, 16000);
	scene_recommend(&scene);
	scene_assert_value(&scene, "raised", PARAMETER_MSGMAX, 20000, ACTION_RAISE);
	scene_assert_value(&scene, "raised with it", PARAMETER_MSGMNB, 20000, ACTION_RAISE);
	assert_null(scene_warning(&scene, WARNING_MSGMAX_ABOVE_MSGMNB));
	scene_done(&scene);
}

static void the_text_says_why_a_queue_is_raised(void **state)
{
	static const char why[] = " A queue must take a message of msgmax: 65,536.";
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene_set_defaults(&scene);
	parameter_set(&scene.analysis.host.current, PARAMETER_MSGMAX, 65536);
	scene_recommend(&scene);
	scene_assert_row_says(&scene, "kernel.msgmnb", why, true);
	/* what is in force already has its reason all the same */
	scene_obey(&scene);
	scene_recommend(&scene);
	scene_assert_row_says(&scene, "kernel.msgmnb", why, true);
	scene_add_one(&scene, FIGURE_MSG_LARGEST_QUEUE, 65536);
	scene_recommend(&scene);
	scene_assert_row_says(&scene, "kernel.msgmnb", why, false);
	scene_done(&scene);
}

static void what_passes_2_64_bytes_is_not_shown_as_a_size(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene_add_one(&scene, FIGURE_SHM_PAGES, UINT64_C(1152921504606846720));
	scene_recommend(&scene);
	scene_assert_row_says(&scene, "kernel.shmall",
			      "Measured peak: 1,152,921,504,606,846,720 pages, at ", true);
	scene.analysis.samples.list[0].figures[FIGURE_SHM_PAGES] = 262144;
	scene_recommend(&scene);
	scene_assert_row_says(&scene, "kernel.shmall", "Measured peak: 262,144 pages (1.0G), at ",
			      true);
	scene_done(&scene);
}

/* The set of four is one row: any of them that is too low makes it so. */
static void a_set_of_four_is_short_if_one_of_them_is(void **state)
{
	struct scene scene;
	struct row rows_made[ROWS_MAX];

	(void)state;
	scene_init(&scene);
	assert_int_equal(
		sysctl_parse(SYSCTL_SEM, "250 32000 100 32768", &scene.analysis.host.current), 0);
	scene_add_one(&scene, FIGURE_SEM_SETS, 30000);
	scene_recommend(&scene);
	rows_make(rows_made, &scene.analysis);
	assert_int_equal(rows_made[SYSCTL_SEM].action, ACTION_CLAMPED);
	assert_false(rows_made[SYSCTL_SEM].is_short);
	scene.analysis.samples.list[0].figures[FIGURE_SEM_SEMAPHORES] = 32000;
	scene_recommend(&scene);
	rows_make(rows_made, &scene.analysis);
	assert_string_equal(rows_made[SYSCTL_SEM].recommended, "250 40000 100 32768");
	assert_true(rows_made[SYSCTL_SEM].is_short);
	assert_false(rows_made[SYSCTL_SHMMAX].is_short);
	scene_done(&scene);
}

/* What the table's heading says of a row. */
static void assert_heading(struct scene *scene, enum sysctl_id id, const char *heading)
{
	_cleanup_free_ char *text = NULL;
	struct row rows_made[ROWS_MAX];
	size_t size;
	FILE *out = open_memstream(&text, &size);

	rows_make(rows_made, &scene->analysis);
	assert_int_equal(print_row(out, &scene->analysis, &rows_made[id]), 0);
	fclose(out);
	*strchr(text, '\n') = '\0';
	assert_string_equal(text, heading);
}

static void headings_say_what_is_to_be_done(void **state)
{
	struct scene scene;
	struct parameters *current = &scene.analysis.host.current;

	(void)state;
	scene_init(&scene);
	scene_add_one(&scene, FIGURE_SHM_SEGMENTS, 32768);
	parameter_set(current, PARAMETER_SHMMNI, 32767);
	scene_recommend(&scene);
	assert_heading(&scene, SYSCTL_SHMMNI, "kernel.shmmni: 32767 -> 32768");
	parameter_set(current, PARAMETER_SHMMNI, 32768);
	scene_recommend(&scene);
	assert_heading(&scene, SYSCTL_SHMMNI, "kernel.shmmni: 32768 is not enough, and the most");
	scene.options.headroom = 0;
	scene_recommend(&scene);
	assert_heading(&scene, SYSCTL_SHMMNI, "kernel.shmmni: 32768 is enough");
	scene_done(&scene);
}

static void a_time_that_is_not_told_is_not_1970(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene_add(&scene, 0)->figures[FIGURE_SHM_SEGMENTS] = 5;
	scene_recommend(&scene);
	scene_assert_row_says(&scene, "kernel.shmmni", "Measured peak: 5 segments. ", true);
	scene.analysis.samples.list[0].time = 1;
	scene_recommend(&scene);
	scene_assert_row_says(&scene, "kernel.shmmni", "Measured peak: 5 segments, at 19", true);
	scene_done(&scene);
}

static void near_is_90_percent(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	parameter_set(&scene.analysis.host.current, PARAMETER_SHMMNI, 1000);
	scene_add_one(&scene, FIGURE_SHM_SEGMENTS, 899);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_NEAR));
	scene.analysis.samples.list[0].figures[FIGURE_SHM_SEGMENTS] = 900;
	scene_recommend(&scene);
	assert_string_equal(
		scene_warning(&scene, WARNING_NEAR),
		"shmmni: the measured peak is 900 of 1000; at the limit: shmget: ENOSPC");
	/* whatever is recommended: with no headroom a full limit is just enough */
	scene.analysis.samples.list[0].figures[FIGURE_SHM_SEGMENTS] = 1000;
	scene.options.headroom = 0;
	scene_recommend(&scene);
	scene_assert_value(&scene, "full", PARAMETER_SHMMNI, 1000, ACTION_KEEP);
	assert_non_null(scene_warning(&scene, WARNING_NEAR));
	/* a limit that isn't known is near to nothing */
	scene.analysis.host.current.known = 0;
	scene.analysis.samples.list[0].figures[FIGURE_SHM_SEGMENTS] = 4096;
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_NEAR));
	scene_done(&scene);
}

static void queues_of_default_attributes_are_near_to_nothing(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene_set_defaults(&scene);
	scene_add_one(&scene, FIGURE_MQ_LARGEST_MAXMSG, 10);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_NEAR));
	scene.analysis.samples.list[0].figures[FIGURE_MQ_LARGEST_MAXMSG] = 11;
	parameter_set(&scene.analysis.host.current, PARAMETER_MQ_MSG, 11);
	scene_recommend(&scene);
	assert_non_null(scene_warning(&scene, WARNING_NEAR));
	scene_done(&scene);
}

static void a_day_of_samples_is_needed(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	for (int i = 0; i < 60; i++)
		scene_add(&scene, 1000 + i * 1464);
	scene_recommend(&scene);
	assert_string_equal(scene_warning(&scene, WARNING_FEW_SAMPLES),
			    "60 samples over 1439 minutes: what happens once a day or a month may "
			    "not be among them");
	scene.analysis.samples.list[59].time = 1000 + DAY;
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_FEW_SAMPLES));
	scene.analysis.samples.count = 59;
	scene.analysis.samples.list[58].time = 1000 + 2 * DAY;
	scene_recommend(&scene);
	assert_non_null(scene_warning(&scene, WARNING_FEW_SAMPLES));
	scene.analysis.samples.count = 60;
	scene_done(&scene);
}

static void clamping_is_said(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	parameter_set(&scene.analysis.host.current, PARAMETER_SHMMAX, 1);
	scene_add_one(&scene, FIGURE_SHM_LARGEST, SATURATED);
	scene_recommend(&scene);
	assert_string_equal(scene_warning(&scene, WARNING_CLAMPED),
			    "shmmax: more than 2^64 wanted, the most is 18446744073692774399");
	scene_done(&scene);
}

static void products_that_add_up_above_are_told(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	parameter_set(&scene.analysis.host.current, PARAMETER_SHMMNI, 4097);
	scene_add_product(&scene, "mq");
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_SUM));
	scene_add_product(&scene, "postgresql"); /* 1 */
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_SUM));
	scene_add_product(&scene, "postgresql");
	scene_recommend(&scene);
	assert_non_null(
		strstr(scene_warning(&scene, WARNING_SUM), "shmmni: 3 products need 4098 "));
	scene_done(&scene);
}

static void limits_that_cannot_be_reached_are_told(void **state)
{
	struct scene scene;
	struct parameters *current = &scene.analysis.host.current;

	(void)state;
	scene_init(&scene);
	scene_set_defaults(&scene);
	parameter_set(current, PARAMETER_SHMMAX, 4096 * 1000);
	parameter_set(current, PARAMETER_SHMALL, 1000);
	sysctl_parse(SYSCTL_SEM, "250 32000 100 128", current);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_SHMMAX_UNREACHABLE));
	assert_null(scene_warning(&scene, WARNING_SEMMNS_UNREACHABLE));
	parameter_set(current, PARAMETER_SHMMAX, 4096 * 1000 + 1);
	sysctl_parse(SYSCTL_SEM, "250 32001 100 128", current);
	scene_recommend(&scene);
	assert_string_equal(scene_warning(&scene, WARNING_SHMMAX_UNREACHABLE),
			    "shmall of 1000 pages is less than one segment of shmmax");
	assert_string_equal(scene_warning(&scene, WARNING_SEMMNS_UNREACHABLE),
			    "semmns of 32001 can't be reached: semmsl * semmni is 32000");
	scene_done(&scene);
}

static void a_semopm_above_1000_is_told(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	sysctl_parse(SYSCTL_SEM, "5010 641280 1000 128", &scene.analysis.host.current);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_SEMOPM_LARGE));
	sysctl_parse(SYSCTL_SEM, "5010 641280 1001 128", &scene.analysis.host.current);
	scene_recommend(&scene);
	assert_non_null(scene_warning(&scene, WARNING_SEMOPM_LARGE));
	scene_done(&scene);
}

static void queues_that_exist_keep_their_msgmnb(void **state)
{
	struct scene scene;
	struct sample *sample;

	(void)state;
	scene_init(&scene);
	scene_set_defaults(&scene);
	sample = scene_add(&scene, 1);
	sample->figures[FIGURE_MSG_QUEUES] = 0;
	scene_add_product(&scene, "greenplum"); /* 65536 */
	scene_recommend(&scene);
	scene_assert_value(&scene, "raised", PARAMETER_MSGMNB, 65536, ACTION_RAISE);
	assert_null(scene_warning(&scene, WARNING_MSGMNB_OLD_QUEUES));
	/* an empty one is there as well */
	sample->figures[FIGURE_MSG_QUEUES] = 1;
	scene_recommend(&scene);
	assert_non_null(scene_warning(&scene, WARNING_MSGMNB_OLD_QUEUES));
	parameter_set(&scene.analysis.host.current, PARAMETER_MSGMNB, 65536);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_MSGMNB_OLD_QUEUES));
	scene_done(&scene);
}

static void more_pages_than_memory_are_a_note(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene_add_one(&scene, FIGURE_SHM_PAGES, 64 * GIB / 4096);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_SHMALL_ABOVE_RAM));
	scene.analysis.samples.list[0].figures[FIGURE_SHM_PAGES]++;
	scene_recommend(&scene);
	assert_non_null(strstr(scene_warning(&scene, WARNING_SHMALL_ABOVE_RAM), "16777217 pages"));
	scene.analysis.host.ram_bytes = OBJECT_UNKNOWN;
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_SHMALL_ABOVE_RAM));
	scene_done(&scene);
}

/* SAP's shmall is no amount, but "without a limit". */
static void an_unlimited_shmall_is_no_amount(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene_add_product(&scene, "sap-hana");
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_SHMALL_ABOVE_RAM));
	scene_done(&scene);
}

static void a_users_queues_are_near_their_rlimit(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene_add_one(&scene, FIGURE_MQ_BYTES_OF_USER, 737279);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_MQUEUE_RLIMIT));
	scene.analysis.samples.list[0].figures[FIGURE_MQ_BYTES_OF_USER] = 737280;
	scene_recommend(&scene);
	assert_non_null(
		strstr(scene_warning(&scene, WARNING_MQUEUE_RLIMIT), "LimitMSGQUEUE=921600"));
	scene_done(&scene);
}

/* Measured 5 of 5001: 7 with headroom. */
static void tighten(struct scene *scene, enum figure_id figure)
{
	scene_init(scene);
	scene->options.is_tightening = true;
	parameter_set(&scene->analysis.host.current, PARAMETER_SHMMNI, 50000);
	scene_add_one(scene, figure, 5);
}

static void products_alone_lower_nothing(void **state)
{
	struct scene scene;

	(void)state;
	tighten(&scene, FIGURE_SEM_SETS);
	scene_add_product(&scene, "mq"); /* shmmni 4096, semopm 250 */
	scene_recommend(&scene);
	scene_assert_value(&scene, "not measured", PARAMETER_SHMMNI, 50000, ACTION_KEEP);
	scene_assert_value(&scene, "can't be", PARAMETER_SEMOPM, 500, ACTION_KEEP);
	scene_done(&scene);
	/* none in use may be a product that is not started yet */
	tighten(&scene, FIGURE_SHM_SEGMENTS);
	scene.analysis.samples.list[0].figures[FIGURE_SHM_SEGMENTS] = 0;
	scene_add_product(&scene, "mq");
	scene_recommend(&scene);
	scene_assert_value(&scene, "none", PARAMETER_SHMMNI, 50000, ACTION_KEEP);
	scene_done(&scene);
}

static void a_cap_has_room_for_all_products_and_what_was_measured(void **state)
{
	struct scene scene;

	(void)state;
	tighten(&scene, FIGURE_SHM_SEGMENTS);
	scene_recommend(&scene);
	scene_assert_value(&scene, "measured", PARAMETER_SHMMNI, 7, ACTION_LOWER);
	scene_add_product(&scene, "mq");
	scene_recommend(&scene);
	scene_assert_value(&scene, "and one", PARAMETER_SHMMNI, 4096 + 7, ACTION_LOWER);
	scene_add_product(&scene, "greenplum");
	scene_recommend(&scene);
	scene_assert_value(&scene, "and two", PARAMETER_SHMMNI, 4096 * 2 + 7, ACTION_LOWER);
	assert_null(strstr(scene_warning(&scene, WARNING_SUM) ?: "", "shmmni"));
	/* there is no more room than they need: nothing is lowered, and nothing raised */
	parameter_set(&scene.analysis.host.current, PARAMETER_SHMMNI, 8199);
	scene_recommend(&scene);
	scene_assert_value(&scene, "just that", PARAMETER_SHMMNI, 8199, ACTION_KEEP);
	parameter_set(&scene.analysis.host.current, PARAMETER_SHMMNI, 8198);
	scene_recommend(&scene);
	scene_assert_value(&scene, "one less", PARAMETER_SHMMNI, 8198, ACTION_KEEP);
	scene_done(&scene);
}

/* Those of a set or a queue don't add up. */
static void a_cap_of_one_object_is_that_of_the_largest(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene.options.is_tightening = true;
	parameter_set(&scene.analysis.host.current, PARAMETER_SEMMSL, 32000);
	scene_add_one(&scene, FIGURE_SEM_LARGEST_SET, 100);
	scene_add_product(&scene, "mq");	/* 500 */
	scene_add_product(&scene, "greenplum"); /* 250 */
	scene_recommend(&scene);
	scene_assert_value(&scene, "mq's", PARAMETER_SEMMSL, 500, ACTION_LOWER);
	scene_done(&scene);
}

static struct row row_named(const struct scene *scene, const char *name)
{
	struct row all[ROWS_MAX];
	size_t count = rows_make(all, &scene->analysis);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(all[i].name, name))
			return all[i];
	fail_msg("no row %s", name);
	abort();
}

static void a_limit_at_its_most_may_be_too_low(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	parameter_set(&scene.analysis.host.current, PARAMETER_SHMMNI, 32768);
	/* 89.99 % */
	scene_add_one(&scene, FIGURE_SHM_SEGMENTS, 29491);
	scene_recommend(&scene);
	scene_assert_value(&scene, "the margin alone", PARAMETER_SHMMNI, 32768, ACTION_CLAMPED);
	assert_false(row_named(&scene, "kernel.shmmni").is_full);
	scene.analysis.samples.list[0].figures[FIGURE_SHM_SEGMENTS] = 29492;
	scene_recommend(&scene);
	assert_true(row_named(&scene, "kernel.shmmni").is_full);
	assert_false(row_named(&scene, "kernel.shmmni").is_short);
	/* the most is not reached yet: it can be raised */
	parameter_set(&scene.analysis.host.current, PARAMETER_SHMMNI, 32767);
	scene_recommend(&scene);
	assert_false(row_named(&scene, "kernel.shmmni").is_full);
	assert_true(row_named(&scene, "kernel.shmmni").is_short);
	scene_done(&scene);
}

static void what_cannot_be_read_is_not_judged(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene_recommend(&scene);
	assert_false(row_named(&scene, "kernel.sem").is_unreadable);
	assert_null(scene_warning(&scene, WARNING_UNREADABLE));
	scene.analysis.host.unreadable = ABOUT(SYSCTL_SEM);
	scene_recommend(&scene);
	assert_true(row_named(&scene, "kernel.sem").is_unreadable);
	assert_false(row_named(&scene, "kernel.shmmni").is_unreadable);
	assert_non_null(strstr(scene_warning(&scene, WARNING_UNREADABLE), "kernel.sem can't"));
	scene_done(&scene);
}

static void what_a_document_leaves_out_and_counts_is_told(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_ASSUMED));
	scene_add_one(&scene, FIGURE_SHM_SEGMENTS, 5);
	scene_add(&scene, 2)->figures[FIGURE_SEM_SETS] = 1;
	scene.analysis.samples.list[1].figures[FIGURE_SEM_SEMAPHORES] = 1;
	scene_recommend(&scene);
	assert_string_equal(scene_warning(&scene, WARNING_ASSUMED),
			    "what is in force is not told of kernel.shmmni, kernel.sem: taken for "
			    "the kernel's default");
	scene_set_defaults(&scene);
	scene_recommend(&scene);
	assert_null(scene_warning(&scene, WARNING_ASSUMED));
	scene_done(&scene);
}

/* What stands in files of /proc/sys, and what may stand there. */
static void damaged_values_of_proc_are_not_known(void **state)
{
	static const struct {
		const char *rule, *text;
		enum sysctl_id id;
		int r;
	} cases[] = {
		{"a number", "4096\n", SYSCTL_SHMMNI, 0},
		{"four with tabs", "32000\t1024000000\t500\t32000\n", SYSCTL_SEM, 0},
		{"four with blanks", "250 32000 100 128", SYSCTL_SEM, 0},
		{"the largest", "18446744073709551615\n", SYSCTL_SHMMAX, 0},
		{"0", "0\n", SYSCTL_SHMMNI, 0},
		{"negative", "-1\n", SYSCTL_SHMMNI, -EINVAL},
		{"one of four negative", "250\t32000\t-1\t128\n", SYSCTL_SEM, -EINVAL},
		{"three of four", "250 32000 100\n", SYSCTL_SEM, -EINVAL},
		{"five of four", "250 32000 100 128 1\n", SYSCTL_SEM, -EINVAL},
		{"two of one", "4096 1\n", SYSCTL_SHMMNI, -EINVAL},
		{"commas", "250,32000,100,128\n", SYSCTL_SEM, -EINVAL},
		{"nothing", "", SYSCTL_SHMMNI, -EINVAL},
		{"an empty line", "\n", SYSCTL_SHMMNI, -EINVAL},
		{"past 2^64", "18446744073709551616\n", SYSCTL_SHMMAX, -ERANGE},
		{"hexadecimal", "0x1000\n", SYSCTL_SHMMAX, -EINVAL},
		{"a unit", "64G\n", SYSCTL_SHMMAX, -EINVAL},
		{"a sign", "+1\n", SYSCTL_SHMMAX, -EINVAL},
		{"a comment", "4096 # c\n", SYSCTL_SHMMNI, -EINVAL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct parameters values = {0};
		int r = sysctl_parse(cases[i].id, cases[i].text, &values);

		if (r != cases[i].r)
			print_message("%s: %d\n", cases[i].rule, r);
		assert_int_equal(r, cases[i].r);
		assert_int_equal(values.known != 0, r == 0);
	}
}

static void sysctls_are_found_by_their_names(void **state)
{
	(void)state;
	for (int id = 0; id < SYSCTL_COUNT_; id++)
		assert_int_equal(sysctl_by_name(sysctl_name((enum sysctl_id)id)), id);
	assert_int_equal(sysctl_by_name("kernel/shmmax"), SYSCTL_SHMMAX);
	assert_int_equal(sysctl_by_name("kernel.shmma"), -ENOENT);
	assert_int_equal(sysctl_by_name("kernel.shmmaxx"), -ENOENT);
	assert_int_equal(sysctl_by_name(""), -ENOENT);
	for (int id = 0; id < PARAMETER_COUNT_; id++) {
		enum parameter_id at = (enum parameter_id)id;
		unsigned count;
		enum parameter_id first = sysctl_parameters(parameter_sysctl(at), &count);

		assert_true(first <= at && at < first + count);
		assert_int_equal(parameter_by_name(parameter_name(at)), id);
	}
	assert_int_equal(parameter_by_name("SEMMNS"), PARAMETER_SEMMNS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_limit_gets_its_measure),
		cmocka_unit_test(nothing_measured_changes_nothing),
		cmocka_unit_test(a_32_bit_kernel_has_less),
		cmocka_unit_test(ipcmni_extend_allows_more_ids),
		cmocka_unit_test(pages_are_counted_as_the_kernel_does),
		cmocka_unit_test(a_spike_three_days_ago_counts_in_full),
		cmocka_unit_test(a_spike_of_one_minute_counts_in_full),
		cmocka_unit_test(percentiles_weigh_by_time),
		cmocka_unit_test(what_was_not_measured_is_not_0),
		cmocka_unit_test(trends_are_drawn_out_for_30_days),
		cmocka_unit_test(the_margin_is_on_top_of_growth),
		cmocka_unit_test(of_two_products_the_greater_counts),
		cmocka_unit_test(a_product_and_a_measure_the_greater_counts),
		cmocka_unit_test(vendors_tables_lower_no_default),
		cmocka_unit_test(a_table_that_lowers_is_told),
		cmocka_unit_test(saps_own_check_fails_on_tables_of_others),
		cmocka_unit_test(a_queue_takes_the_largest_message),
		cmocka_unit_test(the_text_says_why_a_queue_is_raised),
		cmocka_unit_test(what_passes_2_64_bytes_is_not_shown_as_a_size),
		cmocka_unit_test(a_set_of_four_is_short_if_one_of_them_is),
		cmocka_unit_test(headings_say_what_is_to_be_done),
		cmocka_unit_test(a_time_that_is_not_told_is_not_1970),
		cmocka_unit_test(near_is_90_percent),
		cmocka_unit_test(queues_of_default_attributes_are_near_to_nothing),
		cmocka_unit_test(a_day_of_samples_is_needed),
		cmocka_unit_test(clamping_is_said),
		cmocka_unit_test(products_that_add_up_above_are_told),
		cmocka_unit_test(limits_that_cannot_be_reached_are_told),
		cmocka_unit_test(a_semopm_above_1000_is_told),
		cmocka_unit_test(queues_that_exist_keep_their_msgmnb),
		cmocka_unit_test(more_pages_than_memory_are_a_note),
		cmocka_unit_test(an_unlimited_shmall_is_no_amount),
		cmocka_unit_test(a_users_queues_are_near_their_rlimit),
		cmocka_unit_test(products_alone_lower_nothing),
		cmocka_unit_test(a_cap_has_room_for_all_products_and_what_was_measured),
		cmocka_unit_test(a_cap_of_one_object_is_that_of_the_largest),
		cmocka_unit_test(a_limit_at_its_most_may_be_too_low),
		cmocka_unit_test(what_cannot_be_read_is_not_judged),
		cmocka_unit_test(what_a_document_leaves_out_and_counts_is_told),
		cmocka_unit_test(damaged_values_of_proc_are_not_known),
		cmocka_unit_test(sysctls_are_found_by_their_names),
	};

	return cmocka_run_group_tests_name("tune_recommend", tests, NULL, NULL);
}
