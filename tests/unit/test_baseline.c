/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Baselines: what they know again, and that a damaged one knows nothing. */
#include <errno.h>
#include <ftw.h>
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

#include "baseline_parse.h"

#define UNIT "db@a.service"
#define INVOCATION "0123456789abcdef0123456789abcdef"

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static int make_dir(void **state)
{
	char *dir = strdup("/tmp/test_baseline.XXXXXX");

	*state = dir;
	return dir && mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(*state);
	return 0;
}

static char name_a[] = "/a";

static struct ipc_object objects[] = {
	{.kind = KIND_SHM, .id = 0, .key = 0x80000001, .uid = 7, .cuid = 7, .ctime = 100},
	{.kind = KIND_SEM, .id = 5, .key = 0, .uid = 7, .cuid = 8, .ctime = 200},
	{.kind = KIND_PSHM, .id = -1, .name = name_a, .dev = 3, .ino = 44, .ctime = 201},
};

static struct inventory inventory(void)
{
	return (struct inventory){.objects = objects, .count = 3, .shm_fd = -1, .mqueue_fd = -1};
}

static int record(const char *dir, const char *invocation, time_t since)
{
	const struct procs procs = {.proc_fd = -1};
	struct inventory inv = inventory();

	return baseline_record(dir, UNIT, invocation, since, &inv, &procs);
}

static struct baseline *load(const char *dir)
{
	struct baseline *baseline = NULL;

	assert_int_equal(baseline_load(&baseline, dir, UNIT), 0);
	return baseline;
}

static void path_of(const char *dir, char buf[4096])
{
	snprintf(buf, 4096, "%s/baseline/" UNIT, dir);
}

static void knows_what_was_there(void **state)
{
	struct baseline *baseline;

	assert_int_equal(record(*state, INVOCATION, 0), 0);
	baseline = load(*state);
	for (size_t i = 0; i < 3; i++)
		assert_true(baseline_has(baseline, &objects[i]));
	baseline_free(baseline);
}

/* The same id, name or inode is not enough: each case differs from a known object in one field. */
static void knows_the_object_not_only_its_name(void **state)
{
	struct ipc_object others[] = {objects[0], objects[0], objects[0], objects[0],
				      objects[2], objects[2], objects[2]};
	struct baseline *baseline;

	others[0].id = 1;
	others[1].key = 0x80000002;
	others[2].cuid = 9;
	others[3].kind = KIND_MSG;
	others[4].ino = 45;
	others[5].dev = 4;
	others[6].kind = KIND_SHM;
	assert_int_equal(record(*state, INVOCATION, 0), 0);
	baseline = load(*state);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (baseline_has(baseline, &others[i]))
			fail_msg("case %zu taken for a known object", i);
	baseline_free(baseline);
}

/* What can change while the object stays the same doesn't make it another one. */
static void knows_an_object_that_was_changed(void **state)
{
	struct ipc_object given = objects[0], marked = objects[0], renamed = objects[2];
	struct baseline *baseline;
	char name_b[] = "/b";

	given.uid = 99;
	given.ctime = 5000;
	marked.key = 0;
	marked.mode = 01600;
	renamed.name = name_b;
	assert_int_equal(record(*state, INVOCATION, 0), 0);
	baseline = load(*state);
	assert_true(baseline_has(baseline, &given));
	assert_true(baseline_has(baseline, &marked));
	assert_true(baseline_has(baseline, &renamed));
	baseline_free(baseline);
}

static void leaves_out_what_the_unit_made_since(void **state)
{
	struct baseline *baseline;

	assert_int_equal(record(*state, INVOCATION, 199), 0);
	baseline = load(*state);
	assert_true(baseline_has(baseline, &objects[0]));
	assert_false(baseline_has(baseline, &objects[1]));
	assert_false(baseline_has(baseline, &objects[2]));
	baseline_free(baseline);
	/* one of the same second may have been there before */
	assert_int_equal(record(*state, "another", 200), 0);
	baseline = load(*state);
	assert_true(baseline_has(baseline, &objects[1]));
	assert_false(baseline_has(baseline, &objects[2]));
	baseline_free(baseline);
}

static void second_look_keeps_the_objects(void **state)
{
	const struct procs procs = {.proc_fd = -1};
	const struct inventory none = {.shm_fd = -1, .mqueue_fd = -1};
	struct baseline *baseline;

	assert_int_equal(record(*state, INVOCATION, 0), 0);
	assert_int_equal(baseline_record(*state, UNIT, INVOCATION, 0, &none, &procs), 0);
	baseline = load(*state);
	assert_true(baseline_has(baseline, &objects[0]));
	baseline_free(baseline);
}

/* Another start, or one without a name, begins anew. */
static void another_start_replaces_the_objects(void **state)
{
	static const char *const invocations[][2] = {{INVOCATION, "abc"}, {"", ""}, {"a b", "a b"}};
	const struct procs procs = {.proc_fd = -1};
	const struct inventory none = {.shm_fd = -1, .mqueue_fd = -1};

	for (size_t i = 0; i < 3; i++) {
		struct baseline *baseline;

		assert_int_equal(record(*state, invocations[i][0], 0), 0);
		assert_int_equal(baseline_record(*state, UNIT, invocations[i][1], 0, &none, &procs),
				 0);
		baseline = load(*state);
		assert_false(baseline_has(baseline, &objects[0]));
		baseline_free(baseline);
	}
}

static const char header[] = "ipcguard-baseline 1 0 u.service -\n";

/* The text with a last line whose hash is right. */
static char *sealed(const char *body)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	char *text = NULL;

	for (const char *c = body; *c; c++)
		hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	assert_true(asprintf(&text, "%send %llu\n", body, (unsigned long long)hash) > 0);
	return text;
}

static int parse_body(const char *body, struct baseline **baseline)
{
	char whole[512], *text;
	int r;

	snprintf(whole, sizeof(whole), "%s%s", header, body);
	text = sealed(whole);
	r = baseline_parse(text, strlen(text), baseline);
	free(text);
	return r;
}

static void proves_a_process_between_start_and_last_look(void **state)
{
	static const struct {
		pid_t pid;
		time_t when;
		bool is_proved;
	} cases[] = {{42, 1000, true},	{42, 2000, true},  {42, 999, false},
		     {42, 2001, false}, {43, 1500, false}, {42, 1500, true}};
	struct baseline *baseline = NULL;

	(void)state;
	assert_int_equal(parse_body("p 42 555 1000 2000\n", &baseline), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (baseline_saw_process(baseline, cases[i].pid, cases[i].when) !=
		    cases[i].is_proved)
			fail_msg("case %zu: pid %d at %lld", i, cases[i].pid,
				 (long long)cases[i].when);
	baseline_free(baseline);
}

static void refuses_lines_that_nobody_wrote(void **state)
{
	static const char *const bodies[] = {
		"s 0 5 1\n",
		"s 0 5 1 7 9\n",
		"s 3 5 1 7\n",
		"s 0 -5 1 7\n",
		"s 0 2147483648 1 7\n",
		"s 0 5 4294967296 7\n",
		"s 0 5 1 7",
		"s  0 5 1 7\n",
		"f 1\n",
		"f 1 18446744073709551616\n",
		"x 1 2\n",
		"\n",
		"p 1 2 3\n",
		"p 2147483648 2 3 4\n",
		"p 1 2 9223372036854775808 4\n",
		"end 5\n",
		"s 0 +5 1 7\n",
		"s 0 5 0x1 7\n",
		"p",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct baseline *baseline = NULL;

		if (parse_body(bodies[i], &baseline) != -EBADMSG)
			fail_msg("accepted: %s", bodies[i]);
	}
}

static char *whole_file(const char *dir, size_t *size)
{
	char path[4096], *text = calloc(1, 65536);
	FILE *f;

	path_of(dir, path);
	f = fopen(path, "re");
	assert_non_null(f);
	*size = fread(text, 1, 65535, f);
	fclose(f);
	return text;
}

static void refuses_every_truncation(void **state)
{
	struct baseline *baseline = NULL;
	size_t size;
	char *text;

	assert_int_equal(record(*state, INVOCATION, 0), 0);
	text = whole_file(*state, &size);
	assert_int_equal(baseline_parse(text, size, &baseline), 0);
	baseline_free(baseline);
	while (size--) {
		/* of exact size, so that a sanitizer sees any look past its end */
		char *part = strndup(text, size);

		if (baseline_parse(part, size, &baseline) != -EBADMSG)
			fail_msg("accepted the first %zu bytes", size);
		free(part);
	}
	free(text);
}

static void refuses_every_changed_byte(void **state)
{
	static const unsigned char changes[] = {0x01, 0x10, 0x80, 0xff};
	struct baseline *baseline = NULL;
	size_t size;
	char *text;

	assert_int_equal(record(*state, INVOCATION, 0), 0);
	text = whole_file(*state, &size);
	for (size_t i = 0; i < size * sizeof(changes); i++) {
		char *byte = text + i / sizeof(changes), old = *byte;

		*byte = (char)(old ^ changes[i % sizeof(changes)]);
		if (baseline_parse(text, size, &baseline) != -EBADMSG)
			fail_msg("accepted with byte %zu changed", i / sizeof(changes));
		*byte = old;
	}
	free(text);
}

static void put_file(const char *dir, const char *text)
{
	char path[4096];
	FILE *f;

	path_of(dir, path);
	f = fopen(path, "we");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void forgets_another_boot(void **state)
{
	struct baseline *baseline = NULL;
	char *text;

	assert_int_equal(record(*state, INVOCATION, 0), 0);
	text = sealed("ipcguard-baseline 1 00000000-0000-0000-0000-000000000000 " UNIT " -\n");
	put_file(*state, text);
	free(text);
	assert_int_equal(baseline_load(&baseline, *state, UNIT), -ENOENT);
}

static void refuses_the_file_of_another_unit(void **state)
{
	struct baseline *baseline = NULL;
	char path[4096], other[4096];

	assert_int_equal(record(*state, INVOCATION, 0), 0);
	path_of(*state, path);
	snprintf(other, sizeof(other), "%s/baseline/other.service", (char *)*state);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(baseline_load(&baseline, *state, "other.service"), -EBADMSG);
	assert_int_equal(baseline_load(&baseline, *state, UNIT), -ENOENT);
}

static void refuses_what_others_may_write(void **state)
{
	struct baseline *baseline = NULL;
	char path[4096], dir[4096];

	assert_int_equal(record(*state, INVOCATION, 0), 0);
	path_of(*state, path);
	assert_int_equal(chmod(path, 0620), 0);
	assert_int_equal(baseline_load(&baseline, *state, UNIT), -EPERM);
	assert_int_equal(chmod(path, 0644), 0);
	baseline_free(load(*state));
	snprintf(dir, sizeof(dir), "%s/baseline", (char *)*state);
	assert_int_equal(chmod(dir, 0722), 0);
	assert_int_equal(baseline_load(&baseline, *state, UNIT), -EPERM);
}

static void follows_no_link(void **state)
{
	struct baseline *baseline = NULL;
	char path[4096], moved[4096];

	assert_int_equal(record(*state, INVOCATION, 0), 0);
	path_of(*state, path);
	snprintf(moved, sizeof(moved), "%s/moved", (char *)*state);
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(symlink(moved, path), 0);
	assert_int_equal(baseline_load(&baseline, *state, UNIT), -EPERM);
	/* recording replaces the link, not what it leads to */
	assert_int_equal(record(*state, "abc", 0), 0);
	baseline_free(load(*state));
}

static void refuses_names_that_lead_elsewhere(void **state)
{
	static const char *const names[] = {"../x.service", "a/b.service", "", ".service", "x"};
	const struct procs procs = {.proc_fd = -1};
	struct inventory inv = inventory();
	struct baseline *baseline = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(baseline_load(&baseline, *state, names[i]), -EINVAL);
		assert_int_equal(baseline_record(*state, names[i], "", 0, &inv, &procs), -EINVAL);
		assert_int_equal(baseline_forget(*state, names[i]), -EINVAL);
	}
}

static void forgets_a_unit(void **state)
{
	struct baseline *baseline = NULL;

	assert_int_equal(baseline_forget(*state, UNIT), 0);
	assert_int_equal(record(*state, INVOCATION, 0), 0);
	assert_int_equal(baseline_forget(*state, UNIT), 0);
	assert_int_equal(baseline_load(&baseline, *state, UNIT), -ENOENT);
	assert_int_equal(baseline_forget(*state, UNIT), 0);
}

/* A damaged file is a missing one to the next start. */
static void records_over_a_damaged_file(void **state)
{
	struct baseline *baseline = NULL;

	assert_int_equal(record(*state, INVOCATION, 0), 0);
	put_file(*state, "ipcguard-baseline 1 ");
	assert_int_equal(baseline_load(&baseline, *state, UNIT), -EBADMSG);
	assert_int_equal(record(*state, INVOCATION, 0), 0);
	baseline_free(load(*state));
}

/* The temporary name is taken by a directory with something in it: no new file can be written. */
static void keeps_the_old_file_when_it_cannot_write(void **state)
{
	struct baseline *baseline;
	char path[4096];

	assert_int_equal(record(*state, INVOCATION, 0), 0);
	snprintf(path, sizeof(path), "%s/baseline/.new", (char *)*state);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_true(record(*state, "abc", 0) < 0);
	baseline = load(*state);
	assert_string_equal(baseline->invocation, INVOCATION);
	baseline_free(baseline);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(knows_what_was_there),
		CASE(knows_the_object_not_only_its_name),
		CASE(knows_an_object_that_was_changed),
		CASE(leaves_out_what_the_unit_made_since),
		CASE(second_look_keeps_the_objects),
		CASE(another_start_replaces_the_objects),
		CASE(proves_a_process_between_start_and_last_look),
		CASE(refuses_lines_that_nobody_wrote),
		CASE(refuses_every_truncation),
		CASE(refuses_every_changed_byte),
		CASE(forgets_another_boot),
		CASE(refuses_the_file_of_another_unit),
		CASE(refuses_what_others_may_write),
		CASE(follows_no_link),
		CASE(refuses_names_that_lead_elsewhere),
		CASE(forgets_a_unit),
		CASE(records_over_a_damaged_file),
		CASE(keeps_the_old_file_when_it_cannot_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
