/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "namespaces.h"
#include "say.h"

/* From inside; shm_fd is taken. */
static int scan_here(const struct procs *procs, unsigned kinds, int shm_fd, struct inventory *inv,
		     struct holders *holders)
{
	/* without a /dev/shm of its own, ours would be taken for it */
	int r = inventory_scan_with(inv, shm_fd < 0 ? kinds & ~KINDS_DEV_SHM : kinds, NULL, shm_fd);

	if (r < 0 || !holders)
		return r;
	r = holders_read(holders, inv, procs, HOLDERS_OPEN);
	if (r < 0)
		inventory_done(inv);
	return r;
}

int place_scan(const struct procs *procs, const struct place *place, unsigned kinds,
	       struct inventory *inv, struct holders *holders)
{
	_cleanup_close_ int home = open("/proc/self/ns/ipc", O_RDONLY | O_CLOEXEC);
	int shm_fd, r = home < 0 ? -errno : place_enter(procs, place, &shm_fd);

	if (r < 0)
		return r;
	r = scan_here(procs, kinds, shm_fd, inv, holders);
	if (setns(home, CLONE_NEWIPC) < 0) {
		say_error("back into the IPC namespace that we came from: %s", strerror(errno));
		exit(2);
	}
	return r;
}
