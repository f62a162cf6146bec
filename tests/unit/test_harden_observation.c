/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file of an observation: as it was written, or refused; and what an observation is made of. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check_command.h"
#include "observation.h"
#include "observe_look.h"
#include "tree.h"
#include "watch.h"

#define FILE_NAME "t.service.json"

static char name[] = "t.service";

/* Only its own user may write there. */
static const char *directory(const struct tree *tree)
{
	return tree->root;
}

static int load(struct observation *observation, void *state)
{
	struct parse_error error = {0};
	int r = observation_load(observation, directory(state), name, &error);

	/* what is damaged is told */
	assert_int_equal(r == -EINVAL, error.what != NULL);
	parse_error_done(&error);
	return r;
}

static void comes_back_as_it_was(void **state)
{
	struct ipc_object obj = {.kind = KIND_PMQ, .id = -1, .mode = 0640, .bytes = 7};
	struct observation observation = {.unit = name, .started = 1764111111, .seconds = 60},
			   loaded;
	struct seen_object *object;
	char queue[] = "/q\x1b\"";
	int r;

	obj.name = queue;
	observation.has_calls = observation.saw_stop = observation.saw_setuid = true;
	observation.lost = 3;
	observation.looks = 12;
	observation.calls[CALL_MQ_OPEN] = 5;
	observation.unknown[CALL_SHMGET] = UINT32_MAX;
	observation.queue_bytes = 4096;
	object = observation_object(&observation, &obj, &r);
	assert_non_null(object);
	object->is_left = true;
	assert_int_equal(observation_add_other(object, "other.service"), 0);
	assert_int_equal(observation_add_other(object, "other.service"), 0);
	assert_int_equal(observation_save(&observation, directory(*state)), 0);
	assert_int_equal(load(&loaded, *state), 0);
	assert_int_equal(loaded.started, 1764111111);
	assert_true(loaded.has_calls && loaded.saw_stop && loaded.saw_setuid);
	assert_false(loaded.saw_foreign || loaded.saw_any_sysv || loaded.is_partial);
	assert_int_equal(loaded.lost, 3);
	assert_memory_equal(loaded.calls, observation.calls, sizeof(loaded.calls));
	assert_memory_equal(loaded.unknown, observation.unknown, sizeof(loaded.unknown));
	assert_int_equal(loaded.object_count, 1);
	assert_string_equal(loaded.objects[0].ref, "pmq:/q\\x1b\"");
	assert_int_equal(loaded.objects[0].mode, 0640);
	assert_true(loaded.objects[0].is_left);
	assert_false(loaded.objects[0].was_there);
	assert_int_equal(loaded.objects[0].others.count, 1);
	observation_done(&loaded);
	observation.unit = NULL;
	observation_done(&observation);
}

static void damaged_files_are_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"{",
		"[]",
		"null",
		"{\"unit\":\"other.service\",\"calls\":{},\"calls_of_unknown\":{},\"objects\":[]}",
		"{\"unit\":\"t.service\",\"calls\":{},\"calls_of_unknown\":{}}",
		"{\"unit\":\"t.service\",\"calls\":[],\"calls_of_unknown\":{},\"objects\":[]}",
		"{\"unit\":\"t.service\",\"calls\":{},\"calls_of_unknown\":{},\"objects\":[1]}",
		"{\"unit\":\"t.service\",\"calls\":{},\"calls_of_unknown\":{},\"objects\":"
		"[{\"object\":\"shm:1\",\"kind\":\"file\"}]}",
		"{\"unit\":\"t.service\",\"calls\":{},\"calls_of_unknown\":{},\"objects\":"
		"[{\"object\":\"shm:1\\u001b\",\"kind\":\"shm\"}]}",
		"{\"unit\":\"t.service\",\"calls\":{},\"calls_of_unknown\":{},\"objects\":"
		"[{\"object\":\"shm:1\",\"kind\":\"shm\",\"others\":[\"a\\nb\"]}]}",
		/* a call of which it isn't known is no call that wasn't made */
		"{\"unit\":\"t.service\",\"calls\":{\"shmget\":-5},\"calls_of_unknown\":{},"
		"\"objects\":[]}",
		"{\"unit\":\"t.service\",\"calls\":{\"shmget\":true},\"calls_of_unknown\":{},"
		"\"objects\":[]}",
		"{\"unit\":\"t.service\",\"lost\":\"many\",\"calls\":{},"
		"\"calls_of_unknown\":{},\"objects\":[]}",
		"{\"unit\":\"t.service\",\"saw_setuid\":1,\"calls\":{},"
		"\"calls_of_unknown\":{},\"objects\":[]}",
	};
	struct observation observation;

	assert_int_equal(load(&observation, *state), -ENOENT);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		tree_write(*state, FILE_NAME, texts[i]);
		if (load(&observation, *state) != -EINVAL)
			fail_msg("taken: %s", texts[i]);
	}
	tree_write(*state, FILE_NAME,
		   "{\"unit\":\"t.service\",\"calls\":{\"pipe\":1},"
		   "\"calls_of_unknown\":{},\"objects\":[]}");
	assert_int_equal(load(&observation, *state), 0);
	assert_false(observation_saw(&observation, CALL_SHMGET));
	observation_done(&observation);
}

static void what_others_may_write_is_refused(void **state)
{
	struct observation observation;
	char path[TREE_PATH_SIZE];

	tree_write(*state, FILE_NAME,
		   "{\"unit\":\"t.service\",\"calls\":{},\"calls_of_unknown\":{},\"objects\":[]}");
	assert_int_equal(load(&observation, *state), 0);
	observation_done(&observation);
	assert_int_equal(chmod(tree_path(*state, FILE_NAME, path), 0664), 0);
	assert_int_equal(load(&observation, *state), -EPERM);
}

static void objects_are_bounded_and_told_apart(void **state)
{
	struct observation observation = {0};
	struct ipc_object obj = {.kind = KIND_SHM, .key = 5};
	struct seen_object *object;
	int r;

	(void)state;
	object = observation_object(&observation, &obj, &r);
	assert_ptr_equal(observation_object(&observation, &obj, &r), object);
	/* marked for removal it has no key any more; with another one it is another */
	obj.key = 0;
	assert_ptr_equal(observation_object(&observation, &obj, &r), object);
	obj.key = 6;
	assert_non_null(observation_object(&observation, &obj, &r));
	assert_int_equal(observation.object_count, 2);
	for (int i = 1; i < OBSERVATION_OBJECTS_MAX; i++) {
		obj.id = i;
		observation_object(&observation, &obj, &r);
	}
	assert_true(observation.is_partial);
	assert_int_equal(observation.object_count, OBSERVATION_OBJECTS_MAX);
	observation_done(&observation);
}

static void processes_belong_to_the_unit_of_their_cgroup(void **state)
{
	static const struct {
		const char *path;
		bool is_in;
	} cases[] = {
		{"/system.slice/t.service", true},
		{"/system.slice/t.service/sub/x.service", true},
		{"/system.slice/system-a.slice/t.service", true},
		{"/system.slice/_t.service", true},
		{"/system.slice/at.service", false},
		{"/system.slice/t.service2", false},
		{"/machine.slice/machine-x.scope/system.slice/t.service", false},
		{"/user.slice/user@1000.service/t.service", false},
		{"/", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (cgroup_is_in_unit(cases[i].path, "t.service") != cases[i].is_in)
			fail_msg("%s", cases[i].path);
	assert_true(cgroup_is_in_a_service("/system.slice/other.service/docker-1.scope"));
	assert_true(cgroup_is_in_a_service("/user.slice/user@1000.service/t.scope"));
	assert_false(cgroup_is_in_a_service("/user.slice/session-3.scope"));
	assert_false(cgroup_is_in_a_service("/system.slice/docker-1.scope/system.slice/t.service"));
	assert_false(cgroup_is_in_a_service("/"));
}

static void reads_locked_memory(void **state)
{
	(void)state;
	assert_int_equal(observe_parse_locked("Name:\tx\nVmLck:\t      64 kB\nVmPin:\t 1 kB\n"),
			 65536);
	assert_int_equal(observe_parse_locked("Name:\tx\n"), 0);
	/* what is pinned (RDMA) counts as well */
	assert_int_equal(observe_parse_locked("Name:\tx\nVmLck:\t 4 kB\nVmPin:\t 8 kB\n"), 8192);
	/* a name is anybody's */
	assert_int_equal(observe_parse_locked("Name:\tVmLck: 99 kB\nVmLck:\t 0 kB\n"), 0);
}

static void pids_are_kept_apart(void **state)
{
	struct pidset set = {0};

	(void)state;
	pidset_add(&set, 7);
	pidset_add(&set, 4194303);
	assert_true(pidset_has(&set, 7) && pidset_has(&set, 4194303));
	assert_false(pidset_has(&set, 6) || pidset_has(&set, 8) || pidset_has(&set, 4194302));
	/* none of them is a process */
	pidset_add(&set, 0);
	pidset_add(&set, -1);
	pidset_add(&set, 4194304);
	pidset_add(&set, INT32_MAX);
	assert_false(pidset_has(&set, 0) || pidset_has(&set, -1) || pidset_has(&set, 4194304) ||
		     pidset_has(&set, INT32_MAX));
	pidset_done(&set);
}

static void cuts_commands_without_a_shell(void **state)
{
	static const struct {
		const char *text;
		const char *words[4];
	} cases[] = {
		{"curl -f http://x/", {"curl", "-f", "http://x/"}},
		{"  a\t b ", {"a", "b"}},
		{"sh -c 'a b; c'", {"sh", "-c", "a b; c"}},
		{"a \"b 'c\" d\\ e", {"a", "b 'c", "d e"}},
		{"a ''", {"a", ""}},
		{"a $HOME *", {"a", "$HOME", "*"}},
	};
	struct string_list words = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(command_words(cases[i].text, &words), 0);
		for (size_t j = 0; j < 4 && cases[i].words[j]; j++) {
			assert_true(j < words.count);
			assert_string_equal(words.items[j], cases[i].words[j]);
		}
		string_list_done(&words);
	}
	assert_int_equal(command_words("", &words), -EINVAL);
	assert_int_equal(command_words("  ", &words), -EINVAL);
	assert_int_equal(command_words("a 'b", &words), -EINVAL);
	assert_int_equal(words.count, 0);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(comes_back_as_it_was),
		TEST(damaged_files_are_refused),
		TEST(what_others_may_write_is_refused),
		cmocka_unit_test(objects_are_bounded_and_told_apart),
		cmocka_unit_test(processes_belong_to_the_unit_of_their_cgroup),
		cmocka_unit_test(reads_locked_memory),
		cmocka_unit_test(pids_are_kept_apart),
		cmocka_unit_test(cuts_commands_without_a_shell),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
