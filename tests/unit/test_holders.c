/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of /proc/PID/maps and /proc/sysvipc/shm, and cgroup paths: what others wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "inventory_internal.h"
#include "maps.h"
#include "who.h"

static void reads_a_line_of_maps(void **state)
{
	static const struct {
		const char *line;
		bool is_file;
		const char *path;
		bool is_writable, is_deleted;
	} rows[] = {
		{"7f0000000000-7f0000001000 rw-s 00000000 00:01 5                          "
		 "/SYSV00001234 "
		 "(deleted)",
		 true, "/SYSV00001234", true, true},
		{"7f0000000000-7f0000001000 r--s 00000000 00:17 5 /dev/shm/a b", true,
		 "/dev/shm/a b", false, false},
		{"7f0000000000-7f0000001000 r--p 00000000 08:01 99 /usr/lib/x (deleted) y", true,
		 "/usr/lib/x (deleted) y", false, false},
		{"7f0000000000-7f0000001000 rw-p 00000000 00:00 0", false, NULL, false, false},
		{"7f0000000000-7f0000001000 rw-p 00000000 00:00 0                          [heap]",
		 false, NULL, false, false},
		{"", false, NULL, false, false},
		{"7f0000000000 rw-p 00000000 00:00 0 /a", false, NULL, false, false},
		{"7f0000000000-7f0000001000 rw", false, NULL, false, false},
		{"7f0000000000-7f0000001000 rw-p zz 00:00 0 /a", false, NULL, false, false},
		{"11112222333344445-1 rw-p 0 00:00 0 /a", false, NULL, false, false},
		{"1-2 rw-p 0 00:00 x /a", false, NULL, false, false},
		{"1-2 rw-p 0 0000 5 /a", false, NULL, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[256];
		struct map_line map;

		strcpy(line, rows[i].line);
		if (maps_parse_line(line, &map) != rows[i].is_file)
			fail_msg("'%s'", rows[i].line);
		if (!rows[i].is_file)
			continue;
		assert_string_equal(map.path, rows[i].path);
		assert_int_equal(map.is_writable, rows[i].is_writable);
		assert_int_equal(map.is_deleted, rows[i].is_deleted);
	}
}

static void reads_where_it_is_mapped(void **state)
{
	char line[] = "7f00abcd0000-ffffffffffffffff rw-s 00000000 fd:1a 18446744073709551615 /a";
	struct map_line map;

	(void)state;
	assert_true(maps_parse_line(line, &map));
	assert_int_equal(map.start, 0x7f00abcd0000);
	assert_int_equal(map.end, UINT64_MAX);
	assert_int_equal(major(map.dev), 0xfd);
	assert_int_equal(minor(map.dev), 0x1a);
	assert_int_equal(map.ino, UINT64_MAX);
}

static void reads_the_key_of_a_segment(void **state)
{
	static const char *const others[] = {"/SYSV1234",	"/SYSV000012345", "/SYSV0000123g",
					     "/a/SYSV00001234", "SYSV00001234",	  "/SYSV0000123A"};
	uint32_t key;

	(void)state;
	assert_true(maps_parse_sysv("/SYSVffffffff", &key));
	assert_int_equal(key, UINT32_MAX);
	assert_true(maps_parse_sysv("/SYSV00000000", &key));
	assert_int_equal(key, 0);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (maps_parse_sysv(others[i], &key))
			fail_msg("%s", others[i]);
}

static void reads_a_row_of_segments(void **state)
{
	static const char *const others[] = {
		"       key      shmid perms                  size  cpid  lpid nattch   uid   gid  "
		"cuid  "
		"cgid      atime      dtime      ctime                   rss                  swap",
		"",
		"1 2 3",
		"0 5 600 4096 1 1 0 0 0 0 0 0 0 1 4096 x",
		"0 -5 600 4096 1 1 0 0 0 0 0 0 0 1 4096 0",
		"0 5 600 4096 1 1 0 0 0 0 0 0 0 1 4096",
	};
	uint64_t rss, swap;
	int shmid;

	(void)state;
	assert_true(inventory_parse_shm_line("         0          5   600                  4096    "
					     "11    12      0     0     0     0     "
					     "0          0          0 1795495055                  "
					     "8192                    18446744073709551615\n",
					     &shmid, &rss, &swap));
	assert_int_equal(shmid, 5);
	assert_int_equal(rss, 8192);
	assert_int_equal(swap, UINT64_MAX);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (inventory_parse_shm_line(others[i], &shmid, &rss, &swap))
			fail_msg("'%s'", others[i]);
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void finds_the_container_in_a_cgroup_path(void **state)
{
	static const struct {
		const char *path, *name; /* NULL: none */
	} rows[] = {
		{"/system.slice/docker-" ID ".scope", "0123456789ab"},
		{"/docker/" ID, "0123456789ab"},
		{"/machine.slice/libpod-" ID ".scope/container", "0123456789ab"},
		{"/kubepods.slice/kubepods-pod1.slice/cri-containerd-" ID ".scope", "0123456789ab"},
		{"/kubepods.slice/crio-" ID ".scope", "0123456789ab"},
		{"/machine.slice/machine-web.scope", "web"},
		{"/machine.slice/systemd-nspawn@web.service/payload/init.scope", "web"},
		{"/lxc.payload.web/init.scope", "web"},
		{"/lxc/web", "web"},
		{"/machine.slice/libpod-conmon-" ID ".scope", NULL},
		{"/system.slice/cron.service", NULL},
		{"/system.slice/docker.service", NULL},
		{"/docker", NULL},
		{"/system.slice/docker-.scope", NULL},
		{"/user.slice/user-1000.slice/session-3.scope", NULL},
		{"/", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[CONTAINER_NAME_SIZE];
		int r = cgroup_container(rows[i].path, name);

		if ((r == 0) != (rows[i].name != NULL))
			fail_msg("%s", rows[i].path);
		if (rows[i].name)
			assert_string_equal(name, rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_line_of_maps),
		cmocka_unit_test(reads_where_it_is_mapped),
		cmocka_unit_test(reads_the_key_of_a_segment),
		cmocka_unit_test(reads_a_row_of_segments),
		cmocka_unit_test(finds_the_container_in_a_cgroup_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
