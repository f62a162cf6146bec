/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "finders.h"

#include <stdlib.h>

bool finder_user_lives(struct audit *audit, uid_t uid)
{
	struct user_life *grown;
	struct presence presence;

	/* objects of one owner mostly stand together */
	for (size_t i = audit->lives_count; i > 0; i--)
		if (audit->lives[i - 1].uid == uid)
			return audit->lives[i - 1].lives;
	procs_presence(&audit->procs, uid, NULL, &presence);
	grown = reallocarray(audit->lives, audit->lives_count + 1, sizeof(*grown));
	if (grown) {
		audit->lives = grown;
		grown[audit->lives_count++] = (struct user_life){uid, presence.alive > 0};
	}
	return presence.alive > 0;
}

void finder_set_owner(struct finding *finding, struct audit *audit, uid_t uid)
{
	finding_set_owner(finding, usernames_get(&audit->usernames, uid));
}
