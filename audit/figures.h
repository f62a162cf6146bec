/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What monitoring wants to know of a host, in numbers: for `check` and `metrics`. */
#pragma once

#include "findings.h"
#include "ipc_limits.h"

struct kind_figures {
	uint64_t objects, bytes;
	uint64_t orphans, orphan_bytes, oldest_orphan_s;
};

#define TOP_USERS 10

struct user_figures {
	uid_t uid;
	uint64_t objects, bytes;
};

struct figures {
	struct kind_figures kinds[KIND_COUNT_];
	uint64_t unlinked_bytes;
	uint64_t findings[FINDING_COUNT_][3]; /* by severity */
	struct user_figures top[TOP_USERS];   /* the users with most objects, most first */
	size_t top_count;
	struct user_figures others; /* all the rest together */
	struct limits limits;
	struct findings list;
};

/* Works them out. Returns 0 and figures for figures_done(), or -ENOMEM. */
int figures_make(struct figures *figures, struct audit *audit);
void figures_done(struct figures *figures);

/* What the snapshot must hold for them: set of audit_needs. */
unsigned figures_needs(void);
