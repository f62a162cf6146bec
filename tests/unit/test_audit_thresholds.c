/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ranges of monitoring plugins: what they mean on both sides of each bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "thresholds.h"

static void a_range_is_an_alarm_outside(void **state)
{
	static const struct {
		const char *range;
		uint64_t value;
		bool is_alarm;
	} rows[] = {
		{"10", 0, false},      {"10", 10, false},	{"10", 11, true},
		{"10:", 9, true},      {"10:", 10, false},	{"10:", UINT64_MAX, false},
		{"~:10", 0, false},    {"~:10", 11, true},	{"10:20", 9, true},
		{"10:20", 10, false},  {"10:20", 20, false},	{"10:20", 21, true},
		{"@10:20", 9, false},  {"@10:20", 10, true},	{"@10:20", 20, true},
		{"@10:20", 21, false}, {"0", 0, false},		{"0", 1, true},
		{"1.5", 1, false},     {"1.5", 2, true},	{":5", 5, false},
		{":5", 6, true},       {"90%", 180, false},	{"90%", 181, true},
		{"50%:90%", 99, true}, {"50%:90%", 100, false}, {"@~:10", 10, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct range range;

		assert_int_equal(range_parse(rows[i].range, &range), 0);
		if (range_is_alarm(&range, rows[i].value, 200) != rows[i].is_alarm)
			fail_msg("%s of %llu", rows[i].range, (unsigned long long)rows[i].value);
	}
}

static void what_is_no_range_is_refused(void **state)
{
	static const char *const texts[] = {"",	 "a",	 "10:a",  "~",	 "~10", "10:20:30", "-1",
					    "@", "1e5",	 "0x10",  "nan", "inf", "10 ",	    " 10",
					    "%", "10%%", "1.2.3", "~:~", "@@1"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct range range;

		if (range_parse(texts[i], &range) == 0)
			fail_msg("'%s' is taken", texts[i]);
	}
}

static void a_threshold_names_its_metric(void **state)
{
	struct threshold threshold = {0};

	(void)state;
	assert_int_equal(threshold_parse("shmmni:90%", &threshold), 0);
	assert_int_equal(threshold.length, 6);
	assert_true(range_has_percent(&threshold.range));
	assert_int_equal(threshold_parse("orphans:0:10", &threshold), 0);
	assert_false(range_has_percent(&threshold.range));
	assert_true(threshold_parse("90", &threshold) < 0);
	assert_true(threshold_parse(":90", &threshold) < 0);
	assert_true(threshold_parse("shmmni:", &threshold) < 0);
}

static void prints_a_range_in_the_metrics_unit(void **state)
{
	static const struct {
		const char *range, *text;
	} rows[] = {
		{"10", "0:10"},	  {"10:", "10:"},   {"~:10", "~:10"},
		{"@1:2", "@1:2"}, {"90%", "0:180"}, {"1.5:2", "1.5:2"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct range range;
		char text[64] = "";
		FILE *out = fmemopen(text, sizeof(text), "w");

		assert_non_null(out);
		assert_int_equal(range_parse(rows[i].range, &range), 0);
		range_print(&range, 200, out);
		fclose(out);
		assert_string_equal(text, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_range_is_an_alarm_outside),
		cmocka_unit_test(what_is_no_range_is_refused),
		cmocka_unit_test(a_threshold_names_its_metric),
		cmocka_unit_test(prints_a_range_in_the_metrics_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
