/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the audit log gets to know of a run, and where there is none to tell. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cap-ng.h>
#include <cmocka.h>

#include "log_audit.h"

/* The kernel takes no audit record from us: nothing is told to the host. */
static int give_up_audit(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return 0;
	capng_get_caps_process();
	capng_update(CAPNG_DROP, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_AUDIT_WRITE);
	return capng_apply(CAPNG_SELECT_CAPS);
}

static const struct report user_report = {
	.command = "user", .has_target_uid = true, .target_uid = 1000};

static void audit_text_of_a_user(void **state)
{
	const struct report_sums sums = {3, 2, 1, UINT64_MAX, 4096};
	char text[AUDIT_TEXT_SIZE];

	(void)state;
	log_audit_text(&user_report, &sums, text);
	assert_string_equal(text, "op=ipc-remove cmd=user target-uid=1000 target-unit=? removed=3 "
				  "kept=2 failed=1 bytes=18446744073709551615 wiped=4096");
}

static void audit_text_hides_no_pair_in_a_unit(void **state)
{
	static const struct {
		const char *unit, *text;
	} cases[] = {
		{"a\\x2db@1.service", " target-unit=\"a\\x2db@1.service\" "},
		{"a b.service", " target-unit=6120622E73657276696365 "},
		{"a\"b", " target-unit=612262 "},
		{"a\nb", " target-unit=610A62 "},
		{"\xc3\xbc", " target-unit=C3BC "},
		{"\x7f", " target-unit=7F "},
		{NULL, " target-unit=? "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct report report = {.command = "service", .target_unit = cases[i].unit};
		const struct report_sums sums = {0};
		char text[AUDIT_TEXT_SIZE];

		log_audit_text(&report, &sums, text);
		assert_non_null(strstr(text, " target-uid=? "));
		if (!strstr(text, cases[i].text))
			fail_msg("no%sin %s", cases[i].text, text);
	}
}

/* The longest name that a unit can have, and one that none can: the pairs behind it are there. */
static void audit_text_has_room_for_every_unit(void **state)
{
	const struct report_sums sums = {SIZE_MAX, SIZE_MAX, SIZE_MAX, UINT64_MAX, UINT64_MAX};
	struct report report = {
		.command = "service", .has_target_uid = true, .target_uid = ~0u - 1};
	char unit[2001] = "", text[AUDIT_TEXT_SIZE];
	const size_t lengths[] = {255, 2000};

	(void)state;
	report.target_unit = unit;
	for (size_t i = 0; i < 4; i++) {
		memset(unit, i % 2 ? ' ' : 'a', lengths[i / 2]);
		unit[lengths[i / 2]] = '\0';
		log_audit_text(&report, &sums, text);
		assert_non_null(strstr(text, " wiped=18446744073709551615"));
	}
}

static void audit_that_is_not_permitted_is_no_error(void **state)
{
	const struct report_sums sums = {.removed = 1};

	(void)state;
	if (geteuid() != 0) {
		print_message("# SKIP not root\n");
		skip();
	}
	assert_int_equal(log_audit(&user_report, &sums), 0);
}

static void become_root_of_a_container(const struct report_sums *sums)
{
	FILE *map;

	if (unshare(CLONE_NEWUSER) < 0 || !(map = fopen("/proc/self/uid_map", "we")))
		_exit(77);
	if (fputs("0 0 1\n", map) < 0 || fclose(map) != 0)
		_exit(77);
	_exit(geteuid() == 0 && log_audit(&user_report, sums) == 0 ? 0 : 1);
}

/* In a user namespace nobody listens to audit messages. */
static void audit_in_a_container_is_no_error(void **state)
{
	const struct report_sums sums = {.removed = 1};
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		become_root_of_a_container(&sums);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("# SKIP no user namespaces\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(audit_text_of_a_user),
		cmocka_unit_test(audit_text_hides_no_pair_in_a_unit),
		cmocka_unit_test(audit_text_has_room_for_every_unit),
		cmocka_unit_test(audit_that_is_not_permitted_is_no_error),
		cmocka_unit_test(audit_in_a_container_is_no_error),
	};

	return cmocka_run_group_tests(tests, give_up_audit, NULL);
}
