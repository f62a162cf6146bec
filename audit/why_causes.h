/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why can an IPC call fail, and does that cause apply on this host now? Each cause is a row: errno,
 * calls, what it means, and a question to the host. Where a cause comes from: the ERRORS sections of
 * shmget(2), shmat(2), semget(2), semop(2), msgget(2), msgop(2), mq_open(3), shm_open(3), sem_open(3).
 */
#pragma once

#include "audit.h"
#include "ipc_limits.h"
#include "text.h"

enum why_call {
	WHY_SHMGET,
	WHY_SHMAT,
	WHY_SHMCTL,
	WHY_SEMGET,
	WHY_SEMOP,
	WHY_SEMCTL,
	WHY_MSGGET,
	WHY_MSGSND,
	WHY_MSGRCV,
	WHY_MSGCTL,
	WHY_SHM_OPEN,
	WHY_SEM_OPEN,
	WHY_MQ_OPEN,
	WHY_COUNT_
};

struct why {
	struct audit *audit;
	struct limits limits;
	uid_t uid; /* whose call it is */
};

enum certainty {
	CAUSE_ABSENT,	/* it does not apply now */
	CAUSE_POSSIBLE, /* it does, for some calls */
	CAUSE_CERTAIN,	/* it does, for every such call */
};

struct cause {
	int error;
	unsigned calls; /* set of bits 1 << enum why_call */
	const char *text;
	/* Asks the host; writes what it found and what to do. */
	enum certainty (*ask)(const struct why *why, struct text *evidence, struct text *fix);
};

extern const struct cause why_causes[];
extern const size_t why_cause_count;

/* The errno of a name such as ENOSPC, of those that have causes; 0 for any other. */
int why_error(const char *name);

/* "ENOSPC EINVAL …", for people. */
const char *why_error_names(void);

/* The call of that name; semtimedop and mq_send … go with their like. -1 for any other. */
int why_call(const char *name);
const char *why_call_name(enum why_call call);
