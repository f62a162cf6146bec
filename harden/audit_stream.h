/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Audit records of system call filters as they come, from one of the sources that there are. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "audit_lost.h"
#include "seccomp.h"

enum audit_source {
	/*
	 * the multicast group, which journald reads as well (netlink group AUDIT_NLGRP_READLOG): the same
	 * with auditd and without; needs CAP_AUDIT_READ, which SELinux policies give to few, and is silent
	 * outside of the first network namespace
	 */
	AUDIT_OF_KERNEL,
	AUDIT_OF_AUDITD,  /* its log, /var/log/audit/audit.log, followed through its rotations */
	AUDIT_OF_JOURNAL, /* _TRANSPORT=audit; systemd-journald-audit.socket */
	AUDIT_SOURCE_COUNT_
};

typedef void seccomp_fn(const struct seccomp_event *event, void *data);

struct audit_log;
struct audit_journal;

struct audit_stream {
	int fd;			       /* to be polled for reading; -1: not open */
	uint64_t lost;		       /* times that records came faster than they were read */
	struct audit_lost lost_before; /* by the kernel, when it was opened */
	bool knows_lost;	       /* ... if that could be asked */
	struct audit_log *log;	       /* the source, if it isn't the kernel */
	struct audit_journal *journal;
};

/*
 * Opens a source for audit_stream_close(). 0; -EOPNOTSUPP where this kernel's seccomp logs nothing
 * (kernel.seccomp.actions_logged); or another errno: the source isn't there, or may not be read.
 */
int audit_stream_open(struct audit_stream *stream, enum audit_source source);
void audit_stream_close(struct audit_stream *stream);

/*
 * How many times records were lost since it was opened, on their way to us or in the kernel, which counts
 * those of the whole host.
 */
uint64_t audit_stream_lost(const struct audit_stream *stream);

/* Tells of all that have come, without waiting. 0 or a negative errno. */
int audit_stream_read(struct audit_stream *stream, seccomp_fn *fn, void *data);
