/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The note that revert goes by: what is written is read, and what is damaged is never believed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "apply_state.h"
#include "cleanup.h"
#include "tree.h"

#define NOTE "var/lib/ipcguard/ipctune/undo"

static int open_note(const struct tree *tree)
{
	int dir;

	tree_make_parents(tree, "var/lib/x");
	dir = apply_state_open(tree->root, true);
	assert_true(dir >= 0);
	return dir;
}

static char *bytes_of(const char *text)
{
	return (char *)(uintptr_t)text;
}

static void reads_what_was_written(void **state)
{
	_cleanup_close_ int dir = open_note(*state);
	struct apply_state written = {.former = {bytes_of("a\nend\n\0b"), 8},
				      .applied = {bytes_of(""), 0}};
	struct apply_state read;

	assert_int_equal(sysctl_value_parse(&written.values[0], "kernel.sem", "1 2 3 4"), 0);
	assert_int_equal(
		sysctl_value_parse(&written.values[1], "kernel.shmmax", "18446744073709551615"), 0);
	assert_int_equal(sysctl_value_parse(&written.values[2], NR_HUGEPAGES, "0"), 0);
	written.count = 3;
	assert_int_equal(apply_state_write(dir, STATE_UNDO, &written), 0);
	assert_int_equal(apply_state_read(dir, STATE_UNDO, &read), 0);
	assert_int_equal(read.count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(sysctl_value_is_same(&read.values[i], &written.values[i]));
	assert_true(apply_text_is_same(&read.former, &written.former));
	assert_true(apply_text_is_same(&read.applied, &written.applied));
	apply_state_done(&read);
}

static void no_file_is_not_an_empty_file(void **state)
{
	_cleanup_close_ int dir = open_note(*state);
	struct apply_state written = {.applied = {bytes_of(""), 0}}, read;

	assert_int_equal(apply_state_write(dir, STATE_UNDO, &written), 0);
	assert_int_equal(apply_state_read(dir, STATE_UNDO, &read), 0);
	assert_null(read.former.bytes);
	assert_non_null(read.applied.bytes);
	assert_false(apply_text_is_same(&read.former, &read.applied));
	apply_state_done(&read);
}

#define HEAD "ipctune-undo 1\n"

static const char *const damaged[] = {
	"",
	"nonsense\n",
	"ipctune-undo 2\nend\n",
	HEAD,
	HEAD "end",
	HEAD "value kernel.shmmni\nend\n",
	HEAD "value kernel.shmmni 1 2\nend\n",
	HEAD "value kernel.sem 1 2 3\nend\n",
	HEAD "value net.ipv4.ip_forward 1\nend\n",
	HEAD "value kernel.shmmni 1\nvalue kernel/shmmni 2\nend\n",
	HEAD "former 1\nend\n",
	HEAD "former -1\nend\n",
	HEAD "former 1x\nend\nx",
	HEAD "former 1\nformer 1\nend\nx",
	HEAD "former 1\napplied 1\nend\nx",
	HEAD "former 99999999999999999999999\nend\n",
	HEAD "end\nmore",
};

static void a_damaged_note_is_not_believed(void **state)
{
	_cleanup_close_ int dir = open_note(*state);
	struct apply_state read;

	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
		tree_write(*state, NOTE, damaged[i]);
		if (apply_state_read(dir, STATE_UNDO, &read) != -EBADMSG)
			fail_msg("believed: %s", damaged[i]);
	}
	tree_write(*state, NOTE, HEAD "value kernel.shmmni 1\nformer 1\napplied -\nend\nx");
	assert_int_equal(apply_state_read(dir, STATE_UNDO, &read), 0);
	apply_state_done(&read);
}

static void none_is_none(void **state)
{
	_cleanup_close_ int dir = open_note(*state);
	struct apply_state read;

	assert_int_equal(apply_state_read(dir, STATE_UNDO, &read), -ENOENT);
}

#define IN_TREE(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(reads_what_was_written),
		IN_TREE(no_file_is_not_an_empty_file),
		IN_TREE(a_damaged_note_is_not_believed),
		IN_TREE(none_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
