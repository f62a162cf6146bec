/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The service manager: which names are units, and that a missing manager is told, not waited for.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "manager.h"

static void knows_names_of_services(void **state)
{
	static const struct {
		const char *name;
		bool is_service;
	} cases[] = {
		{"a.service", true},	     {"dbus-org.x_y:z.service", true},
		{"x\\x2dy.service", true},   {"pg@15-main.service", true},
		{"a@b@c.service", true},     {".service", false},
		{"service", false},	     {"", false},
		{"a.socket", false},	     {"a.service.d", false},
		{"a@.service", false},	     {"@b.service", false},
		{"a/b.service", false},	     {"../a.service", false},
		{"a b.service", false},	     {"a\n.service", false},
		{"\xc3\xa4.service", false}, {"a%n.service", false},
		{"a.SERVICE", false},	     {"a.service ", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (unit_name_is_service(cases[i].name) != cases[i].is_service)
			fail_msg("\"%s\" is %sone", cases[i].name,
				 cases[i].is_service ? "" : "none, not ");
}

static void knows_the_longest_name(void **state)
{
	char name[258];

	(void)state;
	memset(name, 'a', sizeof(name));
	strcpy(name + 255 - 8, ".service");
	assert_true(unit_name_is_service(name));
	memset(name, 'a', 255);
	strcpy(name + 256 - 8, ".service");
	assert_false(unit_name_is_service(name));
}

static void knows_what_names_are_made_of(void **state)
{
	(void)state;
	assert_true(unit_name_is_clean("a.socket"));
	assert_true(unit_name_is_clean("x\\x2dy@1:_.mount"));
	assert_false(unit_name_is_clean(""));
	assert_false(unit_name_is_clean("a b.service"));
	assert_false(unit_name_is_clean("a\x1b[31m.service"));
	assert_false(unit_name_is_clean("a/b"));
}

static void refuses_what_is_no_unit_name(void **state)
{
	struct manager_unit unit;

	(void)state;
	assert_int_equal(manager_read_unit("../x.service", NS_PER_S, &unit), -EINVAL);
}

/* Only where none runs: tests ask no manager of this machine. */
static void tells_that_no_manager_answers(void **state)
{
	uint64_t start_ns = clock_now_ns();
	struct manager_unit unit;
	char **names = NULL;

	(void)state;
	if (access("/run/systemd/system", F_OK) == 0)
		skip();
	assert_int_equal(manager_read_unit("x.service", NS_PER_S, &unit), -ENOTCONN);
	assert_null(unit.id);
	assert_int_equal(manager_units_of_user(1, NS_PER_S, &names), -ENOTCONN);
	assert_null(names);
	assert_int_equal(manager_reload(NS_PER_S), -ENOTCONN);
	assert_true(clock_now_ns() - start_ns < 4 * NS_PER_S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_names_of_services),
		cmocka_unit_test(knows_the_longest_name),
		cmocka_unit_test(knows_what_names_are_made_of),
		cmocka_unit_test(refuses_what_is_no_unit_name),
		cmocka_unit_test(tells_that_no_manager_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
