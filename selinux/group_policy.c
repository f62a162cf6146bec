/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "group_policy.h"

#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "explain.h"

int group_ask_policy(const struct group *group, const struct live *live, struct sepolicy *policy,
		     struct sepolicy_answer *answer)
{
	const struct denial *sample = &group->sample;
	_cleanup_(text_done) struct text needs = {0};
	struct sepolicy_question question = {
		.scontext = sample->scontext,
		.tcontext = sample->tcontext,
		.class = sample->class,
		.denied = group->perms,
	};

	*answer = (struct sepolicy_answer){0};
	if (!policy || (sepolicy_is_of_host(policy) && !denial_is_of_host(sample, live->host)))
		return 0;
	/* a new object needs one permission, and that was denied */
	if (strcmp(group->perms, "create") && explain_needs(&needs, sample))
		question.needed = needs.bytes;
	return needs.failed ? -ENOMEM : sepolicy_ask(policy, &question, answer);
}
