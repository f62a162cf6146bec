/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The finders. Each adds what it finds; memory that is missing is remembered by the list. */
#pragma once

#include "findings.h"

typedef void finder_fn(struct audit *audit, struct findings *findings);

finder_fn find_orphans;	     /* orphan, known-leaker */
finder_fn find_ghosts;	     /* ghost-attachment */
finder_fn find_unlinked;     /* unlinked-held */
finder_fn find_limits;	     /* limit-near */
finder_fn find_permissions;  /* world-accessible, given-away, setuid-creator */
finder_fn find_host;	     /* lease-disabled, removeipc-risk */
finder_fn find_shared_users; /* shared-user */
finder_fn find_units;	     /* syscall-filter, ftok-private-tmp */
finder_fn find_deadlocks;    /* sem-cycle, sem-dead-holder */
finder_fn find_backlog;	     /* queue-lost-consumer, queue-full */

/* Whether any process of the user lives, us left out. */
bool finder_user_lives(struct audit *audit, uid_t uid);

/* The user's name as the owner of the finding. */
void finder_set_owner(struct finding *finding, struct audit *audit, uid_t uid);
