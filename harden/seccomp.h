/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Audit records of system call filters (type SECCOMP, kernel/auditsc.c: audit_seccomp): which process
 * made which call, and whether the filter let it go on.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "calls.h"
#include "record.h"

struct seccomp_event {
	pid_t pid;
	enum ipc_call call; /* CALL_COUNT_: none of IPC */
	bool is_any_sysv;   /* ipc(2) of 32-bit x86: some call of System V */
	bool is_foreign;    /* of an architecture whose numbers aren't known here */
	bool is_refused;    /* killed, or an error; else logged only */
	char comm[16];	    /* printable ASCII, what else stood there is '?' */
};

/* Reads a record of type RECORD_SECCOMP. false where it is damaged. */
bool seccomp_read(const struct record *record, struct seccomp_event *event);

/* The same from the fields alone, "auid=… pid=…", as the journal has them. */
bool seccomp_read_fields(struct span text, struct seccomp_event *event);

/* The same from what the kernel sends, "audit(SECONDS.MS:SERIAL): auid=…". */
bool seccomp_read_body(struct span text, struct seccomp_event *event);
