/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Does logind keep a user's manager when no session is left? It keeps a file named after the user
 * for that; sd_uid_get_state(3) would need logind to be alive.
 */
#include "linger.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"

#define LINGER_DIR "/var/lib/systemd/linger"

bool linger_is_on(const char *name)
{
	_cleanup_close_ int dir = open(LINGER_DIR, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (dir < 0)
		return errno != ENOENT;
	if (!name || !*name || strchr(name, '/'))
		return false;
	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}
