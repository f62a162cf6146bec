/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "why_causes.h"

#include <errno.h>
#include <string.h>

#include "why_ask.h"

#define CALL(call) (1u << WHY_##call)
#define SYSV_GETS (CALL(SHMGET) | CALL(SEMGET) | CALL(MSGGET))
#define SYSV_CTLS (CALL(SHMCTL) | CALL(SEMCTL) | CALL(MSGCTL))
#define SYSV_USES (CALL(SHMAT) | CALL(SEMOP) | CALL(MSGSND) | CALL(MSGRCV))
#define POSIX_OPENS (CALL(SHM_OPEN) | CALL(SEM_OPEN) | CALL(MQ_OPEN))

const struct cause why_causes[] = {
	{ENOSPC, CALL(SHMGET), "as many segments as may be", ask_shmmni},
	{ENOSPC, CALL(SHMGET), "all segments together are as large as may be", ask_shmall},
	{ENOSPC, CALL(SEMGET), "as many semaphore sets as may be", ask_semmni},
	{ENOSPC, CALL(SEMGET), "all sets together have as many semaphores as may be", ask_semmns},
	{ENOSPC, CALL(MSGGET), "as many queues as may be", ask_msgmni},
	{ENOSPC, CALL(MQ_OPEN), "as many POSIX queues as may be", ask_queues_max},
	{ENOSPC, CALL(SHM_OPEN) | CALL(SEM_OPEN), "/dev/shm is full", ask_shm_bytes},
	{ENOSPC, CALL(SHM_OPEN) | CALL(SEM_OPEN), "/dev/shm holds as many files as may be",
	 ask_shm_inodes},
	{EINVAL, CALL(SEMGET), "a limit is damaged: no set can be made", ask_negative},
	{EINVAL, CALL(SHMGET), "the segment is larger than one may be", ask_shmmax},
	{EINVAL, CALL(SEMGET), "the set has more semaphores than one may have", ask_semmsl},
	{EINVAL, CALL(SHMGET) | CALL(SEMGET),
	 "the key has an object already, smaller than what is asked for", ask_smaller},
	{EINVAL, CALL(MSGSND), "the message is longer than one may be", ask_msgmax},
	{EINVAL, CALL(MQ_OPEN), "the queue takes more, or longer, messages than one may",
	 ask_mq_maxmsg},
	{EINVAL, SYSV_USES | SYSV_CTLS, "the id is none, or no longer", ask_always},
	{EACCES, SYSV_GETS | SYSV_USES | SYSV_CTLS | POSIX_OPENS, "the object's mode refuses it",
	 ask_mode},
	{EACCES, SYSV_GETS | SYSV_USES | SYSV_CTLS | POSIX_OPENS, "SELinux refuses it",
	 ask_selinux},
	{EACCES, SYSV_GETS | SYSV_USES | SYSV_CTLS | POSIX_OPENS, "AppArmor refuses it",
	 ask_apparmor},
	{EPERM, SYSV_CTLS, "the object is another user's", ask_owner},
	{EPERM, CALL(SHMGET), "huge pages are for one group only", ask_hugetlb_group},
	{EIDRM, SYSV_USES | SYSV_CTLS | SYSV_GETS, "logind has removed it", ask_removeipc},
	{EIDRM, SYSV_USES | SYSV_CTLS | SYSV_GETS, "the object was removed", ask_removed},
	{EEXIST, SYSV_GETS | POSIX_OPENS, "a leftover has the key or name", ask_exists},
	{EEXIST, SYSV_GETS | POSIX_OPENS, "another object has the key or name", ask_in_use},
	{ENOMEM, CALL(SHMGET) | CALL(SHMAT), "the kernel commits no more memory", ask_overcommit},
	{ENOMEM, CALL(SHMGET) | CALL(SHMAT), "there are no huge pages left", ask_huge_pages},
	{ENOMEM, SYSV_GETS | SYSV_USES | POSIX_OPENS, "memory is short", ask_memory},
	{E2BIG, CALL(SEMOP), "more operations in one call than may be", ask_semopm},
	{E2BIG, CALL(MSGRCV), "the message is longer than the buffer, without MSG_NOERROR",
	 ask_always},
	{EMFILE, CALL(MQ_OPEN), "the user's queues take as many bytes as may be", ask_rlimit},
};

const size_t why_cause_count = sizeof(why_causes) / sizeof(why_causes[0]);

static const struct {
	const char *name;
	int error;
} errors[] = {
	{"ENOSPC", ENOSPC}, {"EINVAL", EINVAL}, {"EACCES", EACCES},
	{"EPERM", EPERM},   {"EIDRM", EIDRM},	{"EEXIST", EEXIST},
	{"ENOMEM", ENOMEM}, {"E2BIG", E2BIG},	{"EMFILE", EMFILE},
};

int why_error(const char *name)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (!strcmp(errors[i].name, name))
			return errors[i].error;
	return 0;
}

const char *why_error_names(void)
{
	return "ENOSPC, EINVAL, EACCES, EPERM, EIDRM, EEXIST, ENOMEM, E2BIG or EMFILE";
}

static const struct {
	const char *name;
	enum why_call call;
} calls[] = {
	{"shmget", WHY_SHMGET},	  {"shmat", WHY_SHMAT},	      {"shmctl", WHY_SHMCTL},
	{"semget", WHY_SEMGET},	  {"semop", WHY_SEMOP},	      {"semctl", WHY_SEMCTL},
	{"msgget", WHY_MSGGET},	  {"msgsnd", WHY_MSGSND},     {"msgrcv", WHY_MSGRCV},
	{"msgctl", WHY_MSGCTL},	  {"shm_open", WHY_SHM_OPEN}, {"sem_open", WHY_SEM_OPEN},
	{"mq_open", WHY_MQ_OPEN}, {"semtimedop", WHY_SEMOP},
};

int why_call(const char *name)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (!strcmp(calls[i].name, name))
			return (int)calls[i].call;
	return -1;
}

const char *why_call_name(enum why_call call)
{
	return calls[call].name;
}
