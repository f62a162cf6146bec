/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The logs of this host, and reading them whether they are compressed or not. */
#pragma once

#include "stringlist.h"

/* auditd's, unless its configuration says otherwise */
#define AUDIT_LOG "/var/log/audit/audit.log"

/*
 * A log and what it was rotated to, the oldest first: audit.log-20261126, audit.log.4.gz, audit.log.1,
 * audit.log. Returns 0 and a list, which may be empty, or a negative errno.
 */
int logs_find(const char *log, struct string_list *list);

/* Reads a log; the process that decompresses it, if any. */
struct log_file {
	int fd;
	int decompressor; /* pid, 0 for none */
};

/*
 * Opens a file, "-" for standard input; what begins like gzip, xz, bzip2 or zstd comes through that
 * program. Returns 0 and a file for log_close(), or a negative errno.
 */
int log_open(const char *name, struct log_file *file);

/* Returns 0, or -EIO where decompressing has failed. */
int log_close(struct log_file *file);
