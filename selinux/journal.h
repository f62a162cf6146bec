/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entries that `journalctl -o json` prints, one a line, turned back into audit records. */
#pragma once

#include "record.h"

typedef int (*journal_fn)(const struct record *record, struct span line, void *data);

/*
 * Reads one line; fn is called if it is a record of ours that the kernel or the audit system sent.
 * Returns 0, -EBADMSG if it is no JSON, -ENOSYS where json-c is missing, -ENOMEM, or what fn returned.
 */
int journal_read(struct span line, journal_fn fn, void *data);
