/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How many audit records has the kernel itself dropped (AUDIT_GET of audit(7)'s netlink family; libaudit
 * loaded when asked for)? It counts those of all sources together, since boot.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct audit_lost {
	uint32_t count; /* goes round at 2^32 */
	/*
	 * Whether a drop means that a record reached nobody: with auditd, with a rate limit, or where nobody
	 * waits for room in the queue. Without all of them it is only missing in the queue that is held for
	 * an auditd to come (kernel/audit.c: kauditd_hold_skb), after journald and the like have had it.
	 */
	bool matters;
};

/* 0, -ENOSYS without libaudit, -ETIME without an answer, or another errno: -EPERM without CAP_AUDIT_CONTROL. */
int audit_lost_read(struct audit_lost *lost);

/* Records that were dropped between two readings, as far as they matter. */
uint32_t audit_lost_between(const struct audit_lost *before, const struct audit_lost *after);
