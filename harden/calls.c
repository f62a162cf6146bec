/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "calls.h"

#include <linux/audit.h>
#include <string.h>

static const struct call_info calls[CALL_COUNT_] = {
	[CALL_SHMGET] = {"shmget", FAMILY_SHM, false},
	[CALL_SHMAT] = {"shmat", FAMILY_SHM, false},
	[CALL_SHMDT] = {"shmdt", FAMILY_SHM, true},
	[CALL_SHMCTL] = {"shmctl", FAMILY_SHM, true},
	[CALL_SEMGET] = {"semget", FAMILY_SEM, false},
	[CALL_SEMOP] = {"semop", FAMILY_SEM, true},
	[CALL_SEMTIMEDOP] = {"semtimedop", FAMILY_SEM, true},
	[CALL_SEMCTL] = {"semctl", FAMILY_SEM, true},
	[CALL_MSGGET] = {"msgget", FAMILY_MSG, false},
	[CALL_MSGSND] = {"msgsnd", FAMILY_MSG, false},
	[CALL_MSGRCV] = {"msgrcv", FAMILY_MSG, false},
	[CALL_MSGCTL] = {"msgctl", FAMILY_MSG, true},
	[CALL_MQ_OPEN] = {"mq_open", FAMILY_MQ, false},
	[CALL_MQ_TIMEDSEND] = {"mq_timedsend", FAMILY_MQ, false},
	[CALL_MQ_TIMEDRECEIVE] = {"mq_timedreceive", FAMILY_MQ, false},
	[CALL_MQ_NOTIFY] = {"mq_notify", FAMILY_MQ, false},
	[CALL_MQ_GETSETATTR] = {"mq_getsetattr", FAMILY_MQ, true},
	[CALL_MQ_UNLINK] = {"mq_unlink", FAMILY_MQ, true},
	[CALL_MEMFD_CREATE] = {"memfd_create", FAMILY_MEMFD, false},
	[CALL_PROCESS_VM_READV] = {"process_vm_readv", FAMILY_PROCESS, false},
	[CALL_PROCESS_VM_WRITEV] = {"process_vm_writev", FAMILY_PROCESS, false},
};

struct numbered {
	short number;
	unsigned char call; /* enum ipc_call */
};

static const struct numbered x86_64[] = {
	{29, CALL_SHMGET},
	{30, CALL_SHMAT},
	{31, CALL_SHMCTL},
	{64, CALL_SEMGET},
	{65, CALL_SEMOP},
	{66, CALL_SEMCTL},
	{67, CALL_SHMDT},
	{68, CALL_MSGGET},
	{69, CALL_MSGSND},
	{70, CALL_MSGRCV},
	{71, CALL_MSGCTL},
	{220, CALL_SEMTIMEDOP},
	{240, CALL_MQ_OPEN},
	{241, CALL_MQ_UNLINK},
	{242, CALL_MQ_TIMEDSEND},
	{243, CALL_MQ_TIMEDRECEIVE},
	{244, CALL_MQ_NOTIFY},
	{245, CALL_MQ_GETSETATTR},
	{310, CALL_PROCESS_VM_READV},
	{311, CALL_PROCESS_VM_WRITEV},
	{319, CALL_MEMFD_CREATE},
};

/* asm-generic/unistd.h: arm64, riscv64, loongarch64 */
static const struct numbered generic[] = {
	{180, CALL_MQ_OPEN},
	{181, CALL_MQ_UNLINK},
	{182, CALL_MQ_TIMEDSEND},
	{183, CALL_MQ_TIMEDRECEIVE},
	{184, CALL_MQ_NOTIFY},
	{185, CALL_MQ_GETSETATTR},
	{186, CALL_MSGGET},
	{187, CALL_MSGCTL},
	{188, CALL_MSGRCV},
	{189, CALL_MSGSND},
	{190, CALL_SEMGET},
	{191, CALL_SEMCTL},
	{192, CALL_SEMTIMEDOP},
	{193, CALL_SEMOP},
	{194, CALL_SHMGET},
	{195, CALL_SHMCTL},
	{196, CALL_SHMAT},
	{197, CALL_SHMDT},
	{270, CALL_PROCESS_VM_READV},
	{271, CALL_PROCESS_VM_WRITEV},
	{279, CALL_MEMFD_CREATE},
};

/* those with a time of 64 bits as well, Linux 5.1 */
static const struct numbered i386[] = {
	{277, CALL_MQ_OPEN},
	{278, CALL_MQ_UNLINK},
	{279, CALL_MQ_TIMEDSEND},
	{280, CALL_MQ_TIMEDRECEIVE},
	{281, CALL_MQ_NOTIFY},
	{282, CALL_MQ_GETSETATTR},
	{347, CALL_PROCESS_VM_READV},
	{348, CALL_PROCESS_VM_WRITEV},
	{356, CALL_MEMFD_CREATE},
	{393, CALL_SEMGET},
	{394, CALL_SEMCTL},
	{395, CALL_SHMGET},
	{396, CALL_SHMCTL},
	{397, CALL_SHMAT},
	{398, CALL_SHMDT},
	{399, CALL_MSGGET},
	{400, CALL_MSGSND},
	{401, CALL_MSGRCV},
	{402, CALL_MSGCTL},
	{418, CALL_MQ_TIMEDSEND},
	{419, CALL_MQ_TIMEDRECEIVE},
	{420, CALL_SEMTIMEDOP},
};

#define I386_IPC 117

static const struct {
	uint32_t arch;
	const struct numbered *list;
	size_t count;
} arches[] = {
#define NUMBERS(list) list, sizeof(list) / sizeof((list)[0])
	{AUDIT_ARCH_X86_64, NUMBERS(x86_64)},
	{AUDIT_ARCH_I386, NUMBERS(i386)},
	{AUDIT_ARCH_AARCH64, NUMBERS(generic)},
	{AUDIT_ARCH_RISCV64, NUMBERS(generic)},
#undef NUMBERS
};

const struct call_info *call_info(enum ipc_call call)
{
	return &calls[call];
}

enum ipc_call call_by_name(const char *name)
{
	for (int i = 0; i < CALL_COUNT_; i++)
		if (!strcmp(calls[i].name, name))
			return (enum ipc_call)i;
	return CALL_COUNT_;
}

const char *family_title(enum call_family family)
{
	switch (family) {
	case FAMILY_SHM:
		return "System V shared memory";
	case FAMILY_SEM:
		return "System V semaphores";
	case FAMILY_MSG:
		return "System V message queues";
	case FAMILY_MQ:
		return "POSIX message queues";
	case FAMILY_MEMFD:
		return "memfd";
	case FAMILY_PROCESS:
		return "memory of other processes";
	case FAMILY_COUNT_:
		break;
	}
	return "";
}

enum ipc_call call_by_number(uint32_t arch, long number, bool *is_any_sysv)
{
	*is_any_sysv = arch == AUDIT_ARCH_I386 && number == I386_IPC;
	for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++)
		for (size_t j = 0; arches[i].arch == arch && j < arches[i].count; j++)
			if (arches[i].list[j].number == number)
				return (enum ipc_call)arches[i].list[j].call;
	return CALL_COUNT_;
}

bool call_knows_arch(uint32_t arch)
{
	for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++)
		if (arches[i].arch == arch)
			return true;
	return false;
}
