/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules: never wider than what was denied, and nothing of a log's in them that is no name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "suggest.h"

static void a_rule_is_what_was_denied(void **state)
{
	static const struct {
		const char *source, *target, *class, *permissions, *rule; /* NULL: none */
	} rows[] = {
		{"u:r:a_t:s0", "u:r:b_t:s0", "sem", "unix_read",
		 "(allow a_t b_t (sem (unix_read)))"},
		{"u:r:a_t", "u:r:b_t", "shm", "read write", "(allow a_t b_t (shm (read write)))"},
		{"u:r:a_t:s0", "u:r:a_t:s0", "shm", "create", "(allow a_t self (shm (create)))"},
		{"u:r:a_t:s0", "u:r:b)t:s0", "sem", "read", NULL},
		{"u:r:a t:s0", "u:r:b_t:s0", "sem", "read", NULL},
		{"u:r:a_t:s0", "u:r:b_t:s0", "se(m", "read", NULL},
		{"u:r:a_t:s0", "u:r:b_t:s0", "sem", "read)))", NULL},
		{"u:r:a_t:s0", "u:r:b_t:s0", "sem", "", NULL},
		{"u:r:a_t:s0", "u:r::s0", "sem", "read", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text text = {0};
		bool is_made = suggest_add_rule(&text, rows[i].source, rows[i].target,
						rows[i].class, rows[i].permissions);

		if (is_made != (rows[i].rule != NULL))
			fail_msg("row %zu: %s", i, text.bytes ? text.bytes : "none");
		if (is_made)
			assert_string_equal(text.bytes, rows[i].rule);
		text_done(&text);
	}
}

static void types_that_many_share(void **state)
{
	static const char *const shared[] = {"tmpfs_t", "user_tmpfs_t", "container_t",
					     "user_t",	"staff_t",	"sysadm_t"};

	(void)state;
	assert_true(suggest_is_shared_type("unconfined_service_t"));
	assert_true(suggest_is_shared_type("initrc_t"));
	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++)
		assert_true(suggest_is_shared_type(shared[i]));
	assert_false(suggest_is_shared_type("app_tmpfs_t"));
	assert_false(suggest_is_shared_type("tmpfs"));
	assert_false(suggest_is_shared_type("initrc_tmp_t"));
	assert_false(suggest_is_shared_type("httpd_t"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_is_what_was_denied),
		cmocka_unit_test(types_that_many_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
