/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that are read whole or not at all, and put in the place of others in one step. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cleanup.h"
#include "textfile.h"
#include "tree.h"

static int open_root(const struct tree *tree)
{
	int dir = open(tree->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(dir >= 0);
	return dir;
}

static void assert_text(const struct tree *tree, const char *name, const char *expected)
{
	_cleanup_free_ char *text = NULL;
	char path[TREE_PATH_SIZE];

	assert_int_equal(textfile_read(tree_path(tree, name, path), 4096, &text), 0);
	assert_string_equal(text, expected);
}

static void assert_missing(const struct tree *tree, const char *name)
{
	char path[TREE_PATH_SIZE];

	assert_int_equal(access(tree_path(tree, name, path), F_OK), -1);
}

static void replaces_a_file_and_what_a_killed_run_left(void **state)
{
	const struct tree *tree = *state;
	_cleanup_close_ int dir = open_root(tree);
	const mode_t umask_before = umask(077);
	struct stat st;

	tree_write(tree, "a", "old\n");
	tree_write(tree, ".a.new", "half of a much longer te");
	assert_int_equal(textfile_replace(dir, "a", ".a.new", 0644, "new\n", 4), 0);
	umask(umask_before);
	assert_text(tree, "a", "new\n");
	assert_missing(tree, ".a.new");
	assert_int_equal(fstatat(dir, "a", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
}

static void leaves_the_old_one_when_it_cannot(void **state)
{
	const struct tree *tree = *state;
	_cleanup_close_ int dir = open_root(tree);

	tree_write(tree, "a", "old\n");
	tree_write(tree, "full/x", "");
	assert_int_equal(textfile_replace(dir, "a", "full", 0644, "new\n", 4), -EISDIR);
	assert_text(tree, "a", "old\n");
	assert_int_equal(textfile_replace(dir, "full", ".new", 0644, "new\n", 4), -EISDIR);
	assert_missing(tree, ".new");
}

static void writes_through_no_link(void **state)
{
	const struct tree *tree = *state;
	_cleanup_close_ int dir = open_root(tree);

	tree_write(tree, "victim", "old\n");
	assert_int_equal(symlinkat("victim", dir, ".new"), 0);
	assert_int_equal(symlinkat("victim", dir, "a"), 0);
	assert_int_equal(textfile_replace(dir, "a", ".new", 0644, "new\n", 4), 0);
	assert_text(tree, "victim", "old\n");
	assert_text(tree, "a", "new\n");
}

static void reads_at_most_so_much_of_regular_files(void **state)
{
	const struct tree *tree = *state;
	_cleanup_close_ int dir = open_root(tree);
	_cleanup_free_ char *text = NULL, *none = NULL;
	size_t size;

	tree_write_bytes(tree, "nul", "a\0b", 3);
	assert_int_equal(textfile_read_at(dir, "nul", 3, &text, &size), 0);
	assert_int_equal(size, 3);
	assert_memory_equal(text, "a\0b", 4);
	assert_int_equal(textfile_read_at(dir, "nul", 2, &none, &size), -EFBIG);
	assert_int_equal(mkfifoat(dir, "pipe", 0600), 0);
	assert_int_equal(textfile_read_at(dir, "pipe", 3, &none, &size), -EINVAL);
	assert_int_equal(symlinkat("nul", dir, "link"), 0);
	assert_int_equal(textfile_read_at(dir, "link", 3, &none, &size), -ELOOP);
	assert_null(none);
}

#define IN_TREE(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(replaces_a_file_and_what_a_killed_run_left),
		IN_TREE(leaves_the_old_one_when_it_cannot),
		IN_TREE(writes_through_no_link),
		IN_TREE(reads_at_most_so_much_of_regular_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
