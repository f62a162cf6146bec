/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which IPC call a SYSCALL record is about, on every machine that has a numbering of its own. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "record.h"

enum ipc_call {
	CALL_SHMGET,
	CALL_SHMAT,
	CALL_SHMCTL,
	CALL_SHMDT,
	CALL_SEMGET,
	CALL_SEMOP,
	CALL_SEMTIMEDOP,
	CALL_SEMCTL,
	CALL_MSGGET,
	CALL_MSGSND,
	CALL_MSGRCV,
	CALL_MSGCTL,
	CALL_MQ_OPEN,
	CALL_MQ_UNLINK,
	CALL_COUNT_
};

struct ipc_syscall {
	enum ipc_call call;
	char op[32]; /* "shmget", "semctl:GETVAL" */
	bool has_key, has_id;
	uint32_t key;  /* of a …get */
	int32_t id;    /* as the argument or the result */
	int64_t flags; /* of a …get, shmat: the flags; else -1 */
};

/*
 * Reads a SYSCALL record: raw numbers or the names of `ausearch -i`; the ipc(2) multiplexer of
 * i386, ppc64, s390 and s390x. false if it is no IPC call, or of an unknown machine.
 */
bool syscall_read(const struct record *record, struct ipc_syscall *out);
