/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which lines of a journal tell of a call that failed at a limit? */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "failed_calls.h"

static const struct {
	const char *message, *call, *error; /* call NULL: it tells of none */
} rows[] = {
	{"FATAL:  could not create shared memory segment: No space left on device", "shmget",
	 "ENOSPC"},
	{"FATAL:  could not create shared memory segment: Invalid argument", "shmget", "EINVAL"},
	{"FATAL:  could not create semaphores: No space left on device", "semget", "ENOSPC"},
	{"(28)No space left on device: AH00023: Couldn't create the proxy mutex", "semget",
	 "ENOSPC"},
	{"ORA-27300: OS system dependent operation:semget failed with status: 28", "semget",
	 "ENOSPC"},
	{"ORA-27102: out of memory, Linux-x86_64 Error: 12: Cannot allocate memory", "shmget",
	 "ENOMEM"},
	{"shmget(): ENOMEM", "shmget", "ENOMEM"},
	{"semop: Argument list too long", "semop", "E2BIG"},
	{"msgsnd: Invalid argument", "msgsnd", "EINVAL"},
	{"msgget failed: No space left on device", "msgget", "ENOSPC"},
	{"mq_open /x: No space left on device", "mq_open", "ENOSPC"},
	/* a full disk, another call, another error */
	{"write to /var/log/x: No space left on device", NULL, NULL},
	{"open: Invalid argument", NULL, NULL},
	{"shmget: Permission denied", NULL, NULL},
	{"could not create shared memory segment: Permission denied", NULL, NULL},
	{"mq_open /x: Invalid argument", NULL, NULL},
	{"", NULL, NULL},
};

static void names_the_call_and_its_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int call = failed_call_of(rows[i].message, strlen(rows[i].message));

		print_message("# %s\n", rows[i].message);
		if (!rows[i].call) {
			assert_int_equal(call, -ENOENT);
			continue;
		}
		assert_true(call >= 0);
		assert_string_equal(failed_calls[call].call, rows[i].call);
		assert_string_equal(failed_calls[call].error, rows[i].error);
	}
}

static void does_not_read_behind_the_message(void **state)
{
	static const char message[] = "shmget: ENOSPC";

	(void)state;
	assert_int_equal(failed_call_of(message, strlen(message) - 1), -ENOENT);
	assert_true(failed_call_of(message, strlen(message)) >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_call_and_its_error),
		cmocka_unit_test(does_not_read_behind_the_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
