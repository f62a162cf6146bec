/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal's audit records from now on (libsystemd, loaded when asked for). */
#pragma once

#include "audit_stream.h"

/*
 * Opens it; *fd is to be polled. Returns 0 and a journal for audit_journal_close(), -ENODATA where no audit
 * record was ever put into it, or another negative errno.
 */
int audit_journal_open(struct audit_journal **out, int *fd);
void audit_journal_close(struct audit_journal *journal);
int audit_journal_read(struct audit_journal *journal, seccomp_fn *fn, void *data);
