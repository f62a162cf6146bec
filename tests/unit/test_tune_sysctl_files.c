/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which line decides, for every rule of sysctl.d(5) and of systemd-sysctl, and the nearest case in
 * which the rule doesn't hold.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cleanup.h"
#include "sysctl_files.h"
#include "sysctl_line.h"
#include "tree.h"

#define FILES_MAX 4

static struct sysctl_files read_files(const struct tree *tree)
{
	struct parse_error error = {0};
	struct sysctl_files files;
	int r = sysctl_files_read(&files, tree->root, &error);

	if (r < 0)
		print_message("%d %s: %s\n", r, error.file, error.what);
	assert_int_equal(r, 0);
	parse_error_done(&error);
	return files;
}

/* "etc/sysctl.d/a.conf:3 value", "-" for none. */
static void describe(const struct tree *tree, const struct sysctl_line *line, char *text,
		     size_t size)
{
	if (!line)
		snprintf(text, size, "-");
	else
		snprintf(text, size, "%s:%u %s", line->file + strlen(tree->root) + 1, line->line,
			 line->value ? line->value : "(none)");
}

static void assert_winner(const struct tree *tree, const char *name, const char *expected)
{
	struct sysctl_files files = read_files(tree);
	char text[512];

	describe(tree, sysctl_files_winner(&files, name, NULL), text, sizeof(text));
	sysctl_files_done(&files);
	assert_string_equal(text, expected);
}

static const struct row {
	const char *rule;
	struct {
		const char *name, *text;
	} files[FILES_MAX];
	const char *winner; /* of kernel.shmmni */
} rows[] = {
	{"nothing there", {{NULL}}, "-"},
	{"of two lines the last",
	 {{"etc/sysctl.d/a.conf", "kernel.shmmni = 1\nkernel.shmmni = 2\n"}},
	 "etc/sysctl.d/a.conf:2 2"},
	{"another sysctl's line is none", {{"etc/sysctl.d/a.conf", "kernel.shmmnis = 1\n"}}, "-"},
	{"names sort over directories",
	 {{"usr/lib/sysctl.d/b.conf", "kernel.shmmni=1"},
	  {"etc/sysctl.d/a.conf", "kernel.shmmni=2"}},
	 "usr/lib/sysctl.d/b.conf:1 1"},
	{"by bytes: 100 before 99, capitals first",
	 {{"etc/sysctl.d/100.conf", "kernel.shmmni=1"},
	  {"etc/sysctl.d/99.conf", "kernel.shmmni=2"},
	  {"etc/sysctl.d/Z.conf", "kernel.shmmni=3"},
	  {"etc/sysctl.d/a.conf", "kernel.shmmni=4"}},
	 "etc/sysctl.d/a.conf:1 4"},
	{"the same name: /etc before /run",
	 {{"run/sysctl.d/a.conf", "kernel.shmmni=1"}, {"etc/sysctl.d/a.conf", "kernel.shmmni=2"}},
	 "etc/sysctl.d/a.conf:1 2"},
	{"the same name: /run before /usr/local/lib",
	 {{"usr/local/lib/sysctl.d/a.conf", "kernel.shmmni=1"},
	  {"run/sysctl.d/a.conf", "kernel.shmmni=2"}},
	 "run/sysctl.d/a.conf:1 2"},
	{"the same name: /usr/local/lib before /usr/lib before /lib",
	 {{"lib/sysctl.d/a.conf", "kernel.shmmni=1"},
	  {"usr/lib/sysctl.d/a.conf", "kernel.shmmni=2"},
	  {"usr/local/lib/sysctl.d/a.conf", "kernel.shmmni=3"}},
	 "usr/local/lib/sysctl.d/a.conf:1 3"},
	{"a file that says nothing hides one of the same name",
	 {{"usr/lib/sysctl.d/a.conf", "kernel.shmmni=1"}, {"etc/sysctl.d/a.conf", ""}},
	 "-"},
	{"other names are no files of it",
	 {{"etc/sysctl.d/a.conf~", "kernel.shmmni=1"},
	  {"etc/sysctl.d/.a.conf", "kernel.shmmni=2"},
	  {"etc/sysctl.d/a.conf.d/b.conf", "kernel.shmmni=3"}},
	 "-"},
	{"slashes separate, too",
	 {{"etc/sysctl.d/a.conf", "kernel/shmmni=1"}},
	 "etc/sysctl.d/a.conf:1 1"},
	{"after a slash a dot is a dot", {{"etc/sysctl.d/a.conf", "/kernel.shmmni=1"}}, "-"},
	{"a slash at the start, and two in a row",
	 {{"etc/sysctl.d/a.conf", "/kernel//shmmni=1"}},
	 "etc/sysctl.d/a.conf:1 1"},
	{"two dots in a row are two slashes",
	 {{"etc/sysctl.d/a.conf", "kernel..shmmni=1"}},
	 "etc/sysctl.d/a.conf:1 1"},
	{"a way up is none", {{"etc/sysctl.d/a.conf", "fs/../kernel/shmmni=1"}}, "-"},
	{"blanks around key and value, in the value kept",
	 {{"etc/sysctl.d/a.conf", "\t kernel.shmmni \t=\t 1  2 \t"}},
	 "etc/sysctl.d/a.conf:1 1  2"},
	{"a blank in the key", {{"etc/sysctl.d/a.conf", "kernel. shmmni = 1"}}, "-"},
	{"the first = is the one",
	 {{"etc/sysctl.d/a.conf", "kernel.shmmni=1=2"}},
	 "etc/sysctl.d/a.conf:1 1=2"},
	{"a value of nothing is a value",
	 {{"etc/sysctl.d/a.conf", "kernel.shmmni="}},
	 "etc/sysctl.d/a.conf:1 "},
	{"comments, blanks before them too",
	 {{"etc/sysctl.d/a.conf", "#kernel.shmmni=1\n ;kernel.shmmni=2\n\t# kernel.shmmni=3"}},
	 "-"},
	{"no comment behind a value",
	 {{"etc/sysctl.d/a.conf", "kernel.shmmni=1 # one"}},
	 "etc/sysctl.d/a.conf:1 1 # one"},
	{"no continued lines",
	 {{"etc/sysctl.d/a.conf", "kernel.shmmni=1\\\n2"}},
	 "etc/sysctl.d/a.conf:1 1\\"},
	{"no assignment: left out, the rest counts",
	 {{"etc/sysctl.d/a.conf", "kernel.shmmni\nkernel.shmmni: 5\nkernel.shmmni=1\nnonsense"}},
	 "etc/sysctl.d/a.conf:3 1"},
	{"lines of Windows",
	 {{"etc/sysctl.d/a.conf", "\r\n\r\nkernel.shmmni=1\r\n"}},
	 "etc/sysctl.d/a.conf:3 1"},
	{"lines of old Macs",
	 {{"etc/sysctl.d/a.conf", "\r\rkernel.shmmni=1\r"}},
	 "etc/sysctl.d/a.conf:3 1"},
	{"a minus forgives",
	 {{"etc/sysctl.d/a.conf", "-kernel.shmmni=1"}},
	 "etc/sysctl.d/a.conf:1 1"},
	{"blanks behind the minus",
	 {{"etc/sysctl.d/a.conf", "- kernel.shmmni=1"}},
	 "etc/sysctl.d/a.conf:1 1"},
	{"two minuses are part of a name", {{"etc/sysctl.d/a.conf", "--kernel.shmmni=1"}}, "-"},
	{"a glob", {{"etc/sysctl.d/a.conf", "kernel.shm*=1"}}, "etc/sysctl.d/a.conf:1 1"},
	{"a glob in slashes",
	 {{"etc/sysctl.d/a.conf", "kernel/shmm[mn]?=1"}},
	 "etc/sysctl.d/a.conf:1 1"},
	{"another glob", {{"etc/sysctl.d/a.conf", "kernel.shm?=1"}}, "-"},
	{"a star matches no separator", {{"etc/sysctl.d/a.conf", "*mmni=1"}}, "-"},
	{"no separator in brackets", {{"etc/sysctl.d/a.conf", "kernel.[.s]hmmni=1"}}, "-"},
	{"a star for each part",
	 {{"etc/sysctl.d/a.conf", "*.shmmni=1"}},
	 "etc/sysctl.d/a.conf:1 1"},
	{"a name beats a later glob",
	 {{"etc/sysctl.d/a.conf", "kernel.shmmni=1"}, {"etc/sysctl.d/b.conf", "kernel.shm*=2"}},
	 "etc/sysctl.d/a.conf:1 1"},
	{"of two globs the last",
	 {{"etc/sysctl.d/a.conf", "kernel.shmm*=1\nkernel.shm*=2"}},
	 "etc/sysctl.d/a.conf:2 2"},
	{"a glob that says the same again stays where it was",
	 {{"etc/sysctl.d/a.conf", "kernel.shmm*=1\nkernel.shm*=2\nkernel.shmm*=1"}},
	 "etc/sysctl.d/a.conf:2 2"},
	{"a glob that says something else moves to the end",
	 {{"etc/sysctl.d/a.conf", "kernel.shmm*=1\nkernel.shm*=2\nkernel.shmm*=3"}},
	 "etc/sysctl.d/a.conf:3 3"},
	{"and back, too",
	 {{"etc/sysctl.d/a.conf", "kernel.shmm*=1\nkernel.shm*=2\nkernel.shmm*=3\nkernel.shmm*=1"}},
	 "etc/sysctl.d/a.conf:4 1"},
	{"excluded from globs, earlier or later",
	 {{"etc/sysctl.d/a.conf", "-kernel.shmmni\nkernel.shm*=1"}},
	 "-"},
	{"another one is excluded",
	 {{"etc/sysctl.d/a.conf", "-kernel.shmmax\nkernel.shm*=1"}},
	 "etc/sysctl.d/a.conf:2 1"},
	{"an exclusion takes back what was assigned",
	 {{"etc/sysctl.d/a.conf", "kernel.shmmni=1"}, {"etc/sysctl.d/b.conf", "-kernel.shmmni"}},
	 "-"},
	{"and a later assignment the exclusion",
	 {{"etc/sysctl.d/a.conf", "-kernel.shmmni"}, {"etc/sysctl.d/b.conf", "kernel.shmmni=1"}},
	 "etc/sysctl.d/b.conf:1 1"},
	{"an excluded glob takes that glob back, no other",
	 {{"etc/sysctl.d/a.conf", "kernel.shmmn*=1\nkernel.shm*=2\n-kernel.shm*"}},
	 "etc/sysctl.d/a.conf:1 1"},
	{"procps' file alone decides nothing at boot",
	 {{"etc/sysctl.conf", "kernel.shmmni=1"}, {"etc/sysctl.d/a.conf", "kernel.shmmni=2"}},
	 "etc/sysctl.d/a.conf:1 2"},
};

static void the_winner_is_systemds(void **state)
{
	size_t failed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sysctl_files files;
		void *tree = NULL;
		char text[512];

		assert_int_equal(tree_setup(&tree), 0);
		for (size_t f = 0; f < FILES_MAX && rows[i].files[f].name; f++)
			tree_write(tree, rows[i].files[f].name, rows[i].files[f].text);
		files = read_files(tree);
		describe(tree, sysctl_files_winner(&files, "kernel.shmmni", NULL), text,
			 sizeof(text));
		sysctl_files_done(&files);
		assert_int_equal(tree_teardown(&tree), 0);
		if (strcmp(text, rows[i].winner)) {
			print_message("%s: %s, wanted %s\n", rows[i].rule, text, rows[i].winner);
			failed++;
		}
	}
	assert_int_equal(failed, 0);
}

static void a_nul_ends_a_line(void **state)
{
	static const char text[] = "kernel.shmmni=1\0kernel.shmmni=2\0\n";

	tree_write_bytes(*state, "etc/sysctl.d/a.conf", text, sizeof(text) - 1);
	assert_winner(*state, "kernel.shmmni", "etc/sysctl.d/a.conf:2 2");
}

static void a_dot_in_a_name_is_a_slash_with_dots(void **state)
{
	tree_write(*state, "etc/sysctl.d/a.conf",
		   "net/ipv4/conf/eth0.1/forwarding=1\nnet.ipv4.conf.eth0/2.forwarding=2\n");
	assert_winner(*state, "net.ipv4.conf.eth0/1.forwarding", "etc/sysctl.d/a.conf:1 1");
	assert_winner(*state, "net.ipv4.conf.eth0/2.forwarding", "etc/sysctl.d/a.conf:2 2");
	assert_winner(*state, "net.ipv4.conf.eth0.2.forwarding", "-");
}

static void make_link(const struct tree *tree, const char *target, const char *name)
{
	char path[TREE_PATH_SIZE];

	tree_make_parents(tree, name);
	assert_int_equal(symlink(target, tree_path(tree, name, path)), 0);
}

static void a_link_to_dev_null_masks(void **state)
{
	tree_write(*state, "usr/lib/sysctl.d/a.conf", "kernel.shmmni=1");
	assert_winner(*state, "kernel.shmmni", "usr/lib/sysctl.d/a.conf:1 1");
	make_link(*state, "/dev/null", "etc/sysctl.d/a.conf");
	assert_winner(*state, "kernel.shmmni", "-");
}

static void a_link_to_nowhere_masks(void **state)
{
	tree_write(*state, "usr/lib/sysctl.d/a.conf", "kernel.shmmni=1");
	make_link(*state, "nowhere", "etc/sysctl.d/a.conf");
	assert_winner(*state, "kernel.shmmni", "-");
}

static void a_mask_does_not_reach_earlier_directories(void **state)
{
	tree_write(*state, "etc/sysctl.d/a.conf", "kernel.shmmni=1");
	make_link(*state, "/dev/null", "usr/lib/sysctl.d/a.conf");
	assert_winner(*state, "kernel.shmmni", "etc/sysctl.d/a.conf:1 1");
}

static void procps_file_counts_where_a_link_leads_to_it(void **state)
{
	struct sysctl_files files;

	tree_write(*state, "etc/sysctl.conf", "kernel.shmmni=1");
	tree_write(*state, "etc/sysctl.d/a.conf", "kernel.shmmni=2");
	make_link(*state, "../sysctl.conf", "etc/sysctl.d/99-sysctl.conf");
	assert_winner(*state, "kernel.shmmni", "etc/sysctl.d/a.conf:1 2");
	tree_write(*state, "etc/sysctl.d/10.conf", "kernel.shmmni=3");
	files = read_files(*state);
	assert_int_equal(files.count, 3);
	assert_false(files.lines[1].is_procps_only);
	sysctl_files_done(&files);
}

static void a_file_can_be_left_out(void **state)
{
	const struct tree *tree = *state;
	struct sysctl_files files;
	char text[512];

	tree_write(tree, "etc/sysctl.d/50.conf", "kernel.shmmni=1");
	tree_write(tree, "etc/sysctl.d/90-ipctune.conf", "kernel.shmmni=2\nkernel.sem=1 2 3 4");
	files = read_files(tree);
	describe(tree, sysctl_files_winner(&files, "kernel.shmmni", "90-ipctune.conf"), text,
		 sizeof(text));
	assert_string_equal(text, "etc/sysctl.d/50.conf:1 1");
	assert_null(sysctl_files_winner(&files, "kernel.sem", "90-ipctune.conf"));
	sysctl_files_done(&files);
}

static void every_line_is_found_in_order(void **state)
{
	const struct tree *tree = *state;
	const struct sysctl_line *line = NULL;
	struct sysctl_files files;
	char text[512], all[512] = "";

	tree_write(tree, "etc/sysctl.d/a.conf", "kernel.shmmni=1\nkernel.shmmax=2\nkernel.shm*=3");
	tree_write(tree, "etc/sysctl.d/b.conf", "-kernel.shmmni\n");
	tree_write(tree, "etc/sysctl.conf", "kernel.shmmni=4");
	files = read_files(tree);
	while ((line = sysctl_files_next(&files, "kernel.shmmni", line))) {
		describe(tree, line, text, sizeof(text));
		strcat(strcat(all, text), "\n");
	}
	sysctl_files_done(&files);
	assert_string_equal(all, "etc/sysctl.d/a.conf:1 1\n"
				 "etc/sysctl.d/a.conf:3 3\n"
				 "etc/sysctl.conf:1 4\n");
}

static void assert_override(const struct tree *tree, const char *expected)
{
	struct sysctl_files files = read_files(tree);
	char text[512];

	describe(tree, sysctl_files_override(&files, "kernel.shmmni", "90-ipctune.conf"), text,
		 sizeof(text));
	sysctl_files_done(&files);
	assert_string_equal(text, expected);
}

static void what_comes_later_has_the_last_word(void **state)
{
	const struct tree *tree = *state;

	tree_write(tree, "etc/sysctl.d/89.conf", "kernel.shmmni=1");
	tree_write(tree, "etc/sysctl.d/99.conf", "kernel.shm*=1\nkernel.shmmax=1");
	assert_override(tree, "-");
	tree_write(tree, "etc/sysctl.conf", "kernel.shmmni=2");
	assert_override(tree, "etc/sysctl.conf:1 2");
	tree_write(tree, "usr/lib/sysctl.d/90-ipctune2.conf", "kernel.shmmni=3");
	assert_override(tree, "usr/lib/sysctl.d/90-ipctune2.conf:1 3");
	tree_write(tree, "etc/sysctl.d/91.conf", "\n-kernel.shmmni");
	assert_override(tree, "etc/sysctl.d/91.conf:2 (none)");
}

static void assert_unreadable(const struct tree *tree, int error_number, const char *what)
{
	struct parse_error error = {0};
	struct sysctl_files files;

	assert_int_equal(sysctl_files_read(&files, tree->root, &error), error_number);
	assert_string_equal(error.what, what);
	assert_non_null(strstr(error.file, "/etc/sysctl.d/a.conf"));
	parse_error_done(&error);
}

/* The nearest sizes that are taken stand in the same tests. */
static void a_file_of_more_than_1_mib_is_an_error(void **state)
{
	_cleanup_free_ char *text = malloc(SYSCTL_FILE_MAX + 1);

	memset(text, 'x', SYSCTL_FILE_MAX + 1);
	memcpy(text, "kernel.shmmni=1\n", 16);
	tree_write_bytes(*state, "etc/sysctl.d/a.conf", text, SYSCTL_FILE_MAX);
	assert_winner(*state, "kernel.shmmni", "etc/sysctl.d/a.conf:1 1");
	tree_write_bytes(*state, "etc/sysctl.d/a.conf", text, SYSCTL_FILE_MAX + 1);
	assert_unreadable(*state, -EFBIG, "larger than 1 MiB");
}

static void a_file_of_more_than_10000_lines_is_an_error(void **state)
{
	_cleanup_free_ char *text = malloc(SYSCTL_LINES_MAX + 32);

	memset(text, '\n', SYSCTL_LINES_MAX + 32);
	memcpy(text + SYSCTL_LINES_MAX - 1, "kernel.shmmni=1\nx", 18);
	tree_write_bytes(*state, "etc/sysctl.d/a.conf", text, SYSCTL_LINES_MAX + 15);
	assert_winner(*state, "kernel.shmmni", "etc/sysctl.d/a.conf:10000 1");
	tree_write_bytes(*state, "etc/sysctl.d/a.conf", text, SYSCTL_LINES_MAX + 16);
	assert_unreadable(*state, -E2BIG, "more than 10000 lines");
}

static void a_pipe_and_a_directory_are_errors(void **state)
{
	const struct tree *tree = *state;
	char path[TREE_PATH_SIZE];

	tree_make_parents(tree, "etc/sysctl.d/a.conf/x");
	assert_unreadable(tree, -EINVAL, "not a regular file");
	assert_int_equal(rmdir(tree_path(tree, "etc/sysctl.d/a.conf", path)), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_unreadable(tree, -EINVAL, "not a regular file");
}

#define IN_TREE(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_winner_is_systemds),
		IN_TREE(a_nul_ends_a_line),
		IN_TREE(a_dot_in_a_name_is_a_slash_with_dots),
		IN_TREE(a_link_to_dev_null_masks),
		IN_TREE(a_link_to_nowhere_masks),
		IN_TREE(a_mask_does_not_reach_earlier_directories),
		IN_TREE(procps_file_counts_where_a_link_leads_to_it),
		IN_TREE(a_file_can_be_left_out),
		IN_TREE(every_line_is_found_in_order),
		IN_TREE(what_comes_later_has_the_last_word),
		IN_TREE(a_file_of_more_than_1_mib_is_an_error),
		IN_TREE(a_file_of_more_than_10000_lines_is_an_error),
		IN_TREE(a_pipe_and_a_directory_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
