/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which limit is near? One that is used to the threshold is a warning, one that is used up fails the
 * next caller: critical. A limit on single objects fails nobody by itself; an object as large as can
 * be says that the next one may not fit.
 */
#include <inttypes.h>
#include <stdio.h>

#include "cleanup.h"
#include "finders.h"
#include "ipc_limits.h"

/* ipc/ipc_ns: IPCMNI, without the boot parameter ipcmni_extend */
#define IPCMNI 32768

static enum severity severity_of(const struct limit *limit, long percent)
{
	/* the defaults of mq_open(3) are as large as the default limits */
	if (limit->id == LIMIT_MQ_MAXMSG || limit->id == LIMIT_MQ_MSGSIZE)
		return SEVERITY_INFO;
	if (percent >= 100 && (!limit_is_per_object(limit->id) || limit->id == LIMIT_MSGMNB))
		return SEVERITY_CRITICAL;
	return SEVERITY_WARNING;
}

static uint64_t doubled(uint64_t value)
{
	return value > UINT64_MAX / 2 ? UINT64_MAX : 2 * value;
}

/* kernel.sem sets four at once: the others stay as they are. */
static void set_sem_fix(struct finding *finding, const struct limits *limits, enum limit_id which)
{
	static const enum limit_id order[] = {LIMIT_SEMMSL, LIMIT_SEMMNS, LIMIT_SEMOPM,
					      LIMIT_SEMMNI};
	char values[4][24];

	for (size_t i = 0; i < 4; i++) {
		uint64_t value = 0;

		for (size_t j = 0; j < limits->count; j++)
			if (limits->list[j].id == order[i])
				value = limits->list[j].value;
		if (order[i] == which)
			value = doubled(value);
		if (order[i] == LIMIT_SEMMNI && value > IPCMNI)
			value = IPCMNI;
		snprintf(values[i], sizeof(values[i]), "%" PRIu64, value);
	}
	finding_set_fix(finding, "sysctl -w kernel.sem='%s %s %s %s'", values[0], values[1],
			values[2], values[3]);
}

static void set_fix(struct finding *finding, const struct limits *limits, const struct limit *limit)
{
	bool is_count =
		limit->id == LIMIT_SHMMNI || limit->id == LIMIT_MSGMNI || limit->id == LIMIT_SEMMNI;

	if (is_count && limit->value >= IPCMNI) {
		finding_set_fix(finding, "ipcaudit orphans: what leaks? The kernel's maximum is "
					 "reached (boot parameter ipcmni_extend raises it)");
		return;
	}
	switch (limit->id) {
	case LIMIT_SEMMSL:
	case LIMIT_SEMMNS:
	case LIMIT_SEMOPM:
	case LIMIT_SEMMNI:
		set_sem_fix(finding, limits, limit->id);
		return;
	case LIMIT_MQ_BYTES:
		finding_set_fix(finding, "LimitMSGQUEUE=%" PRIu64 " in the unit, or ulimit -q",
				doubled(limit->value));
		return;
	case LIMIT_DEV_SHM_BYTES:
		finding_set_fix(finding, "mount -o remount,size=%" PRIu64 " /dev/shm",
				doubled(limit->value));
		return;
	case LIMIT_DEV_SHM_INODES:
		finding_set_fix(finding, "mount -o remount,nr_inodes=%" PRIu64 " /dev/shm",
				doubled(limit->value));
		return;
	case LIMIT_DEV_SHM_QUOTA:
		finding_set_fix(finding, "setquota -u %u 0 %" PRIu64 " 0 0 /dev/shm", limit->uid,
				doubled(limit->value) / 1024);
		return;
	case LIMIT_MSGMNB:
		finding_set_fix(finding,
				"ipcaudit backlog: who empties it? (kernel.msgmnb is for new "
				"queues only)");
		return;
	case LIMIT_SHMMAX:
	case LIMIT_SHMALL:
	case LIMIT_SHMMNI:
	case LIMIT_MSGMAX:
	case LIMIT_MSGMNI:
	case LIMIT_MQ_QUEUES:
	case LIMIT_MQ_MAXMSG:
	case LIMIT_MQ_MSGSIZE:
	case LIMIT_COUNT_:
		finding_set_fix(finding, "sysctl -w %s=%" PRIu64, limit_sysctl(limit->id),
				is_count && doubled(limit->value) > IPCMNI ? IPCMNI
									   : doubled(limit->value));
	}
}

static void add_limit(struct audit *audit, const struct limits *limits, const struct limit *limit,
		      long percent, struct findings *findings)
{
	const char *top = limit->has_uid   ? usernames_get(&audit->usernames, limit->uid)
			  : limit->has_top ? usernames_get(&audit->usernames, limit->top_uid)
					   : NULL;
	const struct ipc_object *obj =
		limit->top_object == SIZE_MAX ? NULL : &audit->inv.objects[limit->top_object];
	struct finding *finding = findings_add(
		findings, FINDING_LIMIT_NEAR, severity_of(limit, percent), obj,
		"%s: %" PRIu64 " of %" PRIu64 " %s used (%ld %%)%s%s; at the limit: %s",
		limit_name(limit->id), limit->used, limit->value, limit_unit(limit->id), percent,
		!top		 ? ""
		: limit->has_uid ? ", by "
				 : ", most by ",
		top ? top : "", limit_failure(limit->id));

	finding_set_owner(finding, top);
	set_fix(finding, limits, limit);
	finding_text(finding, "limit", limit_name(limit->id));
	finding_number(finding, "value", limit->value);
	finding_number(finding, "used", limit->used);
	finding_number(finding, "percent", (uint64_t)percent);
	if (limit->has_uid)
		finding_number(finding, "uid", limit->uid);
	if (limit->has_top) {
		finding_number(finding, "top_uid", limit->top_uid);
		finding_number(finding, "top_used", limit->top_used);
	}
}

void find_limits(struct audit *audit, struct findings *findings)
{
	struct limits limits;

	if (limits_read(&limits, &audit->inv, &audit->procs) < 0) {
		findings->failed = true;
		return;
	}
	for (size_t i = 0; i < limits.count; i++) {
		long percent = limit_percent(&limits.list[i]);

		if (percent >= (long)audit->config->limit_threshold)
			add_limit(audit, &limits, &limits.list[i], percent, findings);
	}
	limits_done(&limits);
}
