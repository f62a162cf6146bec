/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ftok(3)'s keys, and who has which /tmp. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ipc.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "ftok.h"
#include "tree.h"

#define PRIVATE(unit) "systemd-private-0123456789abcdef0123456789abcdef-" unit "-aB3xYz"
#define APP "tmp/" PRIVATE("app.service") "/tmp/"

static void makes_the_keys_of_libc(void **state)
{
	static const char *const files[] = {"/", "/proc", "/dev/null", "/etc/passwd", "/tmp"};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		for (int project = -1; project <= 256; project++) {
			struct stat st;

			assert_int_equal(stat(files[i], &st), 0);
			if (ftok_key(st.st_dev, st.st_ino, (unsigned)project) !=
			    (uint32_t)ftok(files[i], project))
				fail_msg("%s, %d", files[i], project);
		}
}

static void takes_keys_apart(void **state)
{
	const uint32_t key = ftok_key(makedev(0x123, 0x7fe), 0xabcd1234, 0x1ff);

	(void)state;
	assert_int_equal(key, 0xfffe1234);
	assert_int_equal(ftok_project(key), 0xff);
	assert_int_equal(ftok_file_part(key), 0xfe1234);
	assert_int_equal(ftok_project(0x00fe1234), 0);
}

static void knows_private_directories_by_name(void **state)
{
	static const struct {
		const char *name, *unit;
	} cases[] = {
		{PRIVATE("app.service"), "app.service"},
		{PRIVATE("a-b\\x2dc@1.service"), "a-b\\x2dc@1.service"},
		{PRIVATE("x.socket"), "x.socket"},
		{PRIVATE(""), NULL},
		{PRIVATE("a b.service"), NULL},
		{PRIVATE("\x1b[2J.service"), NULL},
		{"systemd-private-0123456789abcdef0123456789abcdef-app.service", NULL},
		{"systemd-private-0123456789ABCDEF0123456789abcdef-app.service-aB3xYz", NULL},
		{"systemd-private-0123456789abcdef0123456789abcdefa-app.service-aB3xYz", NULL},
		{"systemd-private-0123456789abcdef0123456789abcde-app.service-aB3xYz", NULL},
		{"systemd-private-0123456789abcdef0123456789abcdef", NULL},
		{"systemd-private-", NULL},
		{"xsystemd-private-0123456789abcdef0123456789abcdef-app.service-aB3xYz", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char unit[UNIT_NAME_SIZE] = "";

		print_message("# %s\n", cases[i].unit ? cases[i].unit : "none");
		assert_int_equal(private_tmp_unit(cases[i].name, unit), cases[i].unit != NULL);
		if (cases[i].unit)
			assert_string_equal(unit, cases[i].unit);
	}
}

static void refuses_a_unit_longer_than_units_are(void **state)
{
	char name[600], unit[UNIT_NAME_SIZE], longest[UNIT_NAME_SIZE];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	longest[255] = '\0';
	snprintf(name, sizeof(name), PRIVATE("%s"), longest);
	assert_true(private_tmp_unit(name, unit));
	snprintf(name, sizeof(name), PRIVATE("%sa"), longest);
	assert_false(private_tmp_unit(name, unit));
}

static const char *root_of(void *tree)
{
	return ((const struct tree *)tree)->root;
}

static struct tmp_places places_of(void *tree)
{
	struct tmp_places places;

	assert_int_equal(tmp_places_read(&places, root_of(tree)), 0);
	return places;
}

static size_t count_privates(const struct tmp_places *places)
{
	size_t count = 0;

	for (size_t i = 0; i < places->count; i++)
		count += places->all[i].unit != NULL;
	return count;
}

static void finds_private_directories(void **state)
{
	struct tmp_places places;

	tree_write(*state, APP "key", "");
	tree_write(*state, "var/tmp/" PRIVATE("app.service") "/tmp/key", "");
	tree_write(*state, "tmp/" PRIVATE("empty.service") "/other", "");
	tree_write(*state, "tmp/" PRIVATE("file.service"), "");
	places = places_of(*state);
	assert_int_equal(places.count, 4);
	assert_int_equal(count_privates(&places), 2);
	assert_false(places.is_partial);
	tmp_places_done(&places);
}

static void takes_var_tmp_once_if_it_is_tmp(void **state)
{
	struct tmp_places places;
	char path[TREE_PATH_SIZE];

	tree_write(*state, APP "key", "");
	tree_make_parents(*state, "var/tmp");
	assert_int_equal(symlink("../tmp", tree_path(*state, "var/tmp", path)), 0);
	places = places_of(*state);
	assert_int_equal(places.count, 2);
	tmp_places_done(&places);
}

static void leaves_what_anyone_could_have_made(void **state)
{
	struct tmp_places places;
	char path[TREE_PATH_SIZE];

	if (geteuid() != 0)
		skip();
	tree_write(*state, APP "key", "");
	tree_path(*state, "tmp/" PRIVATE("app.service"), path);
	assert_int_equal(chown(path, 12345, (gid_t)-1), 0);
	places = places_of(*state);
	assert_int_equal(count_privates(&places), 0);
	tmp_places_done(&places);
}

static void does_not_follow_a_link_to_a_directory(void **state)
{
	struct tmp_places places;
	char path[TREE_PATH_SIZE];

	tree_write(*state, "elsewhere/tmp/key", "");
	tree_make_parents(*state, "tmp/x");
	assert_int_equal(
		symlink("../elsewhere", tree_path(*state, "tmp/" PRIVATE("app.service"), path)), 0);
	places = places_of(*state);
	assert_int_equal(count_privates(&places), 0);
	tmp_places_done(&places);
}

static const struct tmp_place *private_place(const struct tmp_places *places)
{
	for (size_t i = 0; i < places->count; i++)
		if (places->all[i].unit)
			return &places->all[i];
	fail_msg("no private place");
	return NULL;
}

static void looks_at_files_of_a_place_only(void **state)
{
	static const struct {
		const char *rest;
		int r;
	} cases[] = {
		{"key", 0},
		{"sub/key", 0},
		{"nothing", -ENOENT},
		{"sub/nothing", -ENOENT},
		{"key/x", -ENOTDIR},
		{"link", -ELOOP},
		{"sublink/key", -ENOTDIR},
		{"../tmp/key", -ENOENT},
		{"sub/../key", -ENOENT},
		{".", -ENOENT},
		{"", -ENOENT},
		{"sub//key", -ENOENT},
	};
	struct tmp_places places;
	char path[TREE_PATH_SIZE];
	struct stat st;

	tree_write(*state, APP "key", "");
	tree_write(*state, APP "sub/key", "");
	assert_int_equal(symlink("key", tree_path(*state, APP "link", path)), 0);
	assert_int_equal(symlink("sub", tree_path(*state, APP "sublink", path)), 0);
	places = places_of(*state);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int r = tmp_place_stat(private_place(&places), cases[i].rest, &st);

		if (r != cases[i].r)
			fail_msg("%s: %d", cases[i].rest, r);
	}
	tmp_places_done(&places);
}

static void tells_a_place_by_its_path(void **state)
{
	struct tmp_places places;
	const struct tmp_place *place;
	const char *rest = NULL;
	char path[TREE_PATH_SIZE];

	tree_write(*state, APP "key", "");
	places = places_of(*state);
	place = tmp_places_find(&places, tree_path(*state, APP "a/key", path), &rest);
	assert_string_equal(place->unit, "app.service");
	assert_string_equal(rest, "a/key");
	place = tmp_places_find(&places, tree_path(*state, "tmp/key", path), &rest);
	assert_null(place->unit);
	assert_string_equal(rest, "key");
	assert_null(tmp_places_find(&places, tree_path(*state, "tmpfiles/key", path), &rest));
	assert_null(tmp_places_find(&places, tree_path(*state, "tmp", path), &rest));
	assert_null(tmp_places_find(&places, "relative", &rest));
	tmp_places_done(&places);
}

/* Asks about one file of the tree, by the key that ftok(3) makes of another one. */
static struct ftok_answers ask(void *tree, const char *key_of, const char *about)
{
	struct tmp_places places = places_of(tree);
	struct ftok_answers answers;
	char key_path[TREE_PATH_SIZE], path[TREE_PATH_SIZE];
	const char *file = tree_path(tree, about, path);
	uint32_t key = (uint32_t)ftok(tree_path(tree, key_of, key_path), 'A');

	assert_int_equal(ftok_ask(&answers, key, &file, 1, &places), 0);
	tmp_places_done(&places);
	return answers;
}

static void finds_the_file_of_a_key(void **state)
{
	struct ftok_answers answers;

	tree_write(*state, "srv/a", "");
	tree_write(*state, "srv/b", "");
	answers = ask(*state, "srv/a", "srv/a");
	assert_int_equal(answers.count, 1);
	assert_true(answers.all[0].is_match);
	assert_int_equal(ftok_project(answers.all[0].key), 'A');
	assert_false(answers.has_shared);
	ftok_answers_done(&answers);
	answers = ask(*state, "srv/a", "srv/b");
	assert_int_equal(answers.count, 1);
	assert_false(answers.all[0].is_match);
	assert_false(answers.all[0].is_clash);
	ftok_answers_done(&answers);
	answers = ask(*state, "srv/a", "srv/nothing");
	assert_int_equal(answers.all[0].error, -ENOENT);
	assert_false(answers.all[0].is_match);
	ftok_answers_done(&answers);
}

static void names_the_clash_with_a_private_tmp(void **state)
{
	struct ftok_answers answers;

	tree_write(*state, "tmp/key", "");
	tree_write(*state, APP "key", "");
	/* the key is the host's, then the unit's; asked about by either name */
	for (int i = 0; i < 4; i++) {
		const char *key_of = i & 1 ? APP "key" : "tmp/key",
			   *about = i & 2 ? APP "key" : "tmp/key";

		answers = ask(*state, key_of, about);
		assert_int_equal(answers.count, 2);
		assert_true(answers.has_shared);
		assert_int_equal(answers.matches, 1);
		for (size_t n = 0; n < 2; n++) {
			bool is_units = answers.all[n].unit != NULL;

			assert_int_equal(answers.all[n].is_match, is_units == (i & 1));
			assert_int_equal(answers.all[n].is_clash, is_units != (i & 1));
			if (is_units)
				assert_string_equal(answers.all[n].path, "/tmp/key");
		}
		ftok_answers_done(&answers);
	}
}

static void names_the_file_that_only_a_unit_has(void **state)
{
	struct ftok_answers answers;

	tree_write(*state, APP "key", "");
	answers = ask(*state, APP "key", "tmp/key");
	assert_int_equal(answers.count, 2);
	assert_int_equal(answers.all[0].error, -ENOENT);
	assert_true(answers.all[0].is_clash);
	assert_true(answers.all[1].is_match);
	ftok_answers_done(&answers);
}

/* A link of the unit's leads elsewhere to the unit than to us. */
static void is_silent_about_a_link_in_a_private_tmp(void **state)
{
	struct ftok_answers answers;
	char path[TREE_PATH_SIZE];

	tree_write(*state, "tmp/key", "");
	tree_write(*state, APP "x", "");
	assert_int_equal(symlink("/etc/passwd", tree_path(*state, APP "key", path)), 0);
	answers = ask(*state, "tmp/key", "tmp/key");
	assert_int_equal(answers.count, 1);
	ftok_answers_done(&answers);
}

static void counts_names_of_one_file_once(void **state)
{
	struct tmp_places places = places_of(*state);
	char a[TREE_PATH_SIZE], b[TREE_PATH_SIZE];
	struct ftok_answers answers;

	tree_write(*state, "srv/a", "");
	assert_int_equal(link(tree_path(*state, "srv/a", a), tree_path(*state, "srv/b", b)), 0);
	assert_int_equal(ftok_ask(&answers, (uint32_t)ftok(a, 1), (const char *const[]){a, b}, 2,
				  &places),
			 0);
	assert_true(answers.all[0].is_match && answers.all[1].is_match);
	assert_int_equal(answers.matches, 1);
	ftok_answers_done(&answers);
	tmp_places_done(&places);
}

#define IN_TREE(fn) cmocka_unit_test_setup_teardown(fn, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_the_keys_of_libc),
		cmocka_unit_test(takes_keys_apart),
		cmocka_unit_test(knows_private_directories_by_name),
		cmocka_unit_test(refuses_a_unit_longer_than_units_are),
		IN_TREE(finds_private_directories),
		IN_TREE(takes_var_tmp_once_if_it_is_tmp),
		IN_TREE(leaves_what_anyone_could_have_made),
		IN_TREE(does_not_follow_a_link_to_a_directory),
		IN_TREE(looks_at_files_of_a_place_only),
		IN_TREE(tells_a_place_by_its_path),
		IN_TREE(finds_the_file_of_a_key),
		IN_TREE(names_the_clash_with_a_private_tmp),
		IN_TREE(names_the_file_that_only_a_unit_has),
		IN_TREE(is_silent_about_a_link_in_a_private_tmp),
		IN_TREE(counts_names_of_one_file_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
