/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The system calls of IPC, in families: what SystemCallFilter= and SystemCallLog= name, and what
 * audit records give as an architecture and a number (arch/.../syscall.tbl of the kernel).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum call_family {
	FAMILY_SHM,
	FAMILY_SEM,
	FAMILY_MSG,
	FAMILY_MQ,
	FAMILY_MEMFD,	/* no object that outlives its users, and libraries use it */
	FAMILY_PROCESS, /* the memory of other processes */
	FAMILY_COUNT_
};

enum ipc_call {
	CALL_SHMGET,
	CALL_SHMAT,
	CALL_SHMDT,
	CALL_SHMCTL,
	CALL_SEMGET,
	CALL_SEMOP,
	CALL_SEMTIMEDOP,
	CALL_SEMCTL,
	CALL_MSGGET,
	CALL_MSGSND,
	CALL_MSGRCV,
	CALL_MSGCTL,
	CALL_MQ_OPEN,
	CALL_MQ_TIMEDSEND,
	CALL_MQ_TIMEDRECEIVE,
	CALL_MQ_NOTIFY,
	CALL_MQ_GETSETATTR,
	CALL_MQ_UNLINK,
	CALL_MEMFD_CREATE,
	CALL_PROCESS_VM_READV,
	CALL_PROCESS_VM_WRITEV,
	CALL_COUNT_
};

struct call_info {
	const char *name;
	enum call_family family;
	/*
	 * It looks after what others of its family make, or is the same as one of them in another
	 * form: a program that uses the family may need it on a path that was not seen.
	 */
	bool is_upkeep;
};

const struct call_info *call_info(enum ipc_call call);

/* Its number, or CALL_COUNT_ for a name that is none of them. */
enum ipc_call call_by_name(const char *name);

/* "System V shared memory" ... */
const char *family_title(enum call_family family);

/*
 * Which call an audit record means by arch= (AUDIT_ARCH_* of linux/audit.h) and syscall=; CALL_COUNT_
 * for another one. On 32-bit x86 ipc(2) stands for all of System V: *is_any_sysv is then set.
 */
enum ipc_call call_by_number(uint32_t arch, long number, bool *is_any_sysv);

/* Whether numbers of this architecture are known at all. */
bool call_knows_arch(uint32_t arch);
