/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pattern files: how they are read, what replaces what, and for every entry that ships a name
 * that is its and the nearest one that is not. Run from the top of the source tree.
 */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "patterns_internal.h"
#include "tree.h"

static char *text_of(const char *name)
{
	return (char *)(uintptr_t)name;
}

static struct ipc_object object(enum ipc_kind kind, const char *name)
{
	return (struct ipc_object){.kind = kind, .name = text_of(name)};
}

static int load_dirs(const struct tree *tree, struct patterns **patterns, struct parse_error *error)
{
	char vendor[TREE_PATH_SIZE], run[TREE_PATH_SIZE], etc[TREE_PATH_SIZE];
	const char *dirs[] = {tree_path(tree, "usr", vendor), tree_path(tree, "run", run),
			      tree_path(tree, "etc", etc), NULL};

	return patterns_load(patterns, dirs, error);
}

/* Reads the tree's three directories; the caller frees. */
static struct patterns *load(const struct tree *tree)
{
	struct parse_error error = {0};
	struct patterns *patterns = NULL;
	int r = load_dirs(tree, &patterns, &error);

	if (r < 0)
		print_message("%d %s:%u: %s\n", r, error.file ? error.file : "-", error.line,
			      error.what ? error.what : "-");
	assert_int_equal(r, 0);
	return patterns;
}

/* The matching entry's name, "" for none. */
static const char *match(const struct patterns *patterns, enum ipc_kind kind, const char *name)
{
	const struct ipc_object obj = object(kind, name);
	const struct pattern *pattern = patterns_match(patterns, &obj);

	return pattern ? pattern_name(pattern) : "";
}

/* Copies what ships: in a checkout it may belong to someone else than the tests run as. */
static void copy_shipped(const struct tree *tree)
{
	_cleanup_closedir_ DIR *dir = opendir("hooks/patterns.d");
	const struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char path[TREE_PATH_SIZE], text[16384];
		_cleanup_fclose_ FILE *f = NULL;
		size_t size;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "hooks/patterns.d/%s", entry->d_name);
		f = fopen(path, "re");
		assert_non_null(f);
		size = fread(text, 1, sizeof(text), f);
		assert_true(size > 0 && size < sizeof(text));
		snprintf(path, sizeof(path), "usr/%s", entry->d_name);
		tree_write_bytes(tree, path, text, size);
	}
}

static const struct shipped {
	const char *entry;
	enum ipc_kind kind;
	const char *is, *is_not;
} shipped[] = {
	{"iceoryx2", KIND_PSHM, "/iox2_7f3a.service", "/iox3_7f3a.service"},
	{"lttng-ust", KIND_PSHM, "/lttng-ust-wait-8-1000", "/lttng-us-wait-8"},
	{"podman-lock", KIND_PSHM, "/libpod_lock", "/libpod_loc"},
	{"podman-lock", KIND_PSHM, "/libpod_rootless_lock_1000", "/libpod_rootless_lock"},
	{"agnocast", KIND_PSHM, "/agnocast@4711", "/agnocast4711"},
	{"agnocast", KIND_PMQ, "/agnocast@topic@4711", "/agnocas@topic"},
	{"cpp-ipc", KIND_PSHM, "/__IPC_SHM__CA_CONN__", "/_IPC_SHM__CA_CONN__"},
	{"cpp-ipc", KIND_PSEM, "/__IPC_SHM__WAITER", "/_IPC_SHM__WAITER"},
	{"pulseaudio", KIND_PSHM, "/pulse-shm-1234567890", "/pulse-shm1234567890"},
	{"steam", KIND_PSHM, "/u1000-Shm_6a2b3c", "/u1000-Shm6a2b3c"},
	{"steam", KIND_PSHM, "/u1000-ValveIPCSharedObj-Steam", "/1000-ValveIPCSharedObj-Steam"},
	{"chromium", KIND_PSHM, "/.org.chromium.Chromium.aB3dE5", "/org.chromium.Chromium.aB3dE5"},
	{"enroot", KIND_PSHM, "/enroot.lock", "/unroot.lock"},
	{"fastdds-mutex", KIND_PSEM, "/fastrtps_port7412_mutex", "/fastrtps_port7412"},
	{"fastdds-mutex", KIND_PSEM, "/fastdds_port7412_mutex", "/fastdds_port7412_mute"},
	{"fastdds-lock", KIND_PSHM, "/fastrtps_port7412_el", "/fastrtps_port7412_e"},
	{"fastdds-lock", KIND_PSHM, "/fastrtps_port7412_sl", "/fastrtps_port7412_s"},
	{"fastdds-lock", KIND_PSHM, "/fastdds_0a1b2c_el", "/fastdds_0a1b2c_ell"},
	{"fastdds-lock", KIND_PSHM, "/fastdds_0a1b2c_sl", "/fastdds_0a1b2csl"},
	{"fastdds-segment", KIND_PSHM, "/fastrtps_0a1b2c3d4e5f6071", "/fastrtp_0a1b"},
	{"fastdds-segment", KIND_PSHM, "/fastdds_port7412", "/fastdds-port7412"},
	{"fastdds-datasharing", KIND_PSHM, "/fast_datasharing_01.0f", "/fast_datasharin_01.0f"},
	{"cmx-segment", KIND_PSHM, "/cmx00000010000000123400", "/cm00000010000000123400"},
	{"cmx-semaphore", KIND_PSEM, "/cmx00000010000000123400", "/cm00000010000000123400"},
	{"iceoryx", KIND_PSHM, "/iceoryx_mgmt", "/iceoryx_mgmt2"},
	{"iceoryx", KIND_PSHM, "/iox1_0_u_x", "/iox_0_u_x"},
	{"intel-mpi", KIND_PSHM, "/Intel_MPI_aB3dE5", "/Intel_MP_aB3dE5"},
	{"mpich", KIND_PSHM, "/mpich_shar_tmpaB3dE5", "/mpich_shar_tm"},
	{"nccl", KIND_PSHM, "/nccl-aB3dE5", "/nccl_aB3dE5"},
	{"openmpi", KIND_PSHM, "/vader_segment.node1.1000.5.0", "/vader_segment_node1"},
	{"openmpi", KIND_PSHM, "/sm_segment.node1.1000.5.0", "/sm_segments.node1"},
	{"openmpi", KIND_PSHM, "/open_mpi.0000", "/open_mpi_0000"},
	{"plasma", KIND_PSHM, "/plasmaaB3dE5", "/plasm"},
	{"postgresql", KIND_PSHM, "/PostgreSQL.1804289383", "/PostgreSQL1804289383"},
	{"psm", KIND_PSHM, "/psm2_shm.10000000001", "/psm2_shm10000000001"},
	{"psm", KIND_PSHM, "/psm3_shm.10000000001", "/psm4_shm.10000000001"},
	{"python-shared-memory", KIND_PSHM, "/psm_1a2b3c4d", "/psm1a2b3c4d"},
	{"python-semaphore", KIND_PSEM, "/mp-1a2b3c4d", "/mp1a2b3c4d"},
	{"loky", KIND_PSEM, "/loky-4711-1a2b3c4d", "/loky4711"},
	{"loky", KIND_PSHM, "/loky-4711-1a2b3c4d", "/lok-4711"},
	{"loky", KIND_PSHM, "/joblib_memmapping_folder_4711_a_b/x.pkl", "/jobli_x"},
	{"torch", KIND_PSHM, "/torch_4711_123456_0", "/torch4711_123456_0"},
	{"kmp", KIND_PSHM, "/__KMP_REGISTERED_LIB_4711_1000", "/__KMP_REGISTERED_LIB4711"},
	{"tt-metal", KIND_PSHM, "/tt_h2d_4711_0", "/tt_h2h_4711_0"},
	{"tt-metal", KIND_PSHM, "/tt_d2h_4711_0", "/tt_d2d_4711_0"},
	{"vllm-offload", KIND_PSHM, "/vllm_offload_0a1b.mmap", "/vllm_offload_0a1b.map"},
};
#define SHIPPED_COUNT (sizeof(shipped) / sizeof(shipped[0]))

static void every_shipped_name_finds_its_entry(void **state)
{
	_cleanup_(patterns_freep) struct patterns *patterns = NULL;

	copy_shipped(*state);
	patterns = load(*state);
	for (size_t i = 0; i < SHIPPED_COUNT; i++) {
		const struct shipped *s = &shipped[i];

		print_message("%s: %s, not %s\n", s->entry, s->is, s->is_not);
		assert_string_equal(match(patterns, s->kind, s->is), s->entry);
		assert_string_not_equal(match(patterns, s->kind, s->is_not), s->entry);
	}
}

static bool has_case(const struct pattern *pattern, const char *glob)
{
	for (size_t i = 0; i < SHIPPED_COUNT; i++) {
		const bool is_sem = shipped[i].kind == KIND_PSEM;
		char file[TREE_PATH_SIZE];

		snprintf(file, sizeof(file), "%s%s", is_sem ? "/sem." : "",
			 shipped[i].is + (is_sem ? 1 : 0));
		if (!strcmp(shipped[i].entry, pattern->name) && fnmatch(glob, file, 0) == 0)
			return true;
	}
	return false;
}

static void every_shipped_glob_has_a_case(void **state)
{
	_cleanup_(patterns_freep) struct patterns *patterns = NULL;

	copy_shipped(*state);
	patterns = load(*state);
	assert_true(patterns_count(patterns) > 0);
	for (size_t i = 0; i < patterns->count; i++)
		for (size_t g = 0; g < patterns->all[i].match.count; g++) {
			print_message("[%s] %s\n", patterns->all[i].name,
				      patterns->all[i].match.items[g]);
			assert_true(has_case(&patterns->all[i], patterns->all[i].match.items[g]));
		}
}

/* An entry whose name another has too would hide it in the table above. */
static void every_shipped_entry_has_a_name_of_its_own_and_a_software(void **state)
{
	_cleanup_(patterns_freep) struct patterns *patterns = NULL;

	copy_shipped(*state);
	patterns = load(*state);
	for (size_t i = 0; i < patterns->count; i++) {
		assert_non_null(pattern_software(&patterns->all[i]));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(patterns->all[i].name, patterns->all[j].name);
	}
}

static void protects_exactly_what_keeps_its_state_elsewhere(void **state)
{
	static const char *const protected[] = {"iceoryx2", "lttng-ust", "podman-lock"};
	_cleanup_(patterns_freep) struct patterns *patterns = NULL;
	size_t found = 0;

	copy_shipped(*state);
	patterns = load(*state);
	for (size_t i = 0; i < patterns->count; i++) {
		if (!pattern_is_protected(&patterns->all[i]))
			continue;
		print_message("%s\n", patterns->all[i].name);
		assert_true(found < 3);
		assert_string_equal(patterns->all[i].name, protected[found++]);
	}
	assert_int_equal(found, 3);
}

static void finds_the_pid_where_it_stands(void **state)
{
	static const struct {
		enum ipc_kind kind;
		const char *name;
		pid_t pid;
	} cases[] = {
		{KIND_PSHM, "/tt_h2d_4711_0", 4711},
		{KIND_PSHM, "/tt_d2h_4711_x", 4711},
		{KIND_PSHM, "/tt_h2d_4711", 0},
		{KIND_PSHM, "/tt_h2d_x4711_0", 0},
		{KIND_PSHM, "/tt_h2d_-4711_0", 0},
		{KIND_PSHM, "/tt_h2d_+4711_0", 0},
		{KIND_PSHM, "/tt_h2d_ 4711_0", 0},
		{KIND_PSHM, "/tt_h2d_0_0", 0},
		{KIND_PSHM, "/tt_h2d_4194304_0", 4194304},
		{KIND_PSHM, "/tt_h2d_4194305_0", 0},
		{KIND_PSHM, "/tt_h2d_99999999999999999999999_0", 0},
		{KIND_PSHM, "/__KMP_REGISTERED_LIB_4711", 4711},
		{KIND_PSHM, "/__KMP_REGISTERED_LIB_4711_1000", 4711},
		{KIND_PSHM, "/__KMP_REGISTERED_LIB_4711x", 0},
		{KIND_PSHM, "/torch_4711_123456_0", 4711},
		{KIND_PSHM, "/torch_4711", 0},
		{KIND_PSEM, "/loky-4711-abc", 4711},
		{KIND_PSHM, "/joblib_memmapping_folder_4711_a_b", 4711},
		{KIND_PSHM, "/psm2_shm.4711", 0},
	};
	_cleanup_(patterns_freep) struct patterns *patterns = NULL;

	copy_shipped(*state);
	patterns = load(*state);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ipc_object obj = object(cases[i].kind, cases[i].name);
		const struct pattern *pattern = patterns_match(patterns, &obj);

		print_message("%s\n", cases[i].name);
		assert_non_null(pattern);
		assert_int_equal(pattern_pid(pattern, &obj), cases[i].pid);
	}
}

static void groups_what_lives_and_dies_together(void **state)
{
	static const struct {
		enum ipc_kind kind;
		const char *name;
		enum ipc_kind other_kind;
		const char *other;
		bool is_same;
	} cases[] = {
		{KIND_PSHM, "/fastrtps_a", KIND_PSHM, "/fastrtps_a_el", true},
		{KIND_PSHM, "/fastrtps_a", KIND_PSEM, "/fastrtps_a_mutex", true},
		{KIND_PSHM, "/fastrtps_a_el", KIND_PSHM, "/fastrtps_a", true},
		{KIND_PSEM, "/fastrtps_a_mutex", KIND_PSHM, "/fastrtps_a_sl", true},
		{KIND_PSHM, "/fastrtps_a", KIND_PSHM, "/fastrtps_a", true},
		{KIND_PSHM, "/fastrtps_a", KIND_PSHM, "/fastrtps_b_el", false},
		{KIND_PSHM, "/fastrtps_a", KIND_PSHM, "/fastrtps_ab", false},
		{KIND_PSHM, "/fastrtps_ab", KIND_PSHM, "/fastrtps_a", false},
		{KIND_PSHM, "/fastrtps_a", KIND_PSEM, "/fastrtps_a", false},
		{KIND_PSHM, "/fastrtps_a", KIND_PSHM, "/fastrtps_a_elx", false},
		{KIND_PSHM, "/cmx12", KIND_PSEM, "/cmx12", true},
		{KIND_PSHM, "/cmx12", KIND_PSEM, "/cmx13", false},
		{KIND_PSHM, "/nccl-a", KIND_PSHM, "/nccl-a", false},
		{KIND_PSHM, "/fastrtps_a", KIND_SHM, NULL, false},
	};
	_cleanup_(patterns_freep) struct patterns *patterns = NULL;

	copy_shipped(*state);
	patterns = load(*state);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ipc_object obj = object(cases[i].kind, cases[i].name);
		const struct ipc_object other = object(cases[i].other_kind, cases[i].other);
		const struct pattern *pattern = patterns_match(patterns, &obj);

		print_message("%s %s\n", cases[i].name, cases[i].other ? cases[i].other : "-");
		assert_non_null(pattern);
		assert_int_equal(pattern_same_group(pattern, &obj, &other), cases[i].is_same);
	}
}

/* The example of ipcguard.conf(5). */
static void groups_the_ring_buffer_of_the_manual(void **state)
{
	const struct ipc_object ring = object(KIND_PSHM, "/ring_4711_a");
	const struct ipc_object lock = object(KIND_PSHM, "/ring_4711_a_lock");
	const struct ipc_object other = object(KIND_PSHM, "/ring_4712_a_lock");
	_cleanup_(patterns_freep) struct patterns *patterns = NULL;
	const struct pattern *pattern;

	tree_write(*state, "etc/a.conf",
		   "[ringbuffer]\nMatch=/ring_*_lock /ring_*\nGroup=/ring_{} /ring_{}_lock\n"
		   "Pid=/ring_{pid}_*\n");
	patterns = load(*state);
	pattern = patterns_match(patterns, &ring);
	assert_non_null(pattern);
	assert_true(pattern_same_group(pattern, &ring, &lock));
	assert_true(pattern_same_group(pattern, &lock, &ring));
	assert_false(pattern_same_group(pattern, &ring, &other));
	assert_int_equal(pattern_pid(pattern, &lock), 4711);
}

static void system_v_matches_nothing(void **state)
{
	_cleanup_(patterns_freep) struct patterns *patterns = NULL;

	tree_write(*state, "usr/a.conf", "[a]\nKinds=pshm,psem,pmq\nMatch=/*\n");
	patterns = load(*state);
	assert_string_equal(match(patterns, KIND_SHM, NULL), "");
	assert_string_equal(match(patterns, KIND_PSHM, "/x"), "a");
}

static void kinds_that_are_not_named_do_not_match(void **state)
{
	_cleanup_(patterns_freep) struct patterns *patterns = NULL;

	tree_write(*state, "usr/a.conf", "[a]\nMatch=/x* /sem.x*\n[b]\nKinds=pmq\nMatch=/x*\n");
	patterns = load(*state);
	assert_string_equal(match(patterns, KIND_PSHM, "/x"), "a");
	assert_string_equal(match(patterns, KIND_PSEM, "/x"), "");
	assert_string_equal(match(patterns, KIND_PMQ, "/x"), "b");
}

static void the_first_entry_by_file_name_counts(void **state)
{
	_cleanup_(patterns_freep) struct patterns *patterns = NULL;

	tree_write(*state, "usr/50-a.conf", "[leaker]\nMatch=/x*\nAction=leaker\n");
	tree_write(*state, "etc/10-b.conf", "[mine]\nMatch=/x1\nAction=protect\n");
	patterns = load(*state);
	assert_string_equal(match(patterns, KIND_PSHM, "/x1"), "mine");
	assert_string_equal(match(patterns, KIND_PSHM, "/x2"), "leaker");
}

static void a_later_directory_replaces_a_file(void **state)
{
	_cleanup_(patterns_freep) struct patterns *vendor = NULL, *run = NULL, *etc = NULL;

	tree_write(*state, "usr/a.conf", "[v]\nMatch=/x\n");
	vendor = load(*state);
	assert_string_equal(match(vendor, KIND_PSHM, "/x"), "v");
	tree_write(*state, "run/a.conf", "[r]\nMatch=/x\n");
	run = load(*state);
	assert_string_equal(match(run, KIND_PSHM, "/x"), "r");
	tree_write(*state, "etc/a.conf", "[e]\nMatch=/x\n");
	etc = load(*state);
	assert_string_equal(match(etc, KIND_PSHM, "/x"), "e");
	assert_int_equal(patterns_count(etc), 1);
}

static void an_empty_file_or_dev_null_masks(void **state)
{
	_cleanup_(patterns_freep) struct patterns *patterns = NULL;
	char path[TREE_PATH_SIZE];

	tree_write(*state, "usr/a.conf", "[a]\nMatch=/a\n");
	tree_write(*state, "usr/b.conf", "[b]\nMatch=/b\n");
	tree_write(*state, "usr/c.conf", "[c]\nMatch=/c\n");
	tree_write(*state, "etc/a.conf", "");
	assert_int_equal(symlink("/dev/null", tree_path(*state, "etc/b.conf", path)), 0);
	patterns = load(*state);
	assert_int_equal(patterns_count(patterns), 1);
	assert_string_equal(match(patterns, KIND_PSHM, "/c"), "c");
}

static void only_conf_files_are_read(void **state)
{
	_cleanup_(patterns_freep) struct patterns *patterns = NULL;

	tree_write(*state, "usr/a.conf~", "broken\n");
	tree_write(*state, "usr/.b.conf", "broken\n");
	tree_write(*state, "usr/README", "broken\n");
	patterns = load(*state);
	assert_int_equal(patterns_count(patterns), 0);
}

static void a_mistake_has_its_line(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *what;
	} cases[] = {
		{"[a]\nAction=protect\n", 1, "no Match="},
		{"[a]\nMatch=\n", 1, "no Match="},
		{"[a]\nMatch=/x\n[b]\nSoftware=s\n", 3, "no Match="},
		{"[a]\nMatch=/x\n[b]\nMatch=y\n", 4, "Match=y"},
		{"[a]\nMatch=/x?y*\n", 2, "Match="},
		{"[a]\nMatch=/x\nAction=remove\n", 3, "Action=remove"},
		{"[a]\nMatch=/x\nAction=\n", 3, "Action="},
		{"[a]\nMatch=/x\nKinds=shm\n", 3, "Kinds=shm"},
		{"[a]\nMatch=/x\nKinds=\n", 3, "Kinds="},
		{"[a]\nMatch=/x\nPid=/x_*\n", 3, "Pid="},
		{"[a]\nMatch=/x\nPid={pid}\n", 3, "Pid="},
		{"[a]\nMatch=/x\nGroup={}_el\n", 3, "Group="},
		{"[a]\nMatch=/x\nMatches=/y\n", 3, "no such key"},
		{"Match=/x\n", 1, "in no section"},
		{"[a]\nMatch=/x\nMatch=/y\n", 3, "more than once"},
		{"[a]\nMatch=/x\n[a]\nMatch=/y\n", 3, "stands here again"},
		{"[a\nMatch=/x\n", 1, ""},
		{"[a]\nMatch=/x\nnothing\n", 3, "no '='"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct parse_error error = {0};
		struct patterns *patterns = NULL;
		int r;

		tree_write(*state, "usr/a.conf", cases[i].text);
		r = load_dirs(*state, &patterns, &error);
		print_message("%s%d %s:%u: %s\n", cases[i].text, r, error.file, error.line,
			      error.what);
		assert_int_equal(r, -EINVAL);
		assert_null(patterns);
		assert_int_equal(error.line, cases[i].line);
		assert_non_null(strstr(error.file, "usr/a.conf"));
		assert_non_null(strstr(error.what, cases[i].what));
		parse_error_done(&error);
	}
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Asks everything there is to ask of a catalogue that was read. */
static void ask(const struct patterns *patterns)
{
	static const char *const names[] = {"/a_1_b", "/a", "/", "/sem.a_1_b", "/a_1_b_el"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct ipc_object obj = object(i % 2 ? KIND_PSEM : KIND_PSHM, names[i]);
		const struct ipc_object other = object(KIND_PSHM, "/a_1_b_el");
		const struct pattern *pattern = patterns_match(patterns, &obj);

		if (!pattern)
			continue;
		assert_true(pattern_pid(pattern, &obj) >= 0);
		(void)pattern_same_group(pattern, &obj, &other);
	}
}

static void survives_any_damage(void **state)
{
	static const char whole[] =
		"# c\n[a]\nKinds=pshm,psem\nMatch=/a_* /sem.a_*\nAction=protect\n"
		"Group=/a_{} /a_{}_el\nPid=/a_{pid}_*\n[b]\nMatch=/*\nPid=/{pid}\n"
		"Software=s\nUpstream=u\n";
	static const char special[] = "[]=#;\\\"'\n\r\t ,\x80\xff{}*?!-/\0";
	uint32_t seed = 1;
	unsigned good = 0, bad = 0;

	for (unsigned i = 0; i < 3000; i++) {
		struct parse_error error = {0};
		_cleanup_(patterns_freep) struct patterns *patterns = NULL;
		char text[sizeof(whole)];
		size_t length = sizeof(whole) - 1;

		memcpy(text, whole, sizeof(whole));
		for (unsigned n = next_random(&seed) % 4; n > 0; n--)
			text[next_random(&seed) % length] =
				special[next_random(&seed) % sizeof(special)];
		if (next_random(&seed) % 4 == 0)
			length = next_random(&seed) % length;
		tree_write_bytes(*state, "usr/a.conf", text, length);
		if (load_dirs(*state, &patterns, &error) == 0) {
			good++;
			ask(patterns);
		} else {
			bad++;
			assert_non_null(error.what);
		}
		parse_error_done(&error);
	}
	print_message("%u read, %u refused\n", good, bad);
	assert_true(good > 300);
	assert_true(bad > 300);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_shipped_name_finds_its_entry),
		TEST(every_shipped_glob_has_a_case),
		TEST(every_shipped_entry_has_a_name_of_its_own_and_a_software),
		TEST(protects_exactly_what_keeps_its_state_elsewhere),
		TEST(finds_the_pid_where_it_stands),
		TEST(groups_what_lives_and_dies_together),
		TEST(groups_the_ring_buffer_of_the_manual),
		TEST(system_v_matches_nothing),
		TEST(kinds_that_are_not_named_do_not_match),
		TEST(the_first_entry_by_file_name_counts),
		TEST(a_later_directory_replaces_a_file),
		TEST(an_empty_file_or_dev_null_masks),
		TEST(only_conf_files_are_read),
		TEST(a_mistake_has_its_line),
		TEST(survives_any_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
