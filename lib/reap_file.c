/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Removes one POSIX object, as its owner. The write lease that proves it unused is held across the
 * unlink (fs/locks.c): whoever opens it meanwhile sleeps, we see that as a lease on its way out and
 * keep the object; whoever comes later finds no name.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "reap_object.h"
#include "usage.h"
#include "wipe.h"

/*
 * Another run's look at the object is short; a user's stays. Different pauses for different runs.
 */
#define TRIES 4
#define PAUSE_MS 5

static int chmod_beneath(int dir, const char *file, const struct ipc_object *obj, mode_t mode)
{
	_cleanup_close_ int fd = openat(dir, file, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char path[40];
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	/* given to another meanwhile, it is no longer ours to change */
	if (st.st_ino != obj->ino || st.st_dev != obj->dev || st.st_uid != obj->uid)
		return -ENOENT;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return chmod(path, mode) < 0 ? -errno : 0;
}

/* Opens the file; an owner without the permission bits gives them to himself. */
static int open_object(int dir, const char *file, const struct ipc_object *obj, int access,
		       bool *has_chmod)
{
	int flags = access | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC;
	int fd = openat(dir, file, flags), r;

	if (fd < 0 && errno == EACCES && obj->uid == geteuid()) {
		r = chmod_beneath(dir, file, obj, obj->mode | 0600);
		if (r < 0)
			return r;
		*has_chmod = true;
		fd = openat(dir, file, flags);
	}
	return fd < 0 ? -errno : fd;
}

/* A file that has lost a name has a new ctime as well: we have removed another name of it. */
static bool is_same(int fd, const struct ipc_object *obj, bool has_chmod)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_ino == obj->ino && st.st_dev == obj->dev &&
	       st.st_uid == obj->uid &&
	       (has_chmod || st.st_ctime == obj->ctime || st.st_nlink < obj->nlink);
}

static bool wipe_object(int fd, enum wipe_mode wipe, struct reaped *out)
{
	return reap_wiped(out, wipe_file(fd, wipe == WIPE_VERIFY, &out->wiped_bytes), wipe);
}

static void unlink_leased(int dir, const char *file, int fd, const struct ipc_object *obj,
			  enum wipe_mode wipe, struct reaped *out)
{
	struct stat st;

	if (wipe != WIPE_NO && obj->kind == KIND_PSHM && !wipe_object(fd, wipe, out))
		return;
	/* the name must still be that of the file under the lease */
	if (fstatat(dir, file, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_ino != obj->ino ||
	    st.st_dev != obj->dev)
		reap_keep(out, REASON_CHANGED);
	else if (!usage_lease_is_whole(fd))
		reap_keep(out, REASON_OPEN);
	else
		reap_removed(out, unlinkat(dir, file, 0));
}

static void reap_opened(int dir, const char *file, int fd, const struct ipc_object *obj,
			enum wipe_mode wipe, struct reaped *out)
{
	switch (usage_lease_take(fd)) {
	case LEASE_FREE:
		unlink_leased(dir, file, fd, obj, wipe, out);
		usage_lease_drop(fd);
		break;
	case LEASE_IN_USE:
		reap_keep(out, REASON_OPEN);
		break;
	case LEASE_NOT_ASKED:
	case LEASE_UNREADABLE:
	case LEASE_UNKNOWN:
		reap_keep(out, REASON_NOT_VISIBLE);
		break;
	}
}

static void try_file(const struct inventory *inv, const struct ipc_object *obj, enum wipe_mode wipe,
		     struct reaped *out)
{
	bool writes = wipe != WIPE_NO && obj->kind == KIND_PSHM, has_chmod = false;
	char file[OBJECT_FILE_SIZE];
	_cleanup_close_ int dir = inventory_open_parent(inv, obj, file), fd = -1;

	if (dir < 0) {
		reap_refused(out, dir);
		return;
	}
	fd = open_object(dir, file, obj, writes ? O_RDWR : O_RDONLY, &has_chmod);
	if (fd == -EAGAIN)
		reap_keep(out, REASON_OPEN);
	else if (fd < 0)
		reap_refused(out, fd == -ELOOP ? -ENOENT : fd);
	else if (!is_same(fd, obj, has_chmod))
		reap_keep(out, REASON_CHANGED);
	else
		reap_opened(dir, file, fd, obj, wipe, out);
	if (has_chmod && out->outcome != OUTCOME_REMOVED)
		chmod_beneath(dir, file, obj, obj->mode);
}

void reap_file(const struct inventory *inv, const struct ipc_object *obj, enum wipe_mode wipe,
	       struct reaped *out)
{
	for (int n = 1; n <= TRIES; n++) {
		*out = (struct reaped){.outcome = OUTCOME_KEPT};
		try_file(inv, obj, wipe, out);
		if (out->outcome != OUTCOME_KEPT || out->reason != REASON_OPEN)
			break;
		if (n < TRIES)
			poll(NULL, 0, PAUSE_MS + getpid() * n % 16);
	}
}
