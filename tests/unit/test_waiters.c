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

static void reads_which_type_a_receiver_waits_for(void **state)
{
	struct call_args args;

	(void)state;
	parse(SYS_msgrcv, " 0x7 0x5000 0x10 0x2a 0x0 0x0" WIDE, &args);
	assert_true(args.has_type);
	assert_int_equal(args.type, 42);
	parse(SYS_msgrcv, " 0x7 0x5000 0x10 0xfffffffffffffffd 0x0 0x0" WIDE, &args);
	assert_int_equal(args.type, -3);
	parse(401, " 0x7 0x5000 0x10 0xfffffffd 0x0 0x0" NARROW, &args);
	assert_int_equal(args.type, -3);
	/* ipc(2) has it in the program's memory; a damaged line has none */
	assert_int_equal(waiters_parse(IPC(c, "0x10") NARROW, &args), CALL_MSGRCV);
	assert_false(args.has_type);
	parse(SYS_msgrcv, " 0x7 0x5000 0x10", &args);
	assert_false(args.has_type);
}

static void knows_the_calls_that_sleep_on_semaphores(void **state)
{
	struct call_args args;

	(void)state;
	assert_int_equal(parse(SYS_semtimedop, " 0x3 0x7ffc00001234 0x2 0x0 0x0 0x0" WIDE, &args),
			 CALL_SEMOP);
	assert_int_equal(args.id, 3);
	assert_int_equal(args.ops_at, 0x7ffc00001234);
	assert_int_equal(args.nops, 2);
	assert_false(args.is_timed);
	parse(SYS_semtimedop, " 0x3 0x5000 0x2 0x6000 0x0 0x0" WIDE, &args);
	assert_true(args.is_timed);
	/* semop has three arguments: what the register of the fourth holds means nothing */
	assert_int_equal(parse(SYS_semop, " 0x3 0x5000 0x2 0x6000 0x0 0x0" WIDE, &args),
			 CALL_SEMOP);
	assert_false(args.is_timed);
}

static void knows_the_semaphore_calls_of_32_bit_programs(void **state)
{
	struct call_args args;

	(void)state;
	assert_int_equal(parse(420, " 0x3 0x5000 0x2 0x6000 0x0 0x0" NARROW, &args), CALL_SEMOP);
	assert_true(args.is_timed);
	assert_int_equal(waiters_parse(IPC(1, "0x2") NARROW, &args), CALL_SEMOP);
	assert_int_equal(args.id, 7);
	assert_int_equal(args.nops, 2);
	assert_int_equal(args.ops_at, 0x5000);
	assert_int_equal(waiters_parse(IPC(4, "0x2") NARROW, &args), CALL_SEMOP);
	assert_false(args.is_timed);
}

#if defined(__x86_64__)
/* i386's 220 is getdents64: its first argument is no semid. */
static void takes_no_32_bit_directory_reader_for_a_waiter(void **state)
{
	struct call_args args;

	(void)state;
	assert_int_equal(parse(220, " 0x3 0x5000 0x2 0x0 0x0 0x0" NARROW, &args), CALL_OTHER);
	/* a program that is not position independent has its code down there, but not its stack */
	assert_int_equal(parse(220, " 0x3 0x5000 0x2 0x0 0x0 0x0 0x7ffc00001000 0x401000\n", &args),
			 CALL_SEMOP);
}
#endif

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

static void knows_the_functions_that_wait_on_no_queue(void **state)
{
	static const char *const elsewhere[] = {"do_poll.constprop.0", "ep_poll",
						"do_sys_poll",	       "hrtimer_nanosleep",
						"do_sigtimedwait",     "unix_stream_recvmsg",
						"do_semtimedop"};
	static const char *const may_be_queue[] = {
		"do_msgrcv.constprop.0", "do_msgsnd", "__x64_sys_msgrcv", "0", "", "do_syscall_64",
		"x64_sys_call", "invoke_syscall", "el0_svc_common.constprop.0",
		/* stopped or frozen, it goes on to wait */
		"do_signal_stop", "get_signal", "ptrace_stop", "do_freezer_trap", "__refrigerator"};

	(void)state;
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		assert_true(waiters_sleeps_elsewhere(elsewhere[i]));
	for (size_t i = 0; i < sizeof(may_be_queue) / sizeof(may_be_queue[0]); i++)
		assert_false(waiters_sleeps_elsewhere(may_be_queue[i]));
}

static void tells_no_function_from_one_of_any_name(void **state)
{
	(void)state;
	assert_true(waiters_is_in_no_function("0"));
	assert_false(waiters_is_in_no_function(""));
	assert_false(waiters_is_in_no_function("0x0"));
	assert_false(waiters_is_in_no_function("do_msgrcv"));
}

static void knows_a_thread_that_has_ended_whatever_its_name(void **state)
{
	(void)state;
	assert_true(waiters_has_ended("7 (a) R 1) Z 1 7 7"));
	assert_true(waiters_has_ended("7 (a) X 1 7 7"));
	assert_false(waiters_has_ended("7 (a) Z 1) S 1 7 7"));
	assert_false(waiters_has_ended("7 (a)"));
	assert_false(waiters_has_ended("7 (a) "));
	assert_false(waiters_has_ended(""));
}

/* What the kernel prints of a sleeping thread, its start of the code being that. */
#define STAT(start_code)                                                                      \
	"7 (1 1 1) 1 1 1 1) S 1 7 7 0 -1 4194304 100 0 0 0 0 0 0 0 20 0 1 0 1403570 2998272 " \
	"395 18446744073709551615" start_code

static void knows_a_thread_whose_doings_are_hidden(void **state)
{
	(void)state;
	assert_true(waiters_is_hidden(STAT(" 1 1 0")));
	assert_false(waiters_is_hidden(STAT(" 94346417700864 94346417724969 0")));
	assert_false(waiters_is_hidden(STAT(" 11 1 0")));
	/* it has given its memory back, and is about to end */
	assert_false(waiters_is_hidden(STAT(" 0 0 0")));
	assert_true(waiters_is_hidden(STAT("")));
	assert_true(waiters_is_hidden(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_calls_that_sleep_on_a_queue),
		cmocka_unit_test(knows_the_calls_of_32_bit_programs),
		cmocka_unit_test(takes_what_may_be_a_queue_for_one),
		cmocka_unit_test(reads_which_type_a_receiver_waits_for),
		cmocka_unit_test(knows_the_calls_that_sleep_on_semaphores),
		cmocka_unit_test(knows_the_semaphore_calls_of_32_bit_programs),
#if defined(__x86_64__)
		cmocka_unit_test(takes_no_32_bit_directory_reader_for_a_waiter),
#endif
		cmocka_unit_test(finds_all_waiters_of_an_object),
		cmocka_unit_test(knows_the_functions_that_wait_on_no_queue),
		cmocka_unit_test(tells_no_function_from_one_of_any_name),
		cmocka_unit_test(knows_a_thread_that_has_ended_whatever_its_name),
		cmocka_unit_test(knows_a_thread_whose_doings_are_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
