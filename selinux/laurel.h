/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events that laurel(8) has written as JSON, one a line, turned back into records. */
#pragma once

#include "record.h"

/* Called for each record of the event: AVC first, its form FORM_LAUREL. */
typedef int (*laurel_fn)(const struct record *record, struct span line, void *data);

/*
 * Reads one line. Returns 0, -EBADMSG if it is no such JSON, -ENOSYS where json-c is missing,
 * -ENOMEM, or what fn returned.
 */
int laurel_read(struct span line, laurel_fn fn, void *data);
