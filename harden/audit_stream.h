/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Audit records of system call filters as they come, from the first of these that there is:
 *
 *   the kernel's multicast group, which journald reads as well (netlink group AUDIT_NLGRP_READLOG): the
 *   same with auditd and without; needs CAP_AUDIT_READ, which SELinux policies give to few
 *   auditd's log, /var/log/audit/audit.log, followed through its rotations
 *   the journal (_TRANSPORT=audit; systemd-journald-audit.socket)
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "seccomp.h"

typedef void seccomp_fn(const struct seccomp_event *event, void *data);

struct audit_log;
struct audit_journal;

struct audit_stream {
	int fd;		       /* to be polled for reading; -1: not open */
	uint64_t lost;	       /* times that records came faster than they were read */
	struct audit_log *log; /* the source, if it isn't the kernel */
	struct audit_journal *journal;
};

/*
 * Opens it for audit_stream_close(). 0; -EOPNOTSUPP where this kernel's seccomp logs nothing
 * (kernel.seccomp.actions_logged); or the errno of why the kernel gives no records, where there is no other
 * source either.
 */
int audit_stream_open(struct audit_stream *stream);
void audit_stream_close(struct audit_stream *stream);

/* Tells of all that have come, without waiting. 0 or a negative errno. */
int audit_stream_read(struct audit_stream *stream, seccomp_fn *fn, void *data);
