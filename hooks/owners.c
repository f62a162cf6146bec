/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who owns the objects, and is that user gone? See "Who is gone" in ipcguard(7). */
#include "owners.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

#define LINGER_DIR "/var/lib/systemd/linger"

static bool does_linger(const char *name)
{
	_cleanup_close_ int dir = open(LINGER_DIR, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	return dir >= 0 && name && *name && !strchr(name, '/') &&
	       fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void read_state(const struct owners *owners, uid_t uid, struct owner_state *state)
{
	const struct passwd *user = getpwuid(uid);
	const char *name = user ? user->pw_name : NULL;

	*state = (struct owner_state){.uid = uid};
	state->is_system = uid == 0 || uid < owners->config->min_uid;
	state->is_kept = uid == 0 || config_keeps_user(owners->config, uid, name);
	state->lingers = does_linger(name);
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
