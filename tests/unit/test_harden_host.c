/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The checks of the host, below a directory: each with a setting that is a risk and one that is none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host.h"
#include "limitsconf.h"
#include "mounts.h"
#include "tree.h"

#define MOUNTINFO "proc/self/mountinfo"
#define SHM_LINE(options, super) \
	"25 30 0:23 / /dev/shm " options " shared:4 - tmpfs tmpfs " super "\n"

static struct look nothing = {.procs = {.proc_fd = -1}};

static enum host_state state_of(const struct tree *tree, host_fn *fn, const struct look *look,
				const char *evidence)
{
	const struct host host = {.root = tree->root, .look = look};
	struct host_check check = {0};
	enum host_state result;

	fn(&host, &check);
	assert_false(check.evidence.failed);
	if (evidence && !strstr(check.evidence.bytes, evidence))
		fail_msg("\"%s\" is not in \"%s\"", evidence, check.evidence.bytes);
	/* what is worth doing says why, and what to do */
	if (check.state == HOST_RISK || check.state == HOST_ADVICE)
		assert_true(check.risk.length && check.command.length);
	result = check.state;
	text_done(&check.evidence);
	text_done(&check.risk);
	text_done(&check.command);
	return result;
}

static void ptrace_scope(void **state)
{
	static const char file[] = "proc/sys/kernel/yama/ptrace_scope";

	assert_int_equal(state_of(*state, host_check_ptrace, &nothing, "no Yama"), HOST_ADVICE);
	tree_write(*state, file, "0\n");
	assert_int_equal(state_of(*state, host_check_ptrace, &nothing, "=0"), HOST_RISK);
	tree_write(*state, file, "1\n");
	assert_int_equal(state_of(*state, host_check_ptrace, &nothing, "=1"), HOST_FINE);
	tree_write(*state, file, "x\n");
	assert_int_equal(state_of(*state, host_check_ptrace, &nothing, NULL), HOST_NONE);
}

static void rmid_forced_names_who_would_break(void **state)
{
	static const char file[] = "proc/sys/kernel/shm_rmid_forced";
	struct ipc_object segment = {.kind = KIND_SHM, .id = 7};
	struct look look = {.inv = {.objects = &segment, .count = 1}};

	tree_write(*state, file, "0\n");
	assert_int_equal(state_of(*state, host_check_rmid_forced, &look, "shm:7"), HOST_FINE);
	segment.nattch = 1;
	assert_int_equal(state_of(*state, host_check_rmid_forced, &look, "no segment"),
			 HOST_ADVICE);
	tree_write(*state, file, "1\n");
	assert_int_equal(state_of(*state, host_check_rmid_forced, &look, "=1"), HOST_FINE);
}

static void hugetlb_group(void **state)
{
	static const char file[] = "proc/sys/vm/hugetlb_shm_group";

	tree_write(*state, file, "0\n");
	assert_int_equal(state_of(*state, host_check_hugetlb_group, &nothing, "=0"), HOST_FINE);
	tree_write(*state, file, "2000090001\n");
	assert_int_equal(state_of(*state, host_check_hugetlb_group, &nothing, "doesn't exist"),
			 HOST_RISK);
	/* tty, in every Debian */
	tree_write(*state, file, "5\n");
	assert_int_equal(state_of(*state, host_check_hugetlb_group, &nothing, "tty"), HOST_FINE);
}

static void queues_of_very_much_memory(void **state)
{
	tree_write(*state, "proc/sys/fs/mqueue/queues_max", "256\n");
	tree_write(*state, "proc/sys/fs/mqueue/msg_max", "10\n");
	tree_write(*state, "proc/sys/fs/mqueue/msgsize_max", "8192\n");
	assert_int_equal(state_of(*state, host_check_mqueue_limits, &nothing, "msg_max=10"),
			 HOST_FINE);
	tree_write(*state, "proc/sys/fs/mqueue/msg_max", "8192\n");
	assert_int_equal(state_of(*state, host_check_mqueue_limits, &nothing, NULL), HOST_FINE);
	tree_write(*state, "proc/sys/fs/mqueue/msg_max", "8193\n");
	assert_int_equal(state_of(*state, host_check_mqueue_limits, &nothing, NULL), HOST_ADVICE);
	tree_write(*state, "proc/sys/fs/mqueue/msg_max", "10\n");
	tree_write(*state, "proc/sys/fs/mqueue/queues_max", "4097\n");
	assert_int_equal(state_of(*state, host_check_mqueue_limits, &nothing, NULL), HOST_ADVICE);
}

static void dev_shm_options(void **state)
{
	assert_int_equal(state_of(*state, host_check_dev_shm, &nothing, NULL), HOST_NONE);
	tree_write(*state, MOUNTINFO, SHM_LINE("rw,nosuid,nodev,noexec", "rw,size=64k"));
	assert_int_equal(state_of(*state, host_check_dev_shm, &nothing, "no quota"), HOST_FINE);
	tree_write(*state, MOUNTINFO, SHM_LINE("rw,nosuid,nodev", "rw,size=64k"));
	assert_int_equal(state_of(*state, host_check_dev_shm, &nothing, NULL), HOST_ADVICE);
	tree_write(*state, MOUNTINFO, SHM_LINE("rw,nodev,noexec", "rw,size=64k"));
	assert_int_equal(state_of(*state, host_check_dev_shm, &nothing, NULL), HOST_RISK);
	tree_write(*state, MOUNTINFO,
		   SHM_LINE("rw,nosuid,nodev,noexec", "rw,size=99999999999k,usrquota"));
	assert_int_equal(state_of(*state, host_check_dev_shm, &nothing, "with a quota"),
			 HOST_ADVICE);
}

static void the_last_mount_hides_the_others(void **state)
{
	struct mount mount;

	(void)state;
	assert_int_equal(mount_find(SHM_LINE("rw", "rw") SHM_LINE("ro", "ro"), "/dev/shm", &mount),
			 0);
	assert_string_equal(mount.options, "ro");
	assert_int_equal(mount_find(SHM_LINE("rw", "rw"), "/dev/sh", &mount), -ENOENT);
	assert_int_equal(mount_find("", "/dev/shm", &mount), -ENOENT);
	assert_int_equal(mount_find("25 30 0:23 / /dev/shm rw", "/dev/shm", &mount), -EBADMSG);
}

static void objects_that_every_user_may_open(void **state)
{
	struct ipc_object object = {.kind = KIND_SEM, .id = 3, .mode = 0660};
	struct look look = {.inv = {.objects = &object, .count = 1}};

	assert_int_equal(state_of(*state, host_check_world_access, &look, "0 objects"), HOST_FINE);
	object.mode = 0664;
	assert_int_equal(state_of(*state, host_check_world_access, &look, "0 to write"),
			 HOST_ADVICE);
	object.mode = 0662;
	assert_int_equal(state_of(*state, host_check_world_access, &look, "1 to write"), HOST_RISK);
}

static void limits_without_end(void **state)
{
	static const char file[] = "etc/security/limits.conf";

	tree_write(*state, file,
		   "# * - memlock unlimited\nroot - memlock unlimited\n"
		   "@audio - memlock 65536\n* hard nofile unlimited\n");
	assert_int_equal(state_of(*state, host_check_pam_limits, &nothing, "no user"), HOST_FINE);
	tree_write(*state, "etc/security/limits.d/db.conf", "oracle\thard\tmemlock\tunlimited\n");
	assert_int_equal(state_of(*state, host_check_pam_limits, &nothing,
				  "limits.d/db.conf: oracle memlock"),
			 HOST_ADVICE);
	tree_write(*state, file, "*  -  msgqueue  -1 # all\n");
	assert_int_equal(state_of(*state, host_check_pam_limits, &nothing, "* msgqueue"),
			 HOST_RISK);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(ptrace_scope),
		TEST(rmid_forced_names_who_would_break),
		TEST(hugetlb_group),
		TEST(queues_of_very_much_memory),
		TEST(dev_shm_options),
		TEST(the_last_mount_hides_the_others),
		TEST(objects_that_every_user_may_open),
		TEST(limits_without_end),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
