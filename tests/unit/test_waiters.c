/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which call a thread sleeps in, from the text of its `syscall` file; and the list of sleepers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "waiters.h"

#define WIDE " 0x7ffc00001000 0x7f0000001000\n"
#define NARROW " 0xffc01000 0xf7f01000\n"
#define IPC(call, second) "117 0x" #call " 0x7 " second " 0x0 0x5000 0x0"

static enum thread_call parse(long nr, const char *rest, struct call_args *args)
{
	char text[256];

	*args = (struct call_args){.id = -1};
	snprintf(text, sizeof(text), "%ld%s", nr, rest);
	return waiters_parse(text, args);
}

static void knows_the_calls_that_sleep_on_a_queue(void **state)
{
	struct call_args args;

	(void)state;
	assert_int_equal(parse(SYS_msgrcv, " 0x7 0x5000 0x10 0x0 0x0 0x0" WIDE, &args),
			 CALL_MSGRCV);
	assert_int_equal(args.id, 7);
	assert_int_equal(parse(SYS_msgsnd, " 0x0 0x5000 0x10 0x0 0x0 0x0" WIDE, &args),
			 CALL_MSGSND);
	assert_int_equal(args.id, 0);
	assert_int_equal(parse(SYS_read, " 0x7 0x5000 0x10 0x0 0x0 0x0" WIDE, &args), CALL_OTHER);
	assert_int_equal(waiters_parse("running\n", &args), CALL_RUNNING);
	assert_int_equal(waiters_parse("-1 0x7ffc 0x7f00\n", &args), CALL_OTHER);
	assert_int_equal(waiters_parse("", &args), CALL_OTHER);
	assert_int_equal(parse(SYS_msgrcv, " 0x", &args), CALL_OTHER);
}

static void knows_the_calls_of_32_bit_programs(void **state)
{
	struct call_args args;

	(void)state;
	assert_int_equal(parse(400, " 0x7 0x5000 0x10 0x0 0x0 0x0" NARROW, &args), CALL_MSGSND);
	assert_int_equal(parse(401, " 0x7 0x5000 0x10 0x0 0x0 0x0" NARROW, &args), CALL_MSGRCV);
	assert_int_equal(waiters_parse(IPC(b, "0x10") NARROW, &args), CALL_MSGSND);
	assert_int_equal(args.id, 7);
	assert_int_equal(waiters_parse(IPC(c, "0x10") NARROW, &args), CALL_MSGRCV);
	assert_int_equal(args.id, 7);
	/* a version stands in the upper half */
	assert_int_equal(waiters_parse(IPC(1000c, "0x10") NARROW, &args), CALL_MSGRCV);
}

/* A guess that only keeps a queue is made. */
static void takes_what_may_be_a_queue_for_one(void **state)
{
	struct call_args args;

	(void)state;
	assert_int_equal(parse(SYS_msgrcv, " 0x7 0x5000", &args), CALL_MSGRCV);
	assert_int_equal(args.id, 7);
	assert_int_equal(parse(SYS_msgrcv, " 0x7 0x5000 0x10 0x0 0x0 0x0" NARROW, &args),
			 CALL_MSGRCV);
	assert_int_equal(parse(401, " 0x7 0x5000 0x10 0x0 0x0 0x0" WIDE, &args), CALL_MSGRCV);
	assert_int_equal(waiters_parse(IPC(63, "0x10") NARROW, &args), CALL_MSGRCV);
	assert_int_equal(args.id, 7);
}


static void finds_all_waiters_of_an_object(void **state)
{
	struct waiter all[] = {
		{.kind = KIND_SEM, .pid = 9, .args = {.id = 7}},
		{.kind = KIND_MSG, .pid = 1, .args = {.id = 0}},
		{.kind = KIND_MSG, .pid = 2, .args = {.id = 7}},
		{.kind = KIND_MSG, .pid = 3, .args = {.id = 7}},
		{.kind = KIND_MSG, .pid = 4, .args = {.id = 7}},
		{.kind = KIND_MSG, .pid = 5, .args = {.id = 8}},
	};
	const struct waiters waiters = {.all = all, .count = sizeof(all) / sizeof(all[0])};
	const struct waiters none = {0};
	const struct waiter *found;
	size_t count;

	(void)state;
	found = waiters_of(&waiters, KIND_MSG, 7, &count);
	assert_int_equal(count, 3);
	assert_ptr_equal(found, &all[2]);
	found = waiters_of(&waiters, KIND_SEM, 7, &count);
	assert_int_equal(count, 1);
	assert_ptr_equal(found, &all[0]);
	assert_null(waiters_of(&waiters, KIND_SEM, 0, &count));
	assert_int_equal(count, 0);
	assert_null(waiters_of(&none, KIND_MSG, 7, &count));
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_calls_that_sleep_on_a_queue),
		cmocka_unit_test(knows_the_calls_of_32_bit_programs),
		cmocka_unit_test(takes_what_may_be_a_queue_for_one),
		cmocka_unit_test(finds_all_waiters_of_an_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
