/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who owns the objects, and is that user gone? See "Who is gone" in ipcguard(7). */
#include "owners.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>

#include "linger.h"

/*
 * The user's name, or NULL; *is_unknown if that is for now, because who knows names can't be asked.
 */
static const char *user_name(uid_t uid, bool *is_unknown)
{
	const struct passwd *user;

	errno = 0;
	user = getpwuid(uid);
	/* getpwnam(3): 0, ENOENT or ESRCH for one that isn't there */
	*is_unknown = !user && errno && errno != ENOENT && errno != ESRCH;
	return user ? user->pw_name : NULL;
}

static void read_state(const struct owners *owners, uid_t uid, struct owner_state *state)
{
	bool is_unknown;
	const char *name = user_name(uid, &is_unknown);

	*state = (struct owner_state){.uid = uid};
	state->is_system = uid == 0 || uid < owners->config->min_uid;
	/* KeepUsers= and linger go by the name */
	state->is_kept = uid == 0 || is_unknown || config_keeps_user(owners->config, uid, name);
	state->lingers = linger_is_on(name);
	procs_presence(owners->procs, uid, owners->unit, &state->presence);
}

int owners_get(struct owners *owners, uid_t uid, struct owner_state *state)
{
	struct owner_state *grown;

	for (size_t i = 0; i < owners->count; i++)
		if (owners->all[i].uid == uid) {
			*state = owners->all[i];
			return 0;
		}
	grown = reallocarray(owners->all, owners->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	owners->all = grown;
	read_state(owners, uid, &owners->all[owners->count]);
	*state = owners->all[owners->count++];
	return 0;
}

void owners_done(struct owners *owners)
{
	free(owners->all);
	owners->all = NULL;
	owners->count = 0;
}
