/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* auditd's log is followed from its end on, line by line, through rotations. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "audit_log.h"
#include "tree.h"

#define HEAD "type=SECCOMP msg=audit(1764111111.123:456): auid=0 uid=33 pid=386 comm=\"x\" "
#define SHMGET HEAD "sig=0 arch=c000003e syscall=29 code=0x7ffc0000\n"
#define SEMGET HEAD "sig=0 arch=c000003e syscall=64 code=0x7ffc0000\n"

struct seen {
	unsigned calls[CALL_COUNT_];
};

static void on_event(const struct seccomp_event *event, void *data)
{
	struct seen *seen = data;

	assert_true(event->call < CALL_COUNT_);
	seen->calls[event->call]++;
}

static void append(const struct tree *tree, const char *text)
{
	char path[TREE_PATH_SIZE];
	FILE *f = fopen(tree_path(tree, "audit.log", path), "a");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void expect(struct audit_log *log, unsigned shmget, unsigned semget)
{
	struct seen seen = {0};

	assert_int_equal(audit_log_read(log, on_event, &seen), 0);
	assert_int_equal(seen.calls[CALL_SHMGET], shmget);
	assert_int_equal(seen.calls[CALL_SEMGET], semget);
}

static void tells_what_comes_after_its_opening(void **state)
{
	const struct tree *tree = *state;
	struct audit_log *log;
	struct pollfd fd = {.events = POLLIN};

	append(tree, SHMGET);
	assert_int_equal(audit_log_open(&log, tree->root, &fd.fd), 0);
	assert_int_equal(poll(&fd, 1, 0), 0);
	expect(log, 0, 0);
	append(tree, SEMGET "type=SYSCALL msg=audit(1.1:1): syscall=29\n" SHMGET SEMGET);
	assert_int_equal(poll(&fd, 1, 1000), 1);
	expect(log, 1, 2);
	/* the descriptor is quiet again */
	assert_int_equal(poll(&fd, 1, 0), 0);
	/* half a record is none yet */
	append(tree, "type=SECCOMP msg=audit(1764111111.123:456): auid=0 uid=33 pid=386 ");
	expect(log, 0, 0);
	append(tree, "comm=\"x\" sig=0 arch=c000003e syscall=29 code=0x7ffc0000\n");
	expect(log, 1, 0);
	audit_log_close(log);
}

static void follows_a_rotation_without_losing_the_end(void **state)
{
	const struct tree *tree = *state;
	char path[TREE_PATH_SIZE], rotated[TREE_PATH_SIZE];
	struct audit_log *log;
	struct pollfd fd = {.events = POLLIN};

	append(tree, "");
	assert_int_equal(audit_log_open(&log, tree->root, &fd.fd), 0);
	append(tree, SHMGET);
	assert_int_equal(rename(tree_path(tree, "audit.log", path),
				tree_path(tree, "audit.log.1", rotated)),
			 0);
	append(tree, SEMGET);
	assert_int_equal(poll(&fd, 1, 1000), 1);
	expect(log, 1, 1);
	/* gone for a moment */
	assert_int_equal(rename(path, rotated), 0);
	expect(log, 0, 0);
	append(tree, SEMGET SEMGET);
	expect(log, 0, 2);
	audit_log_close(log);
}

static void needs_a_log(void **state)
{
	const struct tree *tree = *state;
	struct audit_log *log;
	char path[TREE_PATH_SIZE];
	int fd;

	assert_int_equal(audit_log_open(&log, tree->root, &fd), -ENOENT);
	assert_int_equal(audit_log_open(&log, tree_path(tree, "none", path), &fd), -ENOENT);
	/* no link that leads elsewhere */
	assert_int_equal(symlink("/dev/null", tree_path(tree, "audit.log", path)), 0);
	assert_int_equal(audit_log_open(&log, tree->root, &fd), -ELOOP);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(tells_what_comes_after_its_opening),
		TEST(follows_a_rotation_without_losing_the_end),
		TEST(needs_a_log),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
