/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* auditd's log from its present end on, through rotations (auditd.conf(5): max_log_file_action). */
#pragma once

#include "audit_stream.h"

/*
 * Opens directory/audit.log; *fd, of inotify(7), is readable when there may be more. Returns 0 and a log for
 * audit_log_close(), or a negative errno.
 */
int audit_log_open(struct audit_log **out, const char *directory, int *fd);
void audit_log_close(struct audit_log *log);
int audit_log_read(struct audit_log *log, seccomp_fn *fn, void *data);
