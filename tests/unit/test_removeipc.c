/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RemoveIPC= of logind: which of many files has the last word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "removeipc.h"
#include "tree.h"

#define MAIN "etc/systemd/logind.conf"
#define ETC "etc/systemd/logind.conf.d/"
#define RUN "run/systemd/logind.conf.d/"
#define USR "usr/lib/systemd/logind.conf.d/"
#define OFF "[Login]\nRemoveIPC=no\n"
#define ON "[Login]\nRemoveIPC=yes\n"

static int setup(void **state)
{
	int r = tree_setup(state);

	if (r == 0)
		tree_write(*state, "run/systemd/seats/x", "");
	return r;
}

static bool is_on(void *tree)
{
	return removeipc_is_on(((const struct tree *)tree)->root);
}

static void is_on_by_default_where_logind_is(void **state)
{
	assert_true(is_on(*state));
}

static void is_off_where_no_logind_is(void **state)
{
	tree_write(*state, MAIN, ON);
	assert_false(is_on(*state));
}

static void is_known_by_the_program(void **state)
{
	tree_write(*state, "usr/lib/systemd/systemd-logind", "");
	assert_true(is_on(*state));
}

static void reads_the_main_file(void **state)
{
	static const struct {
		const char *text;
		bool is_on;
	} cases[] = {
		{OFF, false},
		{ON, true},
		{"[Login]\n#RemoveIPC=no\n", true},
		{"[Login]\n;RemoveIPC=no\n", true},
		{"[Login]\n  RemoveIPC = off \n", false},
		{"[Login]\nRemoveIPC=0", false},
		{"[Login]\nRemoveIPC=False\n", false},
		{"[Login]\nRemoveIPC=no\nRemoveIPC=yes\n", true},
		{"[Login]\nRemoveIPC=no\nRemoveIPC=perhaps\n", false},
		{"[Other]\nRemoveIPC=no\n", true},
		{"[Login]\n[Other]\nRemoveIPC=no\n", true},
		{"RemoveIPC=no\n", true},
		{"[Login]\nXRemoveIPC=no\n", true},
		{"[Login]\nRemoveIPC\n", true},
		{"[Login\nRemoveIPC=no\n", true},
		{"", true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tree_write(*state, MAIN, cases[i].text);
		if (is_on(*state) != cases[i].is_on)
			fail_msg("case %zu: %s", i, cases[i].text);
	}
}

static void first_main_file_counts_alone(void **state)
{
	tree_write(*state, "usr/lib/systemd/logind.conf", OFF);
	assert_false(is_on(*state));
	tree_write(*state, MAIN, "[Login]\n");
	assert_true(is_on(*state));
}

static void dropin_beats_the_main_file(void **state)
{
	tree_write(*state, MAIN, ON);
	tree_write(*state, USR "50-ipcguard.conf", OFF);
	assert_false(is_on(*state));
}

/* By name, whatever the directory. */
static void last_name_has_the_last_word(void **state)
{
	tree_write(*state, ETC "10-a.conf", OFF);
	tree_write(*state, USR "90-z.conf", ON);
	assert_true(is_on(*state));
	tree_write(*state, RUN "99-z.conf", OFF);
	assert_false(is_on(*state));
	tree_write(*state, RUN "99-zz.conf.bak", ON);
	assert_false(is_on(*state));
}

static void same_name_masks_by_directory(void **state)
{
	tree_write(*state, USR "50-x.conf", OFF);
	tree_write(*state, RUN "50-x.conf", ON);
	assert_true(is_on(*state));
	tree_write(*state, ETC "50-x.conf", "");
	assert_true(is_on(*state));
	tree_write(*state, ETC "50-x.conf", OFF);
	assert_false(is_on(*state));
}

static void a_link_to_dev_null_masks(void **state)
{
	char path[TREE_PATH_SIZE];

	tree_write(*state, USR "50-x.conf", OFF);
	assert_false(is_on(*state));
	tree_make_parents(*state, ETC "50-x.conf");
	assert_int_equal(symlink("/dev/null", tree_path(*state, ETC "50-x.conf", path)), 0);
	assert_true(is_on(*state));
}

/* The file that we ship does what it is for. */
static void shipped_dropin_turns_it_off(void **state)
{
	char text[4096];
	FILE *f = fopen("hooks/systemd/logind.conf.d/50-ipcguard.conf", "re");

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	tree_write(*state, MAIN, ON);
	tree_write(*state, USR "50-ipcguard.conf", text);
	assert_false(is_on(*state));
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(is_on_by_default_where_logind_is),
		cmocka_unit_test_setup_teardown(is_off_where_no_logind_is, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(is_known_by_the_program, tree_setup, tree_teardown),
		CASE(reads_the_main_file),
		CASE(first_main_file_counts_alone),
		CASE(dropin_beats_the_main_file),
		CASE(last_name_has_the_last_word),
		CASE(same_name_masks_by_directory),
		CASE(a_link_to_dev_null_masks),
		CASE(shipped_dropin_turns_it_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
