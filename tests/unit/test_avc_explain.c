/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a denial means, as far as its text tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explain.h"

static void permissions_are_of_their_class(void **state)
{
	(void)state;
	assert_string_equal(explain_permission("shm", "write"),
			    "attaching it for writing (shmat without SHM_RDONLY)");
	assert_string_equal(explain_permission("sem", "write"),
			    "changing a value (semop, SETVAL, SETALL)");
	assert_string_equal(explain_permission("msgq", "destroy"), "removing it (IPC_RMID)");
	assert_null(explain_permission("msg", "destroy"));
	assert_null(explain_permission("sem", "lock"));
	assert_null(explain_permission("file", "read"));
	assert_null(explain_permission("shm", "rea"));
}

struct need {
	const char *op;
	int64_t flags;
	const char *class, *perms;
	const char *needs; /* NULL: not known */
};

static void check_needs(const struct need *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct text text = {0};
		struct denial denial = {
			.class = rows[i].class, .perms = rows[i].perms, .op_flags = rows[i].flags};
		bool is_known;

		strcpy(denial.op, rows[i].op);
		is_known = explain_needs(&text, &denial);
		if (is_known != (rows[i].needs != NULL))
			fail_msg("row %zu: %s", i, rows[i].op);
		if (rows[i].needs)
			assert_string_equal(text.bytes, rows[i].needs);
		else
			assert_null(text.bytes);
		text_done(&text);
	}
}

static void a_message_is_asked_for_after_its_queue(void **state)
{
	static const struct {
		const char *op, *class, *perms;
		bool has_message;
	} rows[] = {
		{"msgsnd", "msgq", "write", true},    {"msgrcv", "msgq", "read", true},
		{"msgget", "msgq", "read", false},    {"msgsnd", "msg", "send", false},
		{"msgsnd", "msgq", "enqueue", false}, {"semop", "sem", "write", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct denial denial = {.class = rows[i].class, .perms = rows[i].perms};

		strcpy(denial.op, rows[i].op);
		if ((explain_message(&denial) != NULL) != rows[i].has_message)
			fail_msg("row %zu: %s", i, rows[i].op);
	}
}

static void a_call_needs_all_of_its_set(void **state)
{
	static const struct need rows[] = {
		{"shmget", 0660, "shm", "unix_read", "unix_read unix_write associate"},
		{"semget", 0, "sem", "associate", "associate"},
		{"msgget", 0400, "msgq", "associate", "unix_read associate"},
		{"semget", 0200 | 01000, "sem", "associate", "unix_write associate"},
		{"semget", DENIAL_UNKNOWN, "sem", "associate", NULL},
		{"shmat", 0, "shm", "read", "unix_read unix_write read write"},
		{"shmat", 010000, "shm", "read", "unix_read read"},
		{"shmat", DENIAL_UNKNOWN, "shm", "read", NULL},
		{"semctl:GETVAL", DENIAL_UNKNOWN, "sem", "read", "unix_read read"},
		{"semctl:GETPID", 0, "sem", "getattr", "unix_read getattr"},
		{"semctl:SETALL", 0, "sem", "write", "unix_write write"},
		{"shmctl:IPC_RMID", 0, "shm", "destroy", "destroy"},
		{"shmctl:SHM_STAT_ANY", 0, "shm", "getattr", "getattr associate"},
		{"semctl:SEM_INFO", 0, "system", "ipc_info", "ipc_info"},
		{"shmdt", 0, "shm", "read", NULL},
		{"", 0, "shm", "read", NULL},
	};

	(void)state;
	check_needs(rows, sizeof(rows) / sizeof(rows[0]));
}

static void operations_that_wait_for_zero_need_reading_only(void **state)
{
	static const struct need rows[] = {
		{"semop", DENIAL_UNKNOWN, "sem", "unix_read", "unix_read read"},
		{"semtimedop", DENIAL_UNKNOWN, "sem", "unix_read", "unix_read read"},
		{"semop", DENIAL_UNKNOWN, "sem", "unix_write", "unix_write read write"},
		{"semop", DENIAL_UNKNOWN, "sem", "read write", "unix_write read write"},
	};

	(void)state;
	check_needs(rows, sizeof(rows) / sizeof(rows[0]));
}

static void needs_are_of_the_denied_class(void **state)
{
	static const struct need rows[] = {
		{"shmat", 0, "file", "map", "map read write"},
		{"shmat", 010000, "file", "map", "map read"},
		{"shmat", 0100000 | 010000, "file", "map", "map read execute"},
		{"shmat", DENIAL_UNKNOWN, "file", "map", NULL},
		{"shmget", 0660, "capability", "ipc_owner", NULL},
		{"msgsnd", 0, "msgq", "write", "unix_write write"},
		{"msgsnd", 0, "msg", "send", "send"},
		{"msgrcv", 0, "msgq", "read", "unix_read read"},
		{"msgrcv", 0, "msg", "receive", "receive"},
		/* asked of the message's label, and of the receiver's */
		{"msgsnd", 0, "msgq", "enqueue", "enqueue"},
		{"msgsnd", 0, "msg", "receive", "receive"},
		{"", 0, "msg", "receive", NULL},
	};

	(void)state;
	check_needs(rows, sizeof(rows) / sizeof(rows[0]));
}

static void keys_by_custom(void **state)
{
	(void)state;
	assert_non_null(explain_key(0x4e545030));
	assert_ptr_equal(explain_key(0x4e545037), explain_key(0x4e545030));
	assert_null(explain_key(0x4e545038));
	assert_null(explain_key(0x4e54502f));
	assert_non_null(explain_key(5432001));
	assert_null(explain_key(5432002));
	assert_non_null(explain_key(0x0d4d1234));
	assert_null(explain_key(0x0d4e0000));
	assert_non_null(explain_key(UINT32_MAX));
	assert_null(explain_key(0));
}

static void categories_that_the_clearance_lacks(void **state)
{
	static const struct {
		const char *source, *target;
		enum explain_range range;
	} rows[] = {
		{"u:r:container_t:s0:c374,c410", "u:r:x_t:s0-s0:c0.c1023", RANGE_REFUSES},
		{"u:r:x_t:s0-s0:c0.c1023", "u:r:container_t:s0:c374,c410", RANGE_NONE},
		{"u:r:a_t:s0-s0:c1", "u:r:a_t:s0:c2", RANGE_REFUSES},
		{"u:r:a_t:s0:c1,c2", "u:r:a_t:s0:c1,c2", RANGE_NONE},
		{"u:r:a_t:s0:c1,c2", "u:r:a_t:s0:c2,c3", RANGE_REFUSES},
		{"u:r:a_t:s0:c1,c2", "u:r:a_t:s0:c2", RANGE_NONE},
		{"u:r:a_t:s0:c1 c2", "u:r:a_t:s0:c2", RANGE_NONE},
		{"u:r:a_t:s0:c1.c5", "u:r:a_t:s0:c5", RANGE_NONE},
		{"u:r:a_t:s0:c1.c5", "u:r:a_t:s0:c6", RANGE_REFUSES},
		{"u:r:a_t:s0", "u:r:b_t:s0", RANGE_NONE},
		/* a domain that may be constrained or not: pcp's is not, and a rule was the fix */
		{"u:r:a_t:s0", "u:r:b_t:s0:c0", RANGE_PERHAPS},
		{"u:r:pcp_pmcd_t:s0", "u:r:xdm_t:s0-s0:c0.c1023", RANGE_PERHAPS},
		/* no range, no such policy, not what it seems */
		{"u:r:a_t", "u:r:b_t", RANGE_NONE},
		{"u:r:a_t:s0", "u:r:b_t:s0:c9999", RANGE_NONE},
		{"u:r:a_t:s0", "u:r:b_t:s0:c", RANGE_NONE},
		{"u:r:a_t:s0", "u:r:b_t:SystemLow-SystemHigh", RANGE_NONE},
		{"", "", RANGE_NONE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (explain_range(rows[i].source, rows[i].target, "associate read") !=
		    rows[i].range)
			fail_msg("%s to %s", rows[i].source, rows[i].target);
}

static void permissions_that_are_not_constrained(void **state)
{
	(void)state;
	assert_int_equal(explain_range("u:r:a_t:s0:c1", "u:r:b_t:s0:c2", "getattr associate"),
			 RANGE_NONE);
	assert_int_equal(explain_range("u:r:a_t:s0:c1", "u:r:b_t:s0:c2", "getattr setattr"),
			 RANGE_REFUSES);
	assert_int_equal(explain_range("u:r:a_t:s0:c1", "u:r:b_t:s0:c2", "receive"), RANGE_REFUSES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(permissions_are_of_their_class),
		cmocka_unit_test(a_message_is_asked_for_after_its_queue),
		cmocka_unit_test(a_call_needs_all_of_its_set),
		cmocka_unit_test(operations_that_wait_for_zero_need_reading_only),
		cmocka_unit_test(needs_are_of_the_denied_class),
		cmocka_unit_test(keys_by_custom),
		cmocka_unit_test(categories_that_the_clearance_lacks),
		cmocka_unit_test(permissions_that_are_not_constrained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
