/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "exposure.h"

#define TOTAL_MAX 100

static const struct {
	const char *word;
	unsigned tenths;
	const char *reason, *remedy;
} parts[EXPOSED_COUNT_] = {
	[EXPOSED_OBJECTS] = {"objects", 17, "every user may open objects of it",
			     "UMask=0077, or ipcaudit permissions"},
	[EXPOSED_NAMESPACE] = {"namespace", 15,
			       "it is in the host's IPC namespace, and shares nothing there",
			       "PrivateIPC=yes"},
	[EXPOSED_USER] = {"user", 10, "others run as its user, and may change its objects",
			  "a User= of its own"},
	[EXPOSED_PRIVILEGES] = {"privileges", 7, "set-user-id programs give it other privileges",
				"NoNewPrivileges=yes"},
	[EXPOSED_SHM] = {"shm", 8, "may make System V shared memory, and has none",
			 "SystemCallFilter="},
	[EXPOSED_SEM] = {"sem", 8, "may make System V semaphores, and has none",
			 "SystemCallFilter="},
	[EXPOSED_MSG] = {"msg", 8, "may make System V message queues, and has none",
			 "SystemCallFilter="},
	[EXPOSED_MQ] = {"mq", 8, "may make POSIX message queues, and has none",
			"SystemCallFilter="},
	[EXPOSED_PROCESS] = {"process-vm", 8, "may read and write memory of other processes",
			     "SystemCallFilter=~process_vm_readv process_vm_writev"},
	[EXPOSED_SUID] = {"suid", 4, "may make set-user-id files", "RestrictSUIDSGID=yes"},
	[EXPOSED_LEFTOVERS] = {"leftovers", 4, "what it leaves behind stays", "ipcclean enable"},
	[EXPOSED_UMASK] = {"umask", 3, "others may read what it makes", "UMask=0077"},
};

bool exposure_lets_through(const struct manager_filter *filter, enum call_family family)
{
	for (int call = 0; call < CALL_COUNT_; call++)
		if (call_info((enum ipc_call)call)->family == family &&
		    !manager_filter_blocks(filter, call_info((enum ipc_call)call)->name))
			return true;
	return false;
}

static bool is_so(const struct exposure_facts *facts, enum exposure_part part)
{
	const struct unit_facts *unit = facts->unit;
	const struct manager_filter *filter = &unit->filter;

	switch (part) {
	case EXPOSED_OBJECTS:
		return facts->has_open_object && !unit->has_private_ipc;
	case EXPOSED_NAMESPACE:
		return !unit->has_private_ipc && !unit->shares_ipc && !facts->shares_objects;
	case EXPOSED_USER:
		return facts->shares_user;
	case EXPOSED_PRIVILEGES:
		return !unit->has_no_new_privileges;
	case EXPOSED_SHM:
		return !(facts->kinds & KIND_BIT(KIND_SHM)) &&
		       exposure_lets_through(filter, FAMILY_SHM);
	case EXPOSED_SEM:
		return !(facts->kinds & KIND_BIT(KIND_SEM)) &&
		       exposure_lets_through(filter, FAMILY_SEM);
	case EXPOSED_MSG:
		return !(facts->kinds & KIND_BIT(KIND_MSG)) &&
		       exposure_lets_through(filter, FAMILY_MSG);
	case EXPOSED_MQ:
		return !(facts->kinds & KIND_BIT(KIND_PMQ)) &&
		       exposure_lets_through(filter, FAMILY_MQ);
	case EXPOSED_PROCESS:
		return exposure_lets_through(filter, FAMILY_PROCESS);
	case EXPOSED_SUID:
		return !unit->restricts_suid;
	case EXPOSED_LEFTOVERS:
		return facts->kinds && !unit->cleans && !unit->removes_ipc &&
		       !unit->has_private_ipc;
	case EXPOSED_UMASK:
		return (unit->umask & 007) != 007;
	case EXPOSED_COUNT_:
		break;
	}
	return false;
}

void exposure_weigh(const struct exposure_facts *facts, struct exposure *exposure)
{
	*exposure = (struct exposure){0};
	for (int i = 0; i < EXPOSED_COUNT_; i++) {
		if (is_so(facts, (enum exposure_part)i))
			exposure->tenths[i] = parts[i].tenths;
		exposure->total += exposure->tenths[i];
	}
	if (exposure->total > TOTAL_MAX)
		exposure->total = TOTAL_MAX;
}

enum exposure_part exposure_worst(const struct exposure *exposure)
{
	int worst = EXPOSED_COUNT_;

	for (int i = 0; i < EXPOSED_COUNT_; i++)
		if (exposure->tenths[i] &&
		    (worst == EXPOSED_COUNT_ || exposure->tenths[i] > exposure->tenths[worst]))
			worst = i;
	return (enum exposure_part)worst;
}

const char *exposure_word(enum exposure_part part)
{
	return parts[part].word;
}

const char *exposure_reason(enum exposure_part part)
{
	return parts[part].reason;
}

const char *exposure_remedy(enum exposure_part part)
{
	return parts[part].remedy;
}
