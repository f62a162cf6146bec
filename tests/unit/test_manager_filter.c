/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which calls a unit's SystemCallFilter= refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "manager.h"

static bool blocks(bool is_allow_list, const char *const *calls, const char *call)
{
	/* which are only read */
	const struct manager_filter filter = {.is_allow_list = is_allow_list,
					      .calls = (char **)(uintptr_t)calls};

	return manager_filter_blocks(&filter, call);
}

static void an_allow_list_refuses_what_it_lacks(void **state)
{
	const char *const calls[] = {"read", "shmget", "semtimedop_time64", NULL};

	(void)state;
	assert_false(blocks(true, calls, "shmget"));
	assert_true(blocks(true, calls, "shmat"));
	/* the beginning of a name is no name, nor is a longer one */
	assert_true(blocks(true, calls, "shm"));
	assert_true(blocks(true, calls, "semtimedop"));
	assert_true(blocks(true, NULL, "shmget"));
}

static void a_deny_list_refuses_what_it_has(void **state)
{
	const char *const calls[] = {"shmat:EPERM", "msgget", NULL};

	(void)state;
	assert_true(blocks(false, calls, "msgget"));
	assert_true(blocks(false, calls, "shmat"));
	assert_false(blocks(false, calls, "shmget"));
	assert_false(blocks(false, calls, "msgge"));
	/* no filter at all */
	assert_false(blocks(false, NULL, "shmget"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_allow_list_refuses_what_it_lacks),
		cmocka_unit_test(a_deny_list_refuses_what_it_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
