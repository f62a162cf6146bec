/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the policy says to a group of denials, with all that its call needs. */
#pragma once

#include "groups.h"
#include "sepolicy.h"

/*
 * As sepolicy_ask(). The kernel's policy is not asked about another host's denials; policy may be NULL,
 * then none is asked.
 */
int group_ask_policy(const struct group *group, const struct live *live, struct sepolicy *policy,
		     struct sepolicy_answer *answer);
