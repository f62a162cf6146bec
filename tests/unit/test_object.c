/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How objects, keys, sizes and spans are read and written. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "object.h"

static void reads_and_writes_keys(void **state)
{
	static const struct {
		const char *text;
		int r;
		uint32_t key;
	} cases[] = {
		{"0x1234abcd", 0, 0x1234abcd},
		{"0X1234ABCD", 0, 0x1234abcd},
		{"305441741", 0, 0x1234abcd},
		{"0", 0, 0},
		{"0xffffffff", 0, 0xffffffff},
		{"4294967295", 0, 0xffffffff},
		{"-1", 0, 0xffffffff},
		{"-2147478988", 0, 0x80001234},
		{"-2147483648", 0, 0x80000000},
		{"010", 0, 10},
		{"0x100000000", -ERANGE, 0},
		{"4294967296", -ERANGE, 0},
		{"-2147483649", -ERANGE, 0},
		{"99999999999999999999", -ERANGE, 0},
		{"", -EINVAL, 0},
		{"0x", -EINVAL, 0},
		{"0x-1", -EINVAL, 0},
		{"-", -EINVAL, 0},
		{"--1", -EINVAL, 0},
		{"+1", -EINVAL, 0},
		{" 1", -EINVAL, 0},
		{"1 ", -EINVAL, 0},
		{"12g", -EINVAL, 0},
	};
	char buf[KEY_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t key = 0;

		print_message("%s\n", cases[i].text);
		assert_int_equal(key_parse(cases[i].text, &key), cases[i].r);
		assert_int_equal(key, cases[i].key);
	}
	assert_string_equal(key_format(0x80001234, buf), "0x80001234");
	assert_string_equal(key_format(0, buf), "0x00000000");
}

static void reads_spans_as_systemd_does(void **state)
{
	static const struct {
		const char *text;
		int r;
		uint64_t ns;
	} cases[] = {
		{"0", 0, 0},
		{"90", 0, 90000000000},
		{"90s", 0, 90000000000},
		{"5min", 0, 300000000000},
		{"2h", 0, 7200000000000},
		{"2h 30min", 0, 9000000000000},
		{"2h30min", 0, 9000000000000},
		{"1 d", 0, 86400000000000},
		{"500ms", 0, 500000000},
		{"1us", 0, 1000},
		{" 3 s ", 0, 3000000000},
		{"9223372036s", 0, 9223372036000000000},
		{"9223372037s", -ERANGE, 1},
		{"99999999999999999999s", -ERANGE, 1},
		{"18446744073709551615w", -ERANGE, 1},
		{"", -EINVAL, 1},
		{" ", -EINVAL, 1},
		{"s", -EINVAL, 1},
		{"-1s", -EINVAL, 1},
		{"1.5h", -EINVAL, 1},
		{"5 fortnights", -EINVAL, 1},
		{"infinity", -EINVAL, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t ns = 1;

		print_message("%s\n", cases[i].text);
		assert_int_equal(span_parse(cases[i].text, &ns), cases[i].r);
		assert_int_equal(ns, cases[i].ns);
	}
}

static void writes_sizes_with_one_digit(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{0, "0"},
		{1023, "1023"},
		{1024, "1.0K"},
		{1536, "1.5K"},
		{1024 * 1024 - 1, "1023.9K"},
		{1024 * 1024, "1.0M"},
		{UINT64_C(3) << 30, "3.0G"},
		{UINT64_C(1) << 40, "1.0T"},
		{UINT64_MAX, "15.9E"},
	};
	char buf[SIZE_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(size_format(cases[i].bytes, buf), cases[i].text);
}

static void reads_sets_of_kinds(void **state)
{
	unsigned set = 7;

	(void)state;
	assert_int_equal(kinds_parse("shm,pmq", &set), 0);
	assert_int_equal(set, KIND_BIT(KIND_SHM) | KIND_BIT(KIND_PMQ));
	assert_int_equal(kinds_parse("shm,sem,msg,pshm,psem,pmq", &set), 0);
	assert_int_equal(set, KINDS_ALL);
	set = 7;
	assert_int_equal(kinds_parse("", &set), -EINVAL);
	assert_int_equal(kinds_parse("shm,", &set), -EINVAL);
	assert_int_equal(kinds_parse(",shm", &set), -EINVAL);
	assert_int_equal(kinds_parse("shm sem", &set), -EINVAL);
	assert_int_equal(kinds_parse("shmx", &set), -EINVAL);
	assert_int_equal(set, 7);
}

static void writes_hostile_names_harmlessly(void **state)
{
	static const struct {
		const char *name, *text;
	} cases[] = {
		{"/plain", "/plain"},
		{"/with space", "/with space"},
		{"/new\nline", "/new\\x0aline"},
		{"/esc\x1b[2J", "/esc\\x1b[2J"},
		{"/back\\slash", "/back\\x5cslash"},
		{"/\xc3\xa4", "/\xc3\xa4"},
		{"/\xe2\x82\xac", "/\xe2\x82\xac"},
		{"/\xf0\x9f\x98\x80", "/\xf0\x9f\x98\x80"},
		{"/\xc2\x9b", "/\\xc2\\x9b"},	       /* C1: an escape sequence of its own */
		{"/\xe2\x80\xae", "/\\xe2\\x80\\xae"}, /* right-to-left override */
		{"/\xc3", "/\\xc3"},		       /* cut off */
		{"/\xc0\x80", "/\\xc0\\x80"},	       /* overlong */
		{"/\xed\xa0\x80", "/\\xed\\xa0\\x80"}, /* surrogate */
		{"/\xff", "/\\xff"},
		{"/\x7f", "/\\x7f"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = name_escape(cases[i].name);

		assert_string_equal(text, cases[i].text);
		free(text);
	}
	assert_null(name_escape(NULL));
}

static void refers_to_objects_by_kind_and_id_or_name(void **state)
{
	char name[] = "/a\tb";
	struct ipc_object shm = {.kind = KIND_SHM, .id = 0};
	struct ipc_object queue = {.kind = KIND_PMQ, .id = -1, .name = name};
	char *text;

	(void)state;
	text = object_ref(&shm);
	assert_string_equal(text, "shm:0");
	free(text);
	text = object_ref(&queue);
	assert_string_equal(text, "pmq:/a\\x09b");
	free(text);
}

static void knows_how_objects_are_called(void **state)
{
	static const char *const refs[] = {"shm:0",   "sem:32768", "msg:7",
					   "pshm:/x", "psem:/a b", "pmq:/x\\x0a"};
	static const char *const none[] = {"",	     "shm",   "shm:",  "shm:0xa11", "shm:-1",
					   "shm:/x", "key:7", "pshm:", "pmq:/",	    "pshm:x",
					   "psem:3", "0xa11", ":1"};

	enum ipc_kind kind;
	const char *which;

	(void)state;
	for (size_t i = 0; i < sizeof(refs) / sizeof(refs[0]); i++)
		if (object_parse_ref(refs[i], &kind, &which) < 0)
			fail_msg("%s is none", refs[i]);
	assert_int_equal(kind, KIND_PMQ);
	assert_string_equal(which, "/x\\x0a");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (object_parse_ref(none[i], &kind, &which) != -EINVAL)
			fail_msg("%s is one", none[i]);
}

static void reads_uids(void **state)
{
	uid_t uid = 7;

	(void)state;
	assert_int_equal(uid_parse("4294967294", &uid), 0);
	assert_int_equal(uid, 4294967294u);
	assert_int_equal(uid_parse("4294967295", &uid), -ERANGE); /* (uid_t)-1 is nobody */
	assert_int_equal(uid_parse("-1", &uid), -EINVAL);
	assert_int_equal(uid_parse("", &uid), -EINVAL);
	assert_int_equal(uid_parse("10x", &uid), -EINVAL);
	assert_int_equal(uid, 4294967294u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes_keys),
		cmocka_unit_test(reads_spans_as_systemd_does),
		cmocka_unit_test(writes_sizes_with_one_digit),
		cmocka_unit_test(reads_sets_of_kinds),
		cmocka_unit_test(writes_hostile_names_harmlessly),
		cmocka_unit_test(refers_to_objects_by_kind_and_id_or_name),
		cmocka_unit_test(knows_how_objects_are_called),
		cmocka_unit_test(reads_uids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
