/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys as logs write and damage them, and times of every form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "denial.h"
#include "eventtime.h"
#include "keytext.h"
#include "options.h"

static void keys_are_signed_decimals_of_32_bits(void **state)
{
	static const struct {
		const char *text;
		int64_t key; /* -1: none */
	} cases[] = {
		{"0", 0},
		{"2577", 0xa11},
		{"-1", 0xffffffff},
		{"-2147483648", 0x80000000},
		{"2147483647", 0x7fffffff},
		{"2147483648", -1},
		{"-2147483649", -1},
		{"", -1},
		{"-", -1},
		{"12x", -1},
		{"0xa11", -1},
		{"123456789012", -1},
		{"1-2", -1},
	};
	uint32_t key;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int r = keytext_read(span_of(cases[i].text), &key);

		assert_int_equal(r == 0, cases[i].key >= 0);
		if (r == 0)
			assert_int_equal(key, (uint32_t)cases[i].key);
	}
}

static void damaged_keys_are_turned_back(void **state)
{
	static const struct {
		const char *text;
		enum record_form form;
		int64_t key; /* -1: can't be */
	} cases[] = {
		{"\\026D1C\\024  ", FORM_INTERPRETED, 1644314314},
		{"9 f\\027 ", FORM_INTERPRETED, 39206617},
		{"9 f   ", FORM_INTERPRETED,
		 39206620}, /* ends with a blank, and two that separate */
		{"ABCD  ", FORM_INTERPRETED, 41424344},
		{"12  ", FORM_INTERPRETED, 3132}, /* only this is shown so */
		{"0  ", FORM_INTERPRETED, -1},	  /* came through as it was */
		{"223163159 ", FORM_INTERPRETED, -1},
		{"2577  ", FORM_INTERPRETED, 32353737},
		{"xyz  ", FORM_INTERPRETED, -1}, /* 0x7a has no decimal digit */
		{"99999999999  ", FORM_INTERPRETED, -1},
		{"", FORM_INTERPRETED, -1},
		{"%25w  ", FORM_LAUREL, 2577},
		{" &  ", FORM_LAUREL, 2026},
		{"%99%99%99%99  ", FORM_LAUREL, 99999999},
		{"-1  ", FORM_LAUREL, -1},
	};
	uint32_t key;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int r = keytext_repair(span_of(cases[i].text), cases[i].form, &key);

		assert_int_equal(r == 0, cases[i].key >= 0);
		if (r == 0)
			assert_int_equal(key, (uint32_t)cases[i].key);
	}
}

static time_t event(const char *text)
{
	return eventtime_read(span_of(text));
}

static void events_tell_their_time(void **state)
{
	(void)state;
	assert_int_equal(event("1700000001.101:1001"), 1700000001);
	assert_int_equal(event("09.08.2021 10:21:30.828:353"), 1628504490);
	assert_int_equal(event("2021-08-09 10:21:30.828:353"), 1628504490);
	assert_int_equal(event("08/30/2023 02:03:41.721:4"), 1693361021);
	assert_int_equal(event("30/08/2023 02:03:41.721:4"), 1693361021);
	assert_int_equal(event("06/13/25 23:26:09.631:6691"), 1749857169);
}

static void a_date_that_can_be_read_in_two_ways_is_no_time(void **state)
{
	(void)state;
	assert_int_equal(event("07/10/2023 07:57:43.499:1185"), 0);
	/* either way it is the same day */
	assert_int_equal(event("07/07/2023 07:57:43.499:1185"), 1688716663);
	assert_int_equal(event("0.0:279"), 0);
	assert_int_equal(event("XXX.21"), 0);
	assert_int_equal(event("31/31/2023 07:57:43.499:1185"), 0);
	assert_int_equal(event(""), 0);
}

static void options_take_times(void **state)
{
	const time_t now = 1700000000; /* 2023-11-14 22:13:20 UTC */
	time_t out;

	(void)state;
	assert_int_equal(options_read_time("2h", now, &out), 0);
	assert_int_equal(out, now - 7200);
	assert_int_equal(options_read_time("@1234", now, &out), 0);
	assert_int_equal(out, 1234);
	assert_int_equal(options_read_time("2023-11-14 22:13:20", now, &out), 0);
	assert_int_equal(out, now);
	assert_int_equal(options_read_time("22:13", now, &out), 0);
	assert_int_equal(out, now - 20);
	assert_int_equal(options_read_time("2023-11-14", now, &out), 0);
	assert_int_equal(out, 1699920000);
	assert_true(options_read_time("yesterday", now, &out) < 0);
	assert_true(options_read_time("2023-13-14", now, &out) < 0);
	assert_true(options_read_time("25:00", now, &out) < 0);
	assert_true(options_read_time("@", now, &out) < 0);
	assert_true(options_read_time("", now, &out) < 0);
}

static void hosts_with_and_without_their_domain(void **state)
{
	static const struct {
		const char *node, *host;
		bool is_same;
	} rows[] = {
		{NULL, "vm", true},
		{"vm", "vm", true},
		{"vm.example.com", "vm", true},
		{"vm", "vm.example.com", true},
		{"vm.example.com", "vm.example.com", true},
		{"vm.example.com", "vm.example.net", false},
		{"vm2.example.com", "vm", false},
		{"v.example.com", "vm", false},
		{"", "vm", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (denial_is_of_host(&(struct denial){.node = rows[i].node}, rows[i].host) !=
		    rows[i].is_same)
			fail_msg("%s on %s", rows[i].node ?: "none", rows[i].host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_signed_decimals_of_32_bits),
		cmocka_unit_test(damaged_keys_are_turned_back),
		cmocka_unit_test(events_tell_their_time),
		cmocka_unit_test(a_date_that_can_be_read_in_two_ways_is_no_time),
		cmocka_unit_test(options_take_times),
		cmocka_unit_test(hosts_with_and_without_their_domain),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
