/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* enable and disable below a directory: only files of ours are written, replaced and removed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../hooks/commands.h"
#include "../../hooks/dropin.h"
#include "../../hooks/enable.h"
#include "tree.h"

#define DIR "etc/systemd/system/"
#define DROPIN DIR "db.service.d/50-ipcguard.conf"
#define FOREIGN "[Service]\nNice=3\n"

static char db[] = "db.service", short_db[] = "db", instance[] = "pg@15.service",
	    missing[] = "missing.service";

static int setup(void **state)
{
	int r = tree_setup(state);

	if (r == 0) {
		tree_write(*state, DIR "x.service", "[Service]\n");
		tree_write(*state, "usr/lib/systemd/system/db.service", "[Service]\n");
		tree_write(*state, "usr/lib/systemd/system/pg@.service", "[Service]\n");
	}
	return r;
}

static int enable(const struct tree *tree, char *name)
{
	const struct enable_options options = {.root = tree->root, .is_quiet = true};

	return enable_units(&name, 1, &options);
}

static int disable(const struct tree *tree, char *name)
{
	const struct enable_options options = {.root = tree->root, .is_quiet = true};

	return disable_units(&name, 1, &options);
}

static bool is_there(const struct tree *tree, const char *name)
{
	char path[TREE_PATH_SIZE];
	struct stat st;

	return lstat(tree_path(tree, name, path), &st) == 0;
}

static char *content(const struct tree *tree, const char *name, char buf[4096])
{
	char path[TREE_PATH_SIZE];
	FILE *f = fopen(tree_path(tree, name, path), "re");

	buf[0] = '\0';
	if (f) {
		buf[fread(buf, 1, 4095, f)] = '\0';
		fclose(f);
	}
	return buf;
}

static void writes_the_lines(void **state)
{
	char text[4096];

	assert_int_equal(enable(*state, db), EXIT_DONE);
	content(*state, DROPIN, text);
	assert_ptr_equal(strstr(text, "# Written by ipcclean enable"), text);
	assert_non_null(strstr(text, "ipcclean disable db.service\n"));
	assert_non_null(strstr(text, "\n[Service]\n"));
	assert_non_null(strstr(text, "\nExecStopPost=-+" BINDIR "/ipcclean service -q %n\n"));
	/* nobody says that the user is not shared */
	assert_non_null(strstr(text, "\nExecStartPre=-+" BINDIR "/ipcclean baseline %n\n"));
	assert_false(is_there(*state, DIR "db.service.d/.50-ipcguard.conf.new"));
}

static void leaves_the_baseline_out_where_it_is_not_asked_for(void **state)
{
	const struct tree *tree = *state;
	char text[4096];

	assert_int_equal(dropin_write(tree->root, db, false), 0);
	content(tree, DROPIN, text);
	assert_null(strstr(text, "baseline"));
	assert_non_null(strstr(text, "ExecStopPost="));
}

static void takes_names_without_suffix_and_instances(void **state)
{
	assert_int_equal(enable(*state, short_db), EXIT_DONE);
	assert_true(is_there(*state, DROPIN));
	assert_int_equal(enable(*state, instance), EXIT_DONE);
	assert_true(is_there(*state, DIR "pg@15.service.d/50-ipcguard.conf"));
}

static void enables_twice_and_disables_twice(void **state)
{
	assert_int_equal(enable(*state, db), EXIT_DONE);
	assert_int_equal(enable(*state, db), EXIT_DONE);
	assert_true(is_there(*state, DROPIN));
	assert_int_equal(disable(*state, db), EXIT_DONE);
	assert_false(is_there(*state, DIR "db.service.d"));
	assert_int_equal(disable(*state, db), EXIT_DONE);
}

static void writes_nothing_if_one_name_is_wrong(void **state)
{
	static char slash[] = "../db.service", socket[] = "db.socket", plain[] = "pg@.service";
	char *wrong[] = {missing, slash, socket, plain};
	const struct tree *tree = *state;
	const struct enable_options options = {.root = tree->root, .is_quiet = true};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char *names[] = {db, wrong[i]};

		assert_int_equal(enable_units(names, 2, &options), EXIT_USAGE);
		assert_false(is_there(tree, DIR "db.service.d"));
	}
	assert_int_equal(enable_units(NULL, 0, &options), EXIT_USAGE);
}

static void masked_units_do_not_exist(void **state)
{
	const struct tree *tree = *state;
	char path[TREE_PATH_SIZE];

	assert_int_equal(symlink("/dev/null", tree_path(tree, DIR "missing.service", path)), 0);
	assert_int_equal(enable(tree, missing), EXIT_USAGE);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/usr/lib/systemd/system/db.service", path), 0);
	assert_int_equal(enable(tree, missing), EXIT_DONE);
}

static void keeps_a_file_of_somebody_else(void **state)
{
	char text[4096];

	tree_write(*state, DROPIN, FOREIGN);
	assert_int_equal(enable(*state, db), EXIT_FAILED);
	assert_int_equal(disable(*state, db), EXIT_FAILED);
	assert_string_equal(content(*state, DROPIN, text), FOREIGN);
	/* a header cut short is not ours */
	tree_write(*state, DROPIN, "# Written by ipcclean ena");
	assert_int_equal(enable(*state, db), EXIT_FAILED);
	tree_write(*state, DROPIN, "");
	assert_int_equal(enable(*state, db), EXIT_FAILED);
}

static void removes_only_its_own_file(void **state)
{
	assert_int_equal(enable(*state, db), EXIT_DONE);
	tree_write(*state, DIR "db.service.d/other.conf", FOREIGN);
	assert_int_equal(disable(*state, db), EXIT_DONE);
	assert_false(is_there(*state, DROPIN));
	assert_true(is_there(*state, DIR "db.service.d/other.conf"));
}

static void follows_no_planted_link(void **state)
{
	const struct tree *tree = *state;
	char link[TREE_PATH_SIZE], target[TREE_PATH_SIZE], text[4096];

	/* in place of the file: to one with our header */
	assert_int_equal(enable(tree, db), EXIT_DONE);
	tree_path(tree, DROPIN, link);
	tree_path(tree, "victim", target);
	assert_int_equal(rename(link, target), 0);
	assert_int_equal(symlink(target, link), 0);
	assert_int_equal(enable(tree, db), EXIT_FAILED);
	assert_int_equal(disable(tree, db), EXIT_FAILED);
	assert_true(is_there(tree, DROPIN));
	assert_int_equal(unlink(link), 0);

	/* in place of the temporary file */
	tree_write(tree, "victim", FOREIGN);
	tree_path(tree, DIR "db.service.d/.50-ipcguard.conf.new", link);
	assert_int_equal(symlink(target, link), 0);
	assert_int_equal(enable(tree, db), EXIT_DONE);
	assert_string_equal(content(tree, "victim", text), FOREIGN);
	assert_int_equal(disable(tree, db), EXIT_DONE);

	/* in place of the directory */
	tree_write(tree, "elsewhere/file", "");
	tree_path(tree, DIR "db.service.d", link);
	assert_int_equal(symlink(tree_path(tree, "elsewhere", target), link), 0);
	assert_int_equal(enable(tree, db), EXIT_FAILED);
	assert_false(is_there(tree, "elsewhere/50-ipcguard.conf"));
}

static void fails_where_the_directory_is_a_file(void **state)
{
	tree_write(*state, DIR "db.service.d", "");
	assert_int_equal(enable(*state, db), EXIT_FAILED);
	assert_int_equal(disable(*state, db), EXIT_FAILED);
	assert_true(is_there(*state, DIR "db.service.d"));
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(writes_the_lines),
		CASE(leaves_the_baseline_out_where_it_is_not_asked_for),
		CASE(takes_names_without_suffix_and_instances),
		CASE(enables_twice_and_disables_twice),
		CASE(writes_nothing_if_one_name_is_wrong),
		CASE(masked_units_do_not_exist),
		CASE(keeps_a_file_of_somebody_else),
		CASE(removes_only_its_own_file),
		CASE(follows_no_planted_link),
		CASE(fails_where_the_directory_is_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
