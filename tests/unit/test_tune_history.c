/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Samples over time: as columns, lines of blocks, plots, and for other programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "history.h"

#define MOST 16
#define UNKNOWN OBJECT_UNKNOWN

/* Samples of one figure, a minute apart. */
struct fixture {
	struct sample list[MOST];
	uint64_t weights[MOST];
	struct history history;
};

static void fill(struct fixture *fixture, enum figure_id figure, const uint64_t *values,
		 size_t count)
{
	assert_in_range(count, 1, MOST);
	*fixture = (struct fixture){.history = {.place = "host", .figure = (int)figure}};
	for (size_t i = 0; i < count; i++) {
		sample_init(&fixture->list[i]);
		fixture->list[i].time = 1000020 + 60 * (time_t)i;
		fixture->list[i].figures[figure] = values[i];
		fixture->weights[i] = 60;
	}
	fixture->history.samples = (struct samples){fixture->list, count, MOST};
	fixture->history.weights = fixture->weights;
	fixture->history.width = 60;
}

/* Not inline: gcc 12 takes the pointer that the stream fills for one that dangles. */
static __attribute__((noinline)) char *printed(const struct history *history,
					       int (*print)(const struct history *, FILE *))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(print(history, out), 0);
	assert_int_equal(fclose(out), 0);
	print_message("# %.2000s\n", text);
	return text;
}

static void figures_are_found_by_name_and_parameter(void **state)
{
	static const struct {
		const char *name;
		int figure;
	} cases[] = {
		{"shm_pages", FIGURE_SHM_PAGES},
		{"kernel.shmall", FIGURE_SHM_PAGES},
		{"kernel/shmall", FIGURE_SHM_PAGES},
		{"shmall", FIGURE_SHM_PAGES},
		{"SEMMNS", FIGURE_SEM_SEMAPHORES},
		{"fs.mqueue.queues_max", FIGURE_MQ_QUEUES},
		/* four in one; bounds nothing that can be measured; not there */
		{"kernel.sem", -ENOENT},
		{"semopm", -ENOENT},
		{"vm.nr_hugepages", FIGURE_HUGEPAGES_USED},
		{"nr_hugepages", FIGURE_HUGEPAGES_USED},
		{"vm.nr_overcommit_hugepages", -ENOENT},
		{"shm_page", -ENOENT},
		{"", -ENOENT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# %s\n", cases[i].name);
		assert_int_equal(history_find_figure(cases[i].name), cases[i].figure);
	}
}

static void a_column_has_the_highest_of_its_time(void **state)
{
	static const uint64_t values[] = {1, 5, 2, 9, 3, 4, 8, 7};
	struct fixture f;
	uint64_t columns[8];

	(void)state;
	fill(&f, FIGURE_SEM_SETS, values, 8);
	history_columns(&f.history, FIGURE_SEM_SETS, columns, 1);
	assert_int_equal(columns[0], 9);
	history_columns(&f.history, FIGURE_SEM_SETS, columns, 2);
	assert_int_equal(columns[0], 9);
	assert_int_equal(columns[1], 8);
	/* another figure was not measured */
	history_columns(&f.history, FIGURE_MSG_QUEUES, columns, 2);
	assert_true(columns[0] == UNKNOWN && columns[1] == UNKNOWN);
}

static void a_sample_stands_for_the_time_before_it(void **state)
{
	static const uint64_t values[] = {1, 2, 3, 4};
	struct fixture f;
	uint64_t columns[10];

	(void)state;
	fill(&f, FIGURE_SEM_SETS, values, 4);
	/* 600 s: the third stands for four of the six minutes before it */
	f.list[2].time = f.list[0].time + 480;
	f.list[3].time = f.list[0].time + 599;
	f.weights[2] = 240;
	f.weights[3] = 119;
	history_columns(&f.history, FIGURE_SEM_SETS, columns, 10);
	assert_int_equal(columns[0], 1);
	assert_int_equal(columns[1], 2);
	assert_true(columns[2] == UNKNOWN && columns[3] == UNKNOWN);
	for (size_t i = 4; i <= 8; i++)
		assert_int_equal(columns[i], 3);
	assert_int_equal(columns[9], 4);
}

static void weights_and_times_that_nobody_wrote(void **state)
{
	static const uint64_t values[] = {1, UINT64_MAX - 1, 0};
	struct fixture f;
	uint64_t columns[3];

	(void)state;
	fill(&f, FIGURE_SEM_SETS, values, 3);
	f.list[0].time = 0;
	f.list[2].time = INT64_MAX;
	f.weights[0] = 0;
	f.weights[1] = UINT64_MAX;
	f.weights[2] = INT64_MAX;
	history_columns(&f.history, FIGURE_SEM_SETS, columns, 3);
	assert_true(columns[0] == UINT64_MAX - 1);
	free(printed(&f.history, history_print_plot));
	free(printed(&f.history, history_print_gnuplot));
}

static void a_line_of_blocks(void **state)
{
	static const uint64_t columns[] = {0, 1, 7, 8, UNKNOWN, 15}, zeros[] = {0, 0};
	struct text text = {0};

	(void)state;
	history_sparkline(&text, columns, 6, false);
	assert_string_equal(text.bytes, "__:: #");
	text_clear(&text);
	history_sparkline(&text, columns, 6, true);
	assert_string_equal(text.bytes, "▁▁▄▄ █");
	text_clear(&text);
	history_sparkline(&text, zeros, 2, true);
	assert_string_equal(text.bytes, "▁▁");
	text_done(&text);
}

/* The lines of a text, without its first and last. */
static size_t lines_of(char *text, const char *lines[32])
{
	size_t count = 0;

	for (char *line = strtok(text, "\n"); line && count < 32; line = strtok(NULL, "\n"))
		lines[count++] = line;
	return count;
}

static void a_plot_goes_from_nothing_to_the_highest(void **state)
{
	static const uint64_t values[] = {0, 16, 1, UNKNOWN, UNKNOWN, 8};
	struct fixture f;
	_cleanup_free_ char *text = NULL;
	const char *lines[32];

	(void)state;
	setenv("TZ", "UTC", 1);
	fill(&f, FIGURE_SEM_SETS, values, 6);
	text = printed(&f.history, history_print_plot);
	assert_int_equal(lines_of(text, lines), 18);
	assert_string_equal(lines[0], "sem_sets (semaphore sets): at most 16 at 1970-01-12 13:48");
	/* 53 columns of 300 s */
	assert_string_equal(lines[1], "   16 | ##########");
	assert_string_equal(lines[9],
			    "      | ##########                               ###########");
	assert_string_equal(lines[16],
			    "    0 | #####################                    ###########");
	assert_string_equal(lines[17],
			    "       1970-01-12 13:47                     1970-01-12 13:52");
}

static void the_limit_is_a_line_where_it_is_near(void **state)
{
	static const struct {
		uint64_t limit;
		int row; /* from the top; -1: none */
		const char *label;
	} cases[] = {
		{100, 0, "  100"}, {150, 0, "  150"}, {199, 0, "  199"}, {200, -1, NULL},
		{50, 8, "limit"},  {1, 15, "limit"},  {0, -1, NULL},
	};
	static const uint64_t values[] = {100, 0, 100};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_free_ char *text = NULL;
		const char *lines[32];
		int found = -1;

		fill(&f, FIGURE_SEM_SETS, values, 3);
		parameter_set(&f.history.limits, PARAMETER_SEMMNI, cases[i].limit);
		text = printed(&f.history, history_print_plot);
		assert_int_equal(lines_of(text, lines), 18);
		assert_non_null(strstr(lines[0], "; semmni: "));
		for (int row = 0; row < 16; row++)
			if (strstr(lines[row + 1], "--"))
				found = row;
		assert_int_equal(found, cases[i].row);
		if (found >= 0)
			assert_memory_equal(lines[found + 1], cases[i].label, 5);
	}
}

static void a_limit_past_2_63_is_none(void **state)
{
	static const struct {
		enum figure_id figure;
		enum parameter_id parameter;
		uint64_t limit;
		const char *plot, *table;
	} cases[] = {
		{FIGURE_SHM_PAGES, PARAMETER_SHMALL, UINT64_C(1) << 63, "; shmall: unlimited",
		 " unlimited "},
		{FIGURE_SHM_PAGES, PARAMETER_SHMALL, (UINT64_C(1) << 63) - 1, "; shmall: 9.2e+18",
		 " 9.2e+18 "},
		{FIGURE_SHM_LARGEST, PARAMETER_SHMMAX, UINT64_MAX - (1 << 24),
		 "; shmmax: unlimited", " unlimited "},
		{FIGURE_SHM_LARGEST, PARAMETER_SHMMAX, UINT64_MAX, "; shmmax: unlimited",
		 " unlimited "},
		{FIGURE_SHM_LARGEST, PARAMETER_SHMMAX, UINT64_C(1) << 62, "; shmmax: 4.0E",
		 " 4.0E "},
	};
	static const uint64_t values[] = {100, 0, 100};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_free_ char *plot = NULL, *table = NULL;
		struct fixture f;

		fill(&f, cases[i].figure, values, 3);
		parameter_set(&f.history.limits, cases[i].parameter, cases[i].limit);
		plot = printed(&f.history, history_print_plot);
		assert_non_null(strstr(plot, cases[i].plot));
		f.history.figure = -1;
		table = printed(&f.history, history_print_table);
		assert_non_null(strstr(table, cases[i].table));
	}
}

/* As high as what is in use may be, it is an amount. */
static void a_figure_past_2_63_is_a_number(void **state)
{
	static const uint64_t values[] = {UINT64_C(1) << 63};
	struct fixture f;
	_cleanup_free_ char *text = NULL;

	(void)state;
	fill(&f, FIGURE_SHM_PAGES, values, 1);
	f.history.figure = -1;
	text = printed(&f.history, history_print_table);
	assert_null(strstr(text, "unlimited"));
	assert_non_null(strstr(text, " 9.2e+18 9.2e+18 "));
}

static void blocks_only_where_the_terminal_has_them(void **state)
{
	static const uint64_t values[] = {1, 2, 3};
	struct fixture f;

	(void)state;
	fill(&f, FIGURE_SHM_BYTES, values, 3);
	for (int is_utf8 = 0; is_utf8 < 2; is_utf8++) {
		_cleanup_free_ char *text = NULL;
		bool has_others = false;

		f.history.is_utf8 = is_utf8;
		text = printed(&f.history, history_print_plot);
		for (const char *c = text; *c; c++)
			has_others |= (unsigned char)*c >= 0x80;
		assert_int_equal(has_others, is_utf8);
	}
}

static void csv_has_empty_fields_for_what_is_unknown(void **state)
{
	static const uint64_t values[] = {0, UNKNOWN, UINT64_MAX - 1};
	struct fixture f;
	_cleanup_free_ char *one = NULL, *all = NULL;
	const char *lines[32];
	size_t commas = 0;

	(void)state;
	fill(&f, FIGURE_SEM_SETS, values, 3);
	one = printed(&f.history, history_print_csv);
	assert_string_equal(one, "time,sem_sets\r\n1000020,0\r\n1000080,\r\n"
				 "1000140,18446744073709551614\r\n");
	f.history.figure = -1;
	all = printed(&f.history, history_print_csv);
	assert_int_equal(lines_of(all, lines), 4);
	for (const char *c = lines[1]; *c; c++)
		commas += *c == ',';
	assert_int_equal(commas, FIGURE_COUNT_);
}

static void json_has_null_for_what_is_unknown(void **state)
{
	static const uint64_t values[] = {1, UNKNOWN, UINT64_C(1) << 60};
	struct fixture f;
	_cleanup_free_ char *text = NULL;

	(void)state;
	fill(&f, FIGURE_SEM_SETS, values, 3);
	f.history.place = "a \"b\"\n";
	text = printed(&f.history, history_print_json);
	assert_string_equal(text, "{\"schema\":\"ipcguard/1\",\"command\":\"history\","
				  "\"place\":\"a \\\"b\\\"\\n\",\"samples\":["
				  "{\"time\":1000020,\"sem_sets\":1},"
				  "{\"time\":1000080,\"sem_sets\":null},"
				  "{\"time\":1000140,\"sem_sets\":\"1152921504606846976\"}]}\n");
}

static void the_table_has_a_row_for_what_was_measured(void **state)
{
	static const uint64_t values[] = {1024, 4096, 2048, UNKNOWN};
	struct fixture f;
	_cleanup_free_ char *text = NULL;
	const char *lines[32];

	(void)state;
	setenv("TZ", "UTC", 1);
	fill(&f, FIGURE_SHM_LARGEST, values, 4);
	f.history.figure = -1;
	parameter_set(&f.history.limits, PARAMETER_SHMMAX, 8192);
	text = printed(&f.history, history_print_table);
	assert_int_equal(lines_of(text, lines), 2);
	assert_non_null(strstr(lines[1], "shm_largest   -    4.0K 1970-01-12 13:48 2.0K 4.0K "
					 "4.0K  8.0K "));
}

static void gnuplot_is_told_words_of_ours_only(void **state)
{
	static const uint64_t values[] = {100, 50, UNKNOWN, 70};
	struct fixture f;
	_cleanup_free_ char *text = NULL;

	(void)state;
	fill(&f, FIGURE_SEM_SETS, values, 4);
	f.history.place = "'; system('x'); '";
	parameter_set(&f.history.limits, PARAMETER_SEMMNI, 120);
	text = printed(&f.history, history_print_gnuplot);
	assert_null(strstr(text, "system"));
	assert_non_null(strstr(text, "$sem_sets << END\n1000020 100\n"));
	assert_non_null(strstr(text, "set yrange [0:1.260000e+02]"));
	assert_non_null(strstr(text, ", 120.0 with lines linecolor '#cc0000' title 'semmni'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_are_found_by_name_and_parameter),
		cmocka_unit_test(a_column_has_the_highest_of_its_time),
		cmocka_unit_test(a_sample_stands_for_the_time_before_it),
		cmocka_unit_test(weights_and_times_that_nobody_wrote),
		cmocka_unit_test(a_line_of_blocks),
		cmocka_unit_test(a_plot_goes_from_nothing_to_the_highest),
		cmocka_unit_test(the_limit_is_a_line_where_it_is_near),
		cmocka_unit_test(a_limit_past_2_63_is_none),
		cmocka_unit_test(a_figure_past_2_63_is_a_number),
		cmocka_unit_test(blocks_only_where_the_terminal_has_them),
		cmocka_unit_test(csv_has_empty_fields_for_what_is_unknown),
		cmocka_unit_test(json_has_null_for_what_is_unknown),
		cmocka_unit_test(the_table_has_a_row_for_what_was_measured),
		cmocka_unit_test(gnuplot_is_told_words_of_ours_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
