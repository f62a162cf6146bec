/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What ipcguard.conf(5) means: every key on both sides, which file wins, and where a mistake is. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cleanup.h"
#include "clock.h"
#include "config.h"
#include "tree.h"

static void assert_fails(struct tree *tree, const char *file, int r, const char *at, unsigned line,
			 const char *what)
{
	struct parse_error error = {0};
	struct config config;
	int got = config_load(&config, file, tree->root, &error);

	print_message("%d %s:%u: %s\n", got, error.file ? error.file : "-", error.line,
		      error.what ? error.what : "-");
	assert_int_equal(got, r);
	assert_non_null(error.what);
	assert_non_null(strstr(error.what, what));
	assert_int_equal(error.line, line);
	if (at)
		assert_non_null(strstr(error.file ? error.file : "", at));
	parse_error_done(&error);
}

/* Reads what the tree holds; the caller frees. */
static struct config load(const struct tree *tree)
{
	struct parse_error error = {0};
	struct config config;
	int r = config_load(&config, NULL, tree->root, &error);

	if (r < 0)
		print_message("%d %s:%u: %s\n", r, error.file ? error.file : "-", error.line,
			      error.what ? error.what : "-");
	assert_int_equal(r, 0);
	return config;
}

static struct config load_clean(const struct tree *tree, const char *lines)
{
	_cleanup_free_ char *text = NULL;

	assert_true(asprintf(&text, "[Clean]\n%s\n", lines) > 0);
	tree_write(tree, "etc/ipcguard.conf", text);
	return load(tree);
}

static void defaults_where_nothing_is_written(void **state)
{
	struct config config = load(*state);

	assert_int_equal(config.keep_users.count, 0);
	assert_int_equal(config.keep_names.count, 0);
	assert_int_equal(config.keep_keys_count, 0);
	assert_int_equal(config.min_age_ns, 0);
	assert_false(config.min_age_is_set);
	assert_false(config.keep_unread);
	assert_int_equal(config.wipe, WIPE_NO);
	assert_int_equal(config.deadline_ns, 10 * NS_PER_S);
	assert_int_equal(config.kinds, KINDS_ALL);
	assert_int_equal(config.min_uid, 1000);
	config_done(&config);
}

static void keeps_the_users_it_names_and_no_other(void **state)
{
	struct config config = load_clean(*state, "KeepUsers=postgres, ora* 1234");

	assert_true(config_keeps_user(&config, 26, "postgres"));
	assert_false(config_keeps_user(&config, 26, "postgres2"));
	assert_false(config_keeps_user(&config, 26, "postgre"));
	assert_true(config_keeps_user(&config, 500, "oracle"));
	assert_false(config_keeps_user(&config, 500, "aora"));
	assert_true(config_keeps_user(&config, 1234, NULL));
	assert_false(config_keeps_user(&config, 12345, NULL));
	assert_false(config_keeps_user(&config, 123, NULL));
	config_done(&config);
}

static void keeps_the_keys_it_names_and_no_other(void **state)
{
	struct config config = load_clean(*state, "KeepKeys=0x1234abcd,2577 -1");

	assert_true(config_keeps_key(&config, 0x1234abcd));
	assert_false(config_keeps_key(&config, 0x1234abce));
	assert_true(config_keeps_key(&config, 0xa11));
	assert_true(config_keeps_key(&config, 0xffffffff));
	assert_false(config_keeps_key(&config, 0));
	config_done(&config);
}

static void keeps_the_names_it_names_and_no_other(void **state)
{
	struct config config = load_clean(*state, "KeepNames=/mine* db.[0-9]");

	assert_true(config_keeps_name(&config, "/mine"));
	assert_true(config_keeps_name(&config, "/mine.2"));
	assert_false(config_keeps_name(&config, "/amine"));
	assert_true(config_keeps_name(&config, "/db.4"));
	assert_false(config_keeps_name(&config, "/db.x"));
	config_done(&config);
}

static void reads_each_single_value(void **state)
{
	struct config config = load_clean(*state, "MinAge=5min\nKeepUnread=yes\nWipe=verify\n"
						  "Deadline=500ms\nKinds=shm,pmq\nMinUid=500");

	assert_int_equal(config.min_age_ns, 300 * NS_PER_S);
	assert_true(config.min_age_is_set);
	assert_true(config.keep_unread);
	assert_int_equal(config.wipe, WIPE_VERIFY);
	assert_int_equal(config.deadline_ns, NS_PER_S / 2);
	assert_int_equal(config.kinds, KIND_BIT(KIND_SHM) | KIND_BIT(KIND_PMQ));
	assert_int_equal(config.min_uid, 500);
	config_done(&config);
}

static void reads_every_word_for_wipe_and_unread(void **state)
{
	static const struct {
		const char *lines;
		enum wipe_mode wipe;
		bool keep_unread;
	} cases[] = {
		{"Wipe=no\nKeepUnread=no", WIPE_NO, false},
		{"Wipe=yes\nKeepUnread=true", WIPE_YES, true},
		{"Wipe=try\nKeepUnread=false", WIPE_TRY, false},
		{"Wipe=verify\nKeepUnread=on", WIPE_VERIFY, true},
		{"Wipe=no\nKeepUnread=off", WIPE_NO, false},
		{"Wipe=no\nKeepUnread=1", WIPE_NO, true},
		{"Wipe=no\nKeepUnread=0", WIPE_NO, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config config = load_clean(*state, cases[i].lines);

		print_message("%s\n", cases[i].lines);
		assert_int_equal(config.wipe, cases[i].wipe);
		assert_int_equal(config.keep_unread, cases[i].keep_unread);
		config_done(&config);
	}
}

static void min_uid_comes_from_login_defs_unless_written(void **state)
{
	struct config config;

	tree_write(*state, "etc/login.defs", "# UID_MIN 7\nSYS_UID_MIN 100\nUID_MIN\t\t 2000\n");
	config = load(*state);
	assert_int_equal(config.min_uid, 2000);
	config_done(&config);
	config = load_clean(*state, "MinUid=3000");
	assert_int_equal(config.min_uid, 3000);
	config_done(&config);
}

static void a_bad_login_defs_keeps_the_default(void **state)
{
	static const char *const bad[] = {
		"UID_MIN x\n",		"UID_MIN -1\n", "UID_MIN 4294967296\n",
		"UID_MIN 4294967295\n", "UID_MIN\n",	"UID_MINIMUM 5\n"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct config config;

		print_message("%s", bad[i]);
		tree_write(*state, "etc/login.defs", bad[i]);
		config = load(*state);
		assert_int_equal(config.min_uid, 1000);
		config_done(&config);
	}
}

static void etc_replaces_the_vendor_file_and_drop_ins_add(void **state)
{
	struct config config;

	tree_write(*state, "usr/lib/ipcguard.conf", "[Clean]\nMinUid=1\nWipe=yes\n");
	config = load(*state);
	assert_int_equal(config.min_uid, 1);
	assert_int_equal(config.wipe, WIPE_YES);
	config_done(&config);

	tree_write(*state, "etc/ipcguard.conf", "[Clean]\nMinUid=2\nKeepUsers=a\n");
	tree_write(*state, "usr/lib/ipcguard.conf.d/10-v.conf", "[Clean]\nDeadline=3s\nMinUid=3\n");
	tree_write(*state, "etc/ipcguard.conf.d/20-a.conf", "[Clean]\nMinUid=4\nKeepUsers=b\n");
	tree_write(*state, "etc/ipcguard.conf.d/30-b", "[Clean]\nMinUid=5\n");
	config = load(*state);
	assert_int_equal(config.min_uid, 4);
	assert_int_equal(config.deadline_ns, 3 * NS_PER_S);
	assert_true(config_keeps_user(&config, 1, "a"));
	assert_true(config_keeps_user(&config, 1, "b"));
	config_done(&config);
}

static void a_drop_in_masks_the_vendor_s_of_the_same_name(void **state)
{
	struct config config;

	tree_write(*state, "usr/lib/ipcguard.conf.d/10-v.conf", "[Clean]\nMinUid=3\nWipe=yes\n");
	tree_write(*state, "etc/ipcguard.conf.d/10-v.conf", "[Clean]\nMinUid=4\n");
	config = load(*state);
	assert_int_equal(config.min_uid, 4);
	assert_int_equal(config.wipe, WIPE_NO);
	config_done(&config);
}

static void a_drop_in_counts_without_a_main_file(void **state)
{
	struct config config;

	tree_write(*state, "etc/ipcguard.conf.d/10-a.conf", "[Clean]\nKeepUsers=a\n");
	config = load(*state);
	assert_true(config_keeps_user(&config, 1, "a"));
	config_done(&config);
}

static void an_empty_list_clears_what_earlier_files_added(void **state)
{
	struct config config;

	tree_write(*state, "etc/ipcguard.conf", "[Clean]\nKeepUsers=a\nKeepKeys=1\nKeepNames=/a\n");
	tree_write(*state, "etc/ipcguard.conf.d/10-a.conf",
		   "[Clean]\nKeepUsers=\nKeepKeys=\nKeepNames=\n");
	config = load(*state);
	assert_int_equal(config.keep_users.count, 0);
	assert_int_equal(config.keep_keys_count, 0);
	assert_int_equal(config.keep_names.count, 0);
	config_done(&config);
}

static void one_file_named_is_the_only_one_read(void **state)
{
	const struct tree *tree = *state;
	struct parse_error error = {0};
	char path[TREE_PATH_SIZE];
	struct config config;

	tree_write(tree, "etc/ipcguard.conf", "[Clean]\nWipe=yes\n");
	tree_write(tree, "other.conf", "[Clean]\nMinUid=7\n");
	assert_int_equal(
		config_load(&config, tree_path(tree, "other.conf", path), tree->root, &error), 0);
	assert_int_equal(config.min_uid, 7);
	assert_int_equal(config.wipe, WIPE_NO);
	config_done(&config);
	assert_fails(*state, tree_path(tree, "absent.conf", path), -ENOENT, "absent.conf", 0,
		     "No such file");
}

/* Reads a file that ships, with the keys that it only shows taken in. */
static void write_uncommented(const struct tree *tree, const char *shipped, const char *name)
{
	_cleanup_fclose_ FILE *f = fopen(shipped, "re");
	char text[8192], *to = text, line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		const char *from = line[0] == '#' && line[1] != ' ' ? line + 1 : line;

		assert_true(to + strlen(from) < text + sizeof(text));
		to = stpcpy(to, from);
	}
	tree_write(tree, name, text);
}

static void the_shipped_file_shows_the_defaults(void **state)
{
	static const char *const shown[] = {
		"KeepUsers=", "KeepKeys=", "KeepNames=", "MinAge=", "KeepUnread=",
		"Wipe=",      "Deadline=", "Kinds=",	 "MinUid="};
	const struct tree *tree = *state;
	char path[TREE_PATH_SIZE], text[8192] = "";
	_cleanup_fclose_ FILE *f = NULL;
	struct config config, defaults;

	write_uncommented(tree, "hooks/ipcguard.conf", "usr/lib/ipcguard.conf");
	f = fopen(tree_path(tree, "usr/lib/ipcguard.conf", path), "re");
	assert_non_null(f);
	assert_true(fread(text, 1, sizeof(text) - 1, f) > 0);
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		print_message("%s\n", shown[i]);
		assert_non_null(strstr(text, shown[i]));
	}
	config = load(tree);
	config_defaults(&defaults);
	assert_int_equal(config.keep_users.count + config.keep_names.count, 0);
	assert_int_equal(config.keep_keys_count, 0);
	assert_int_equal(config.min_age_ns, defaults.min_age_ns);
	assert_int_equal(config.keep_unread, defaults.keep_unread);
	assert_int_equal(config.wipe, defaults.wipe);
	assert_int_equal(config.deadline_ns, defaults.deadline_ns);
	assert_int_equal(config.kinds, defaults.kinds);
	assert_int_equal(config.min_uid, defaults.min_uid);
	config_done(&config);
}

static void a_masked_vendor_drop_in_is_not_read(void **state)
{
	struct config config;
	char path[TREE_PATH_SIZE];

	tree_write(*state, "usr/lib/ipcguard.conf.d/10-v.conf", "[Clean]\nWipe=yes\n");
	tree_write(*state, "run/ipcguard.conf.d/20-r.conf", "[Clean]\nMinUid=7\n");
	tree_make_parents(*state, "etc/ipcguard.conf.d/10-v.conf");
	tree_path(*state, "etc/ipcguard.conf.d/10-v.conf", path);
	assert_int_equal(symlink("/dev/null", path), 0);
	config = load(*state);
	assert_int_equal(config.wipe, WIPE_NO);
	assert_int_equal(config.min_uid, 7);
	config_done(&config);
}

static void other_programs_sections_are_theirs(void **state)
{
	struct config config;

	tree_write(*state, "etc/ipcguard.conf",
		   "# c\n; c\n\n[Tune]\nMinUid=1\n[Clean]\r\nMinUid = 7 # c\r\n");
	config = load(*state);
	assert_int_equal(config.min_uid, 7);
	assert_int_equal(config.limit_threshold, 90);
	config_done(&config);
}

static void a_key_belongs_to_its_section(void **state)
{
	struct config config;

	tree_write(*state, "etc/ipcguard.conf", "[Clean]\nMinUid=7\n[Audit]\nLimitThreshold=80%\n");
	config = load(*state);
	assert_int_equal(config.min_uid, 7);
	assert_int_equal(config.limit_threshold, 80);
	config_done(&config);
}

static void a_mistake_has_its_line(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *what;
	} cases[] = {
		{"[Clean]\nMinAge=1s\nKeepUser=a\n", 3, "KeepUser="},
		{"[Clean]\n\n# c\nMinAge=soon\n", 4, "MinAge=soon"},
		{"[Clean]\nMinAge=\n", 2, "MinAge="},
		{"[Clean]\nMinAge=-1s\n", 2, "MinAge="},
		{"[Clean]\nDeadline=1x\n", 2, "Deadline="},
		{"[Clean]\nKeepUnread=maybe\n", 2, "KeepUnread="},
		{"[Clean]\nKeepUnread=\n", 2, "KeepUnread="},
		{"[Clean]\nWipe=Yes\n", 2, "no, yes, try or verify"},
		{"[Clean]\nKinds=shm,file\n", 2, "Kinds="},
		{"[Clean]\nKinds=\n", 2, "Kinds="},
		{"[Clean]\nMinUid=-1\n", 2, "MinUid="},
		{"[Clean]\nMinUid=4294967295\n", 2, "MinUid="},
		{"[Clean]\nKeepKeys=1 0x\n", 2, "KeepKeys="},
		{"[Clean]\nminuid=1\n", 2, "no such key"},
		{"[Clean]\nLimitThreshold=80\n", 2, "no such key in [Clean]"},
		{"[Audit]\nMinUid=7\n", 2, "no such key in [Audit]"},
		{"[Audit]\nLimitThreshold=0\n", 2, "LimitThreshold=0"},
		{"[Audit]\nLimitThreshold=101%\n", 2, "LimitThreshold=101%"},
		{"[Audit]\nLimitThreshold=90%%\n", 2, "LimitThreshold=90%%"},
		{"[Clean]\nWipe=no\n[Clear]\nMinUid=1\n", 3, "no such section"},
		{"MinUid=1\n[Clean]\nWipe=no\n", 1, "in no section"},
		{"[Tune]\nMinAge=x\n[Clean]\nMinAge=x\n", 4, "MinAge=x"},
		{"[Clean]\nWipe=yes\nWipe=no\n", 3, "more than once"},
		{"[Clean]\nWipe\n", 2, "no '='"},
		{"[Clean]\nKeepUsers=a\n b\n", 3, "no '='"},
		{"[Clean]\n=no\n", 2, "nothing before"},
		{"[Clean]\nKeepNames=/a#b\n", 2, "begin a comment"},
		{"[Clean]\nKeepNames=/a \"/b;c\"\n", 2, "begin a comment"},
		{"[Clean]\nWipe=no\n[Tune]\n[Clean]\n", 4, "stands here again"},
		{"[Clear]\n", 1, "no such section"},
		{"MinUid=1\n", 1, "in no section"},
		{"[Clean\nWipe=no\n", 1, ""},
		{"[Clean]x\nWipe=no\n", 1, ""},
		{"[]\nWipe=no\n", 1, ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s", cases[i].text);
		tree_write(*state, "etc/ipcguard.conf", cases[i].text);
		assert_fails(*state, NULL, -EINVAL, "etc/ipcguard.conf", cases[i].line,
			     cases[i].what);
	}
}

static void a_mistake_in_a_drop_in_names_the_drop_in(void **state)
{
	tree_write(*state, "etc/ipcguard.conf", "[Clean]\nWipe=no\n");
	tree_write(*state, "etc/ipcguard.conf.d/10-a.conf", "[Clean]\n\nWipe=maybe\n");
	assert_fails(*state, NULL, -EINVAL, "10-a.conf", 3, "Wipe=maybe");
}

static void damaged_bytes_are_an_error(void **state)
{
	const struct tree *tree = *state;
	static const char nul[] = "[Clean]\nWipe=no\n\0KeepUsers=a\n";
	_cleanup_free_ char *huge = malloc(2 * 1024 * 1024);
	_cleanup_free_ char *word = malloc(8192);

	tree_write_bytes(tree, "etc/ipcguard.conf", nul, sizeof(nul) - 1);
	assert_fails(*state, NULL, -EINVAL, "ipcguard.conf", 3, "NUL");
	memset(huge, 'a', 2 * 1024 * 1024);
	tree_write_bytes(tree, "etc/ipcguard.conf", huge, 2 * 1024 * 1024);
	assert_fails(*state, NULL, -EFBIG, "ipcguard.conf", 0, "1 MiB");
	/* at most the size allowed, in one line */
	memcpy(huge, "[Clean]\nWipe=", 13);
	tree_write_bytes(tree, "etc/ipcguard.conf", huge, 1024 * 1024);
	assert_fails(*state, NULL, -EINVAL, "ipcguard.conf", 2, "");
	memset(word, 'a', 8192);
	memcpy(word, "[Clean]\nKeepUsers=", 18);
	tree_write_bytes(tree, "etc/ipcguard.conf", word, 8192);
	assert_fails(*state, NULL, -EINVAL, "ipcguard.conf", 2, "KeepUsers");
}

static void what_is_no_file_is_an_error(void **state)
{
	const struct tree *tree = *state;
	char path[TREE_PATH_SIZE];

	tree_make_parents(tree, "etc/ipcguard.conf");
	assert_int_equal(mkdir(tree_path(tree, "etc/ipcguard.conf", path), 0755), 0);
	assert_fails(*state, path, -EINVAL, "ipcguard.conf", 0, "not a regular file");
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_fails(*state, path, -EINVAL, "ipcguard.conf", 0, "not a regular file");
	assert_fails(*state, NULL, -EINVAL, "ipcguard.conf", 0, "not a regular file");
}

static void root_believes_only_root_s_files(void **state)
{
	const struct tree *tree = *state;
	char path[TREE_PATH_SIZE];
	struct config config;

	if (geteuid() != 0)
		skip();
	tree_write(tree, "etc/ipcguard.conf", "[Clean]\nWipe=no\n");
	tree_path(tree, "etc/ipcguard.conf", path);
	assert_int_equal(chmod(path, 0664), 0);
	assert_fails(*state, NULL, -EPERM, "ipcguard.conf", 0, "root");
	assert_int_equal(chmod(path, 0646), 0);
	assert_fails(*state, NULL, -EPERM, "ipcguard.conf", 0, "root");
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(chown(path, 1000, 0), 0);
	assert_fails(*state, NULL, -EPERM, "ipcguard.conf", 0, "root");
	assert_int_equal(chown(path, 0, 1000), 0);
	config = load(tree);
	config_done(&config);
	tree_write(tree, "etc/ipcguard.conf.d/x.conf", "[Clean]\nWipe=no\n");
	assert_int_equal(chmod(tree_path(tree, "etc/ipcguard.conf.d/x.conf", path), 0666), 0);
	assert_fails(*state, NULL, -EPERM, "x.conf", 0, "root");
}

/* A fixed sequence: the same files every time. */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static void survives_any_damage(void **state)
{
	static const char whole[] =
		"# c\n[Clean]\nKeepUsers=a, b* 12\nKeepKeys=0x1 2\nMinAge=2h 5min\n"
		"KeepNames=/a[b]* /c # c\nWipe=yes\nKinds=shm,sem\n[Tune]\nA=\"x\"\n";
	static const char special[] = "[]=#;\\\"'\n\r\t ,\x80\xff{}*\0";
	const struct tree *tree = *state;
	char path[TREE_PATH_SIZE];
	uint32_t seed = 1;
	unsigned good = 0, bad = 0;

	tree_path(tree, "fuzzed.conf", path);
	for (unsigned i = 0; i < 3000; i++) {
		struct parse_error error = {0};
		char text[sizeof(whole)];
		struct config config;
		size_t length = sizeof(whole) - 1;

		memcpy(text, whole, sizeof(whole));
		for (unsigned n = next_random(&seed) % 4; n > 0; n--)
			text[next_random(&seed) % length] =
				special[next_random(&seed) % sizeof(special)];
		if (next_random(&seed) % 4 == 0)
			length = next_random(&seed) % length;
		tree_write_bytes(tree, "fuzzed.conf", text, length);
		if (config_load(&config, path, tree->root, &error) == 0) {
			good++;
			config_done(&config);
		} else {
			bad++;
			assert_non_null(error.what);
		}
		parse_error_done(&error);
	}
	assert_true(good > 300);
	assert_true(bad > 300);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(defaults_where_nothing_is_written),
		TEST(keeps_the_users_it_names_and_no_other),
		TEST(keeps_the_keys_it_names_and_no_other),
		TEST(keeps_the_names_it_names_and_no_other),
		TEST(reads_each_single_value),
		TEST(reads_every_word_for_wipe_and_unread),
		TEST(min_uid_comes_from_login_defs_unless_written),
		TEST(a_bad_login_defs_keeps_the_default),
		TEST(etc_replaces_the_vendor_file_and_drop_ins_add),
		TEST(a_drop_in_masks_the_vendor_s_of_the_same_name),
		TEST(a_drop_in_counts_without_a_main_file),
		TEST(an_empty_list_clears_what_earlier_files_added),
		TEST(one_file_named_is_the_only_one_read),
		TEST(the_shipped_file_shows_the_defaults),
		TEST(a_masked_vendor_drop_in_is_not_read),
		TEST(other_programs_sections_are_theirs),
		TEST(a_key_belongs_to_its_section),
		TEST(a_mistake_has_its_line),
		TEST(a_mistake_in_a_drop_in_names_the_drop_in),
		TEST(damaged_bytes_are_an_error),
		TEST(what_is_no_file_is_an_error),
		TEST(root_believes_only_root_s_files),
		TEST(survives_any_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
