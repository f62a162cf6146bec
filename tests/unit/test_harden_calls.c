/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which IPC call a name or a number is: on this machine's architecture the kernel's own headers agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#include <cmocka.h>
#include <linux/audit.h>

#include "calls.h"

static void knows_every_call_by_its_name(void **state)
{
	(void)state;
	for (int i = 0; i < CALL_COUNT_; i++)
		assert_int_equal(call_by_name(call_info((enum ipc_call)i)->name), i);
	assert_int_equal(call_by_name("shmget2"), CALL_COUNT_);
	assert_int_equal(call_by_name("pipe2"), CALL_COUNT_);
	assert_int_equal(call_by_name(""), CALL_COUNT_);
}

static void knows_numbers_of_each_architecture(void **state)
{
	static const struct {
		uint32_t arch;
		long number;
		enum ipc_call call;
	} cases[] = {
		{AUDIT_ARCH_X86_64, 29, CALL_SHMGET},	 {AUDIT_ARCH_X86_64, 240, CALL_MQ_OPEN},
		{AUDIT_ARCH_X86_64, 22, CALL_COUNT_},  /* pipe */
		{AUDIT_ARCH_X86_64, 293, CALL_COUNT_}, /* pipe2 */
		{AUDIT_ARCH_X86_64, -1, CALL_COUNT_},	 {AUDIT_ARCH_AARCH64, 194, CALL_SHMGET},
		{AUDIT_ARCH_AARCH64, 29, CALL_COUNT_},	 {AUDIT_ARCH_I386, 395, CALL_SHMGET},
		{AUDIT_ARCH_I386, 420, CALL_SEMTIMEDOP}, {AUDIT_ARCH_PPC64LE, 29, CALL_COUNT_},
	};
	bool is_any;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(call_by_number(cases[i].arch, cases[i].number, &is_any),
				 cases[i].call);
		assert_false(is_any);
	}
	assert_true(call_knows_arch(AUDIT_ARCH_RISCV64));
	assert_false(call_knows_arch(AUDIT_ARCH_PPC64LE));
}

static void takes_ipc_of_i386_for_all_of_system_v(void **state)
{
	bool is_any;

	(void)state;
	assert_int_equal(call_by_number(AUDIT_ARCH_I386, 117, &is_any), CALL_COUNT_);
	assert_true(is_any);
	assert_int_equal(call_by_number(AUDIT_ARCH_X86_64, 117, &is_any), CALL_COUNT_);
	assert_false(is_any);
}

static void agrees_with_the_kernels_headers(void **state)
{
#if defined(__x86_64__) || defined(__aarch64__)
	static const struct {
		long number;
		enum ipc_call call;
	} cases[] = {
		{SYS_shmget, CALL_SHMGET},
		{SYS_shmat, CALL_SHMAT},
		{SYS_shmdt, CALL_SHMDT},
		{SYS_shmctl, CALL_SHMCTL},
		{SYS_semget, CALL_SEMGET},
		{SYS_semop, CALL_SEMOP},
		{SYS_semtimedop, CALL_SEMTIMEDOP},
		{SYS_semctl, CALL_SEMCTL},
		{SYS_msgget, CALL_MSGGET},
		{SYS_msgsnd, CALL_MSGSND},
		{SYS_msgrcv, CALL_MSGRCV},
		{SYS_msgctl, CALL_MSGCTL},
		{SYS_mq_open, CALL_MQ_OPEN},
		{SYS_mq_timedsend, CALL_MQ_TIMEDSEND},
		{SYS_mq_timedreceive, CALL_MQ_TIMEDRECEIVE},
		{SYS_mq_notify, CALL_MQ_NOTIFY},
		{SYS_mq_getsetattr, CALL_MQ_GETSETATTR},
		{SYS_mq_unlink, CALL_MQ_UNLINK},
		{SYS_memfd_create, CALL_MEMFD_CREATE},
		{SYS_process_vm_readv, CALL_PROCESS_VM_READV},
		{SYS_process_vm_writev, CALL_PROCESS_VM_WRITEV},
	};
#ifdef __x86_64__
	const uint32_t arch = AUDIT_ARCH_X86_64;
#else
	const uint32_t arch = AUDIT_ARCH_AARCH64;
#endif
	bool is_any;

	(void)state;
	assert_int_equal(sizeof(cases) / sizeof(cases[0]), CALL_COUNT_);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(call_by_number(arch, cases[i].number, &is_any), cases[i].call);
#else
	(void)state;
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_every_call_by_its_name),
		cmocka_unit_test(knows_numbers_of_each_architecture),
		cmocka_unit_test(takes_ipc_of_i386_for_all_of_system_v),
		cmocka_unit_test(agrees_with_the_kernels_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
