/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The process table: recorded, hostile and damaged text of /proc, and who counts as alive. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "procs_parse.h"

#define STAT_TAIL                                                               \
	" S 17 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 2928640 245 " \
	"18446744073709551615\n"

static void counts_stat_fields_from_the_last_parenthesis(void **state)
{
	static const char *const names[] = {"(sh)",	   "(a b)",	"())",
					    "() Z 1 1 1)", "(\n) R 9)", "()"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char text[256];
		struct proc proc = {0};

		snprintf(text, sizeof(text), "42 %s" STAT_TAIL, names[i]);
		assert_int_equal(procs_parse_stat(text, &proc), 0);
		assert_int_equal(proc.ppid, 17);
		assert_int_equal(proc.start_ticks, 987654);
		assert_int_equal(proc.threads, 1);
		assert_false(proc.is_kernel_thread);
	}
}

static void knows_kernel_threads_by_their_flag(void **state)
{
	struct proc proc = {0};

	(void)state;
	assert_int_equal(procs_parse_stat("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 "
					  "1 0 5 0 0\n",
					  &proc),
			 0);
	assert_true(proc.is_kernel_thread);
}

/* Every truncation is refused or gives the same as the whole: never a wrong start time. */
static void refuses_damaged_stat(void **state)
{
	static const char whole[] = "42 (sh)" STAT_TAIL;
	const char *end_of_start = strstr(whole, "987654") + strlen("987654");

	(void)state;
	for (size_t length = 0; length < (size_t)(end_of_start - whole) - 6; length++) {
		char text[sizeof(whole)];
		struct proc proc = {0};

		memcpy(text, whole, length);
		text[length] = '\0';
		assert_int_equal(procs_parse_stat(text, &proc), -EBADMSG);
	}
}

#define STATUS(state, threads)                                                                  \
	"Name:\tsh\nUmask:\t0022\nState:\t" state "\nTgid:\t42\nUid:\t2001\t2002\t2003\t2004\n" \
	"Gid:\t1\t1\t1\t1\nThreads:\t" threads "\n"

static void reads_uids_and_zombies_from_status(void **state)
{
	struct proc_status status;

	(void)state;
	assert_int_equal(procs_parse_status(STATUS("S (sleeping)", "1"), &status), 0);
	assert_int_equal(status.ruid, 2001);
	assert_int_equal(status.euid, 2002);
	assert_int_equal(status.suid, 2003);
	assert_false(status.is_dead);
	assert_int_equal(procs_parse_status(STATUS("Z (zombie)", "3"), &status), 0);
	assert_true(status.is_dead);
	assert_int_equal(procs_parse_status("", &status), -EBADMSG);
	assert_int_equal(procs_parse_status("State:\tS\n", &status), -EBADMSG);
	assert_int_equal(procs_parse_status("State:\tS\nUid:\t1\t2\n", &status), -EBADMSG);
	assert_int_equal(procs_parse_status("State:\n", &status), -EBADMSG);
	/* the kernel writes a newline in the name as the two characters \n */
	assert_int_equal(procs_parse_status("Name:\tx\\nUid:\t0\t0\t0\nState:\tS\nUid:\t5\t5\t5\n",
					    &status),
			 0);
	assert_int_equal(status.ruid, 5);
}

static void finds_the_unit_in_a_cgroup_path(void **state)
{
	static const struct {
		const char *path, *unit;
	} cases[] = {
		{"/system.slice/postgresql@15-main.service", "postgresql@15-main.service"},
		{"/system.slice/system-x.slice/x@1.service/sub/deeper", "x@1.service"},
		{"/user.slice/user-1000.slice/user@1000.service/.control", "user@1000.service"},
		{"/user.slice/user-1000.slice/user@1000.service/init.scope", "init.scope"},
		{"/user.slice/user-1000.slice/session-3.scope", "session-3.scope"},
		{"/system.slice/_cpu.service", "cpu.service"},
		{"/system.slice/.service", NULL},
		{"/system.slice", NULL},
		{"/", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char unit[UNIT_NAME_SIZE] = "";
		int r = cgroup_unit(cases[i].path, unit);

		print_message("%s\n", cases[i].path);
		assert_int_equal(r, cases[i].unit ? 0 : -ENOENT);
		if (cases[i].unit)
			assert_string_equal(unit, cases[i].unit);
	}
}

static void counts_the_units_on_the_way(void **state)
{
	static const struct {
		const char *path;
		size_t count;
	} cases[] = {
		{"/", 0},
		{"", 0},
		{"/user.slice/user-1000.slice", 0},
		{"/system.slice/a.service", 1},
		{"/system.slice/a.service/control", 1},
		{"/system.slice/a.service/b.service", 2},
		{"/user.slice/user-1000.slice/session-3.scope", 1},
		{"/user.slice/user-1000.slice/user@1000.service/app.slice/a.service", 2},
		{"/machine.slice/machine-x.scope/payload/system.slice/a.service", 2},
		{"/.service/x.services", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (cgroup_unit_count(cases[i].path) != cases[i].count)
			fail_msg("%s: %zu", cases[i].path, cgroup_unit_count(cases[i].path));
}

static void reads_the_cgroup_of_every_hierarchy(void **state)
{
	char path[CGROUP_PATH_SIZE];
	char *huge = malloc(2 * CGROUP_PATH_SIZE);

	(void)state;
	assert_int_equal(procs_parse_cgroup("0::/system.slice/a.service\n", path), 0);
	assert_string_equal(path, "/system.slice/a.service");
	assert_int_equal(procs_parse_cgroup(
				 "9:cpu:/x\n1:name=systemd:/system.slice/b.service\n0::/\n", path),
			 0);
	assert_string_equal(path, "/system.slice/b.service");
	assert_int_equal(procs_parse_cgroup("9:cpu:/x\n0::/\n", path), 0);
	assert_string_equal(path, "/");
	assert_int_equal(procs_parse_cgroup("9:cpu:/x\n", path), -ENODATA);
	assert_int_equal(procs_parse_cgroup("", path), -ENODATA);
	memset(huge, 'a', 2 * CGROUP_PATH_SIZE - 1);
	memcpy(huge, "0::", 3);
	huge[2 * CGROUP_PATH_SIZE - 1] = '\0';
	assert_int_equal(procs_parse_cgroup(huge, path), -ENAMETOOLONG);
	free(huge);
}

static void believes_a_pid_only_with_its_start_time(void **state)
{
	struct proc all[] = {
		{.pid = 100, .started = 5000},
		{.pid = 200, .started = 5000, .is_kernel_thread = true},
	};
	const struct procs procs = {.all = all, .count = 2, .proc_fd = -1, .boot = 1000};

	(void)state;
	assert_true(procs_may_be_alive(&procs, 100, 5000));
	assert_true(procs_may_be_alive(&procs, 100, 9000));
	assert_true(procs_may_be_alive(&procs, 100, 4998));  /* within the slack */
	assert_false(procs_may_be_alive(&procs, 100, 4997)); /* the pid was reused */
	assert_false(procs_may_be_alive(&procs, 101, 5000));
	assert_false(procs_may_be_alive(&procs, 0, 5000));
	assert_false(procs_may_be_alive(&procs, 200, 5000));
	/* an object older than the boot: the clock was set, start times prove nothing */
	assert_true(procs_may_be_alive(&procs, 100, 999));
}

static void sees_itself_with_its_callers(void **state)
{
	struct procs procs;
	struct presence presence;
	uid_t ruid, euid, suid;

	(void)state;
	assert_int_equal(procs_read(&procs), 0);
	assert_non_null(procs_find(&procs, getpid()));
	assert_int_equal(procs_find(&procs, getpid())->ppid, getppid());
	assert_true(procs_is_caller(&procs, getpid()));
	assert_true(procs_is_caller(&procs, getppid()));
	assert_int_equal(getresuid(&ruid, &euid, &suid), 0);
	assert_true(proc_is_of(procs_find(&procs, getpid()), ruid));
	/* nobody has this uid; a process of ours would make it present */
	procs_presence(&procs, 3999999999u, NULL, &presence);
	assert_int_equal(presence.alive, 0);
	procs_done(&procs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_stat_fields_from_the_last_parenthesis),
		cmocka_unit_test(knows_kernel_threads_by_their_flag),
		cmocka_unit_test(refuses_damaged_stat),
		cmocka_unit_test(reads_uids_and_zombies_from_status),
		cmocka_unit_test(finds_the_unit_in_a_cgroup_path),
		cmocka_unit_test(counts_the_units_on_the_way),
		cmocka_unit_test(reads_the_cgroup_of_every_hierarchy),
		cmocka_unit_test(believes_a_pid_only_with_its_start_time),
		cmocka_unit_test(sees_itself_with_its_callers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
