/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts that limits are read from, and the arithmetic on them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "ipc_limits.h"

static void reads_a_number_alone(void **state)
{
	static const struct {
		const char *text;
		bool is_number;
		uint64_t value;
	} rows[] = {
		{"0\n", true, 0},
		{"256", true, 256},
		{"18446744073709551615\n", true, UINT64_MAX},
		{"18446744073709551616\n", false, 0},
		{"-1\n", false, 0},
		{" 1\n", false, 0},
		{"", false, 0},
		{"\n", false, 0},
		{"12 13\n", false, 0},
		{"0x10\n", false, 0},
		{"1G\n", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t value = 0;

		if (limit_parse(rows[i].text, &value) != rows[i].is_number)
			fail_msg("'%s'", rows[i].text);
		if (rows[i].is_number)
			assert_int_equal(value, rows[i].value);
	}
}

static void reads_the_soft_limit_of_queues(void **state)
{
	static const char head[] =
		"Limit                     Soft Limit           Hard Limit           Units     \n";
	static const struct {
		const char *line;
		bool is_there;
		uint64_t value;
	} rows[] = {
		{"Max msgqueue size         819200               900000               bytes     \n",
		 true, 819200},
		{"Max msgqueue size         unlimited            unlimited            bytes     \n",
		 true, OBJECT_UNKNOWN},
		{"Max msgqueue size         0                    0                    bytes     \n",
		 true, 0},
		{"Max msgqueue size         -5                   0                    bytes     \n",
		 false, 0},
		{"Max msgqueue size         ", false, 0},
		{"XMax msgqueue size        819200               900000               bytes     \n",
		 false, 0},
		{"Max pending signals       5                    5                    signals   \n",
		 false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[512];
		uint64_t value = 1;

		snprintf(text, sizeof(text), "%s%s", head, rows[i].line);
		if (limit_parse_msgqueue(text, &value) != rows[i].is_there)
			fail_msg("'%s'", rows[i].line);
		if (rows[i].is_there)
			assert_int_equal(value, rows[i].value);
	}
}

static void percent_is_exact_and_never_overflows(void **state)
{
	static const struct {
		uint64_t used, value;
		long percent;
	} rows[] = {
		{0, 10, 0},
		{8, 9, 88},
		{9, 10, 90},
		{899, 1000, 89},
		{10, 10, 100},
		{11, 10, 110},
		{UINT64_MAX - 1, UINT64_MAX - 1, 100},
		{UINT64_MAX / 2, UINT64_MAX - 1, 50},
		{0, UINT64_MAX - 1, 0},
		/* nothing is allowed: all of it is used */
		{0, 0, 100},
		{OBJECT_UNKNOWN, 10, -1},
		{10, OBJECT_UNKNOWN, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct limit limit = {.used = rows[i].used, .value = rows[i].value};

		assert_int_equal(limit_percent(&limit), rows[i].percent);
	}
}

/* 64-bit: struct msg_msg and struct posix_msg_tree_node are of 48 bytes each */
static void a_queue_costs_more_than_its_messages(void **state)
{
	(void)state;
	if (sizeof(long) != 8)
		skip();
	assert_int_equal(limit_queue_cost(10, 8192), 10 * 8192 + 10 * 48 + 10 * 48);
	assert_int_equal(limit_queue_cost(0, 8192), 0);
	/* no more tree nodes than there are priorities */
	assert_int_equal(limit_queue_cost(65536, 1), 65536 + 65536 * 48 + 32768 * 48);
	assert_int_equal(limit_queue_cost(UINT32_MAX, UINT32_MAX),
			 (uint64_t)UINT32_MAX * UINT32_MAX + (uint64_t)UINT32_MAX * 48 +
				 32768 * 48);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_number_alone),
		cmocka_unit_test(reads_the_soft_limit_of_queues),
		cmocka_unit_test(percent_is_exact_and_never_overflows),
		cmocka_unit_test(a_queue_costs_more_than_its_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
