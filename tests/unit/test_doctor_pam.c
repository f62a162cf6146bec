/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who loads pam_ipcclean.so at a session's end: what libpam would read, and what it would not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../hooks/doctor_pam.h"
#include "tree.h"

#define ETC "etc/pam.d/"
#define USR "usr/lib/pam.d/"
#define LINE "session optional pam_ipcclean.so\n"

static void join(const struct string_list *list, char text[1024])
{
	text[0] = '\0';
	for (size_t i = 0; i < list->count; i++) {
		strcat(text, i ? " " : "");
		strcat(text, list->items[i]);
	}
}

/* Which files load it, and which come to these: names with a blank between. */
static void expect(void *tree, const char *loads, const char *reaches)
{
	char got_loads[1024], got_reaches[1024];
	struct pam_use use;

	assert_int_equal(pam_use_read(((const struct tree *)tree)->root, &use), 0);
	join(&use.loads, got_loads);
	join(&use.reaches, got_reaches);
	pam_use_done(&use);
	assert_string_equal(got_loads, loads);
	assert_string_equal(got_reaches, reaches);
}

static void reads_lines_as_libpam_does(void **state)
{
	static const struct {
		const char *text;
		bool loads;
	} cases[] = {
		{LINE, true},
		{"session optional pam_ipcclean.so", true},
		{"\tsession\toptional\tpam_ipcclean.so debug", true},
		{"-session optional pam_ipcclean.so\n", true},
		{"--session optional pam_ipcclean.so\n", false},
		{"SESSION Optional pam_ipcclean.so\n", true},
		{"session optional PAM_ipcclean.so\n", false},
		{"#" LINE, false},
		{"  # " LINE, false},
		{"session optional #pam_ipcclean.so\n", false},
		{"session optional pam_ipcclean.so # here\n", true},
		{"auth optional pam_ipcclean.so\n", false},
		{"account optional pam_ipcclean.so\n", false},
		{"sessions optional pam_ipcclean.so\n", false},
		{"session [success=ok default=ignore] pam_ipcclean.so\n", true},
		{"session [success=ok pam_ipcclean.so]\n", false},
		{"session [a=\\] b] pam_ipcclean.so\n", true},
		{"session [success=ok pam_ipcclean.so\n", false},
		{"session optional pam_unix.so pam_ipcclean.so\n", false},
		{"session pam_ipcclean.so\n", false},
		{"session optional pam_ipcclean.so.old\n", false},
		{"session optional security/pam_ipcclean.so\n", false},
		{"session optional\n", false},
		{"session\n", false},
		{"", false},
		{"session \\\n optional \\  \n pam_ipcclean.so\n", true},
		{"session optional \\\n# comment\n\npam_ipcclean.so\n", true},
		{"auth optional pam_unix.so \\\n" LINE, false},
		{"auth optional pam_unix.so # \\\n" LINE, true},
		{"auth optional pam_unix.so \\ #\n" LINE, true},
		{"auth optional pam_unix.so \\\\\n" LINE, false},
		{"session optional pam_ipcclean.so \\", false},
		{"session optional pam_ipcclean.so\r\n", false},
		{"\\\n\\\n" LINE, true},
		{"\\", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# case %zu\n", i);
		tree_write(*state, ETC "login", cases[i].text);
		expect(*state, cases[i].loads ? "login" : "", "");
	}
}

static void takes_a_path_where_the_module_is(void **state)
{
	struct pam_use use;

	tree_write(*state, ETC "login", "session optional /opt/pam_ipcclean.so\n");
	tree_write(*state, ETC "su", "session optional /opt/pam_unix.so\n");
	tree_write(*state, "opt/pam_unix.so", "");
	expect(*state, "", "");
	tree_write(*state, "opt/pam_ipcclean.so", "");
	expect(*state, "login", "");
	assert_int_equal(pam_use_read(((const struct tree *)*state)->root, &use), 0);
	assert_true(use.has_module);
	pam_use_done(&use);
}

static void knows_whether_the_module_is_there(void **state)
{
	const struct tree *tree = *state;
	struct pam_use use;

	assert_int_equal(pam_use_read(tree->root, &use), 0);
	assert_false(use.has_pam || use.has_module);
	pam_use_done(&use);
	tree_write(tree, ETC "login", LINE);
	tree_write(tree, &PAMDIR "/pam_ipcclean.so"[1], "");
	assert_int_equal(pam_use_read(tree->root, &use), 0);
	assert_true(use.has_pam && use.has_module);
	pam_use_done(&use);
}

static void follows_every_way_of_including(void **state)
{
	tree_write(*state, ETC "common-session", LINE);
	tree_write(*state, ETC "a", "@include common-session\n");
	tree_write(*state, ETC "b", "session include common-session\n");
	tree_write(*state, ETC "c", "-session substack common-session\n");
	tree_write(*state, ETC "d", "  @INCLUDE common-session\n");
	tree_write(*state, ETC "e", "session \\\n include /etc/pam.d/common-session\n");
	tree_write(*state, ETC "f", "@include a\n");
	expect(*state, "/etc/pam.d/common-session common-session", "a b c d e f");
}

static void does_not_follow_what_includes_no_sessions(void **state)
{
	tree_write(*state, ETC "common-session", LINE);
	tree_write(*state, ETC "a", "auth include common-session\n");
	tree_write(*state, ETC "b", "#@include common-session\n");
	tree_write(*state, ETC "c", "@include common-sessions\n");
	tree_write(*state, ETC "d", "session include\n@include\n");
	tree_write(*state, ETC "e", "@includes common-session\n");
	tree_write(*state, ETC "f", "session required pam_x.so include common-session\n");
	expect(*state, "common-session", "");
}

static void follows_one_way_only(void **state)
{
	tree_write(*state, ETC "login", LINE "@include common-session\n");
	tree_write(*state, ETC "common-session", "session required pam_unix.so\n");
	tree_write(*state, ETC "su", "@include common-session\n");
	expect(*state, "login", "");
}

static void ends_in_a_circle(void **state)
{
	tree_write(*state, ETC "a", "@include b\n");
	tree_write(*state, ETC "b", "@include c\n");
	tree_write(*state, ETC "c", "@include a\n@include c\n");
	expect(*state, "", "");
	tree_write(*state, ETC "c", "@include a\n@include c\n" LINE);
	expect(*state, "c", "a b");
}

/* Each file includes all others many times: reading them by recursion would take for ever. */
static void ends_in_a_web_of_includes(void **state)
{
	char text[4096] = "", name[32];

	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "@include s%02d\n", i);
		strcat(text, name);
	}
	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), ETC "s%02d", i);
		tree_write(*state, name, text);
	}
	expect(*state, "", "");
}

static void goes_so_deep_and_no_deeper(void **state)
{
	char text[64], name[32];
	struct pam_use use;

	tree_write(*state, ETC "s00", LINE);
	for (int i = 1; i < 40; i++) {
		snprintf(name, sizeof(name), ETC "s%02d", i);
		snprintf(text, sizeof(text), "session include s%02d\n", i - 1);
		tree_write(*state, name, text);
	}
	assert_int_equal(pam_use_read(((const struct tree *)*state)->root, &use), 0);
	assert_int_equal(use.reaches.count, 31);
	assert_string_equal(use.reaches.items[30], "s31");
	pam_use_done(&use);
}

static void etc_masks_the_vendor_by_name(void **state)
{
	tree_write(*state, USR "login", LINE);
	tree_write(*state, USR "common", LINE);
	tree_write(*state, ETC "su", "@include common\n");
	expect(*state, "common login", "su");
	tree_write(*state, ETC "login", "auth required pam_unix.so\n");
	tree_write(*state, ETC "common", "");
	expect(*state, "", "");
}

static void what_is_no_file_masks_and_says_nothing(void **state)
{
	char path[TREE_PATH_SIZE];

	tree_write(*state, USR "login", LINE);
	tree_write(*state, USR "su", LINE);
	tree_write(*state, USR "cron", LINE);
	tree_write(*state, ETC "cron/file", "");
	assert_int_equal(symlink("/dev/null", tree_path(*state, ETC "login", path)), 0);
	/* nobody writes into it: a reader that waits would never come back */
	assert_int_equal(mkfifo(tree_path(*state, ETC "su", path), 0644), 0);
	expect(*state, "", "");
}

static void a_link_that_leads_nowhere_masks_nothing(void **state)
{
	char path[TREE_PATH_SIZE];

	tree_write(*state, USR "login", LINE);
	tree_write(*state, ETC "x", "");
	assert_int_equal(symlink("nowhere", tree_path(*state, ETC "login", path)), 0);
	expect(*state, "login", "");
}

static void leaves_out_what_editors_and_packages_left(void **state)
{
	static const char *const names[] = {"login.dpkg-old", "login.rpmsave", "login~", ".login",
					    "login.bak"};
	char name[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(name, sizeof(name), ETC "%s", names[i]);
		tree_write(*state, name, LINE);
	}
	tree_write(*state, ETC "login.local", LINE);
	expect(*state, "login.local", "");
}

static void broken_files_say_nothing(void **state)
{
	static const char binary[] = "\0session optional pam_ipcclean.so\n";
	char *large = malloc(300 * 1024);

	assert_non_null(large);
	memset(large, '#', 300 * 1024);
	memcpy(large, LINE, strlen(LINE));
	tree_write_bytes(*state, ETC "large", large, 300 * 1024);
	free(large);
	tree_write_bytes(*state, ETC "binary", binary, sizeof(binary));
	tree_write(*state, ETC "dir/file", LINE);
	tree_write(*state, ETC "fine", LINE);
	expect(*state, "fine", "");
}

static void pam_conf_counts_where_no_directory_is(void **state)
{
	tree_write(*state, "etc/pam.conf",
		   "# login session optional pam_ipcclean.so\n"
		   "login auth required pam_unix.so\n"
		   "login session \\\n optional pam_ipcclean.so\n"
		   "su session required pam_unix.so\n"
		   "sshd session include /etc/extra\n" LINE);
	tree_write(*state, "etc/extra", LINE);
	expect(*state, "/etc/extra login", "sshd");
	tree_write(*state, ETC "login", "session required pam_unix.so\n");
	expect(*state, "", "");
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(reads_lines_as_libpam_does),
		CASE(takes_a_path_where_the_module_is),
		CASE(knows_whether_the_module_is_there),
		CASE(follows_every_way_of_including),
		CASE(does_not_follow_what_includes_no_sessions),
		CASE(follows_one_way_only),
		CASE(ends_in_a_circle),
		CASE(ends_in_a_web_of_includes),
		CASE(goes_so_deep_and_no_deeper),
		CASE(etc_masks_the_vendor_by_name),
		CASE(what_is_no_file_masks_and_says_nothing),
		CASE(a_link_that_leads_nowhere_masks_nothing),
		CASE(leaves_out_what_editors_and_packages_left),
		CASE(broken_files_say_nothing),
		CASE(pam_conf_counts_where_no_directory_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
