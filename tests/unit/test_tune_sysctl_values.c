/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which values are taken at all, and what files below a /proc/sys of the test's own give and get. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cleanup.h"
#include "sysctl_values.h"
#include "tree.h"

static const struct {
	const char *name, *text;
	int result;
} rows[] = {
	{"kernel.shmmni", "4096", 0},
	{"kernel/shmmni", " 4096\n", 0},
	{"kernel.shmmni", "16777216", 0},
	{"kernel.shmmni", "16777217", -ERANGE},
	{"kernel.shmmni", "-1", -EINVAL},
	{"kernel.shmmni", "+1", -EINVAL},
	{"kernel.shmmni", "", -EINVAL},
	{"kernel.shmmni", "1 2", -EINVAL},
	{"kernel.shmmax", "18446744073709551615", 0},
	{"kernel.shmmax", "18446744073709551616", -ERANGE},
	{"kernel.shmmax", "64G", -EINVAL},
	{"kernel.shmmax", "0x10", -EINVAL},
	{"kernel.sem", "1\t2\t3\t4\n", 0},
	{"kernel.sem", "1 2 3", -EINVAL},
	{"kernel.sem", "1 2 3 4 5", -EINVAL},
	{"kernel.sem", "1,2,3,4", -EINVAL},
	{"kernel.sem", "2147483647 2147483647 2147483647 16777216", 0},
	{"kernel.sem", "2147483648 1 1 1", -ERANGE},
	{"kernel.sem", "1 1 1 16777217", -ERANGE},
	{"kernel.msgmax", "2147483647", 0},
	{"kernel.msgmax", "2147483648", -ERANGE},
	{"fs.mqueue.msg_max", "65536", 0},
	{"fs.mqueue.msg_max", "65537", -ERANGE},
	{NR_HUGEPAGES, "12", 0},
	{NR_HUGEPAGES, "9223372036854775808", -ERANGE},
	{"vm.nr_hugepages_mempolicy", "12", -ENOENT},
	{"kernel.shmmnix", "1", -ENOENT},
};

static void values_that_a_kernel_may_take(void **state)
{
	struct sysctl_value value;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r = sysctl_value_parse(&value, rows[i].name, rows[i].text);

		if (r != rows[i].result)
			fail_msg("%s=%s: %d, wanted %d", rows[i].name, rows[i].text, r,
				 rows[i].result);
	}
}

static struct sysctl_value value_of(const char *name, const char *text)
{
	struct sysctl_value value;

	assert_int_equal(sysctl_value_parse(&value, name, text), 0);
	return value;
}

static void one_lower_number_lowers(void **state)
{
	const struct sysctl_value a = value_of("kernel.sem", "1 2 3 4");
	const struct sysctl_value same = value_of("kernel.sem", "1 2 3 4");
	const struct sysctl_value mixed = value_of("kernel.sem", "9 9 9 3");
	const struct sysctl_value higher = value_of("kernel.sem", "1 2 3 5");

	(void)state;
	assert_true(sysctl_value_is_same(&a, &same));
	assert_false(sysctl_value_is_same(&a, &higher));
	assert_false(sysctl_value_lowers(&same, &a));
	assert_false(sysctl_value_lowers(&higher, &a));
	assert_true(sysctl_value_lowers(&mixed, &a));
}

static int open_values(const struct tree *tree)
{
	int proc_sys;

	tree_make_parents(tree, "proc/sys/kernel/x");
	proc_sys = sysctl_values_open(tree->root);
	assert_true(proc_sys >= 0);
	return proc_sys;
}

static void what_is_written_is_read_back(void **state)
{
	_cleanup_close_ int proc_sys = open_values(*state);
	struct sysctl_value wanted = value_of("kernel.sem", "1 2 3 4"), got;
	char text[SYSCTL_TEXT_SIZE];

	tree_write(*state, "proc/sys/kernel/sem", "32000\t1024000000\t500\t32000\n");
	assert_int_equal(sysctl_value_write(proc_sys, &wanted, &got), SYSCTL_IN_FORCE);
	got = value_of("kernel.sem", "0 0 0 0");
	assert_int_equal(sysctl_value_read(proc_sys, &got), 0);
	assert_string_equal(sysctl_value_print(&got, text), "1 2 3 4");
}

static void unexpected_texts_are_no_values(void **state)
{
	static const char *const texts[] = {"", "-1\t2\t3\t4\n", "1\t2\t3\n", "a b c d",
					    "1 2 3 4 5\n"};
	_cleanup_close_ int proc_sys = open_values(*state);
	struct sysctl_value value = value_of("kernel.sem", "1 2 3 4");

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		tree_write(*state, "proc/sys/kernel/sem", texts[i]);
		assert_int_equal(sysctl_value_read(proc_sys, &value), -EINVAL);
	}
	tree_write(*state, "proc/sys/kernel/sem", "5 6 7 8");
	assert_int_equal(sysctl_value_read(proc_sys, &value), 0);
}

static void a_link_is_not_followed(void **state)
{
	const struct tree *tree = *state;
	_cleanup_close_ int proc_sys = open_values(tree);
	struct sysctl_value value = value_of("kernel.shmmni", "1"), got;
	char path[TREE_PATH_SIZE];

	tree_write(tree, "victim", "5\n");
	assert_int_equal(
		symlink("../../../victim", tree_path(tree, "proc/sys/kernel/shmmni", path)), 0);
	assert_int_equal(sysctl_value_try(proc_sys, &value), -ELOOP);
	assert_int_equal(sysctl_value_write(proc_sys, &value, &got), -ELOOP);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(sysctl_value_try(proc_sys, &value), -ENOENT);
	tree_write(tree, "proc/sys/kernel/shmmni", "5\n");
	assert_int_equal(sysctl_value_try(proc_sys, &value), 0);
}

#define IN_TREE(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_that_a_kernel_may_take),
		cmocka_unit_test(one_lower_number_lowers),
		IN_TREE(what_is_written_is_read_back),
		IN_TREE(unexpected_texts_are_no_values),
		IN_TREE(a_link_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
