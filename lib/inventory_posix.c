/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * POSIX objects are files: shared memory and semaphores (sem.NAME, see sem_overview(7)) on
 * /dev/shm, queues on an mqueue mount (mq_overview(7)). Anyone may put anything there: directories
 * are entered with O_NOFOLLOW, only regular files count, other file systems mounted below are left
 * alone, and the depth is bounded.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "cleanup.h"
#include "inventory_internal.h"

#define DEV_SHM "/dev/shm"
#define DEV_MQUEUE "/dev/mqueue"
#define MQUEUE_MAGIC 0x19800202 /* ipc/mqueue.c */

/* Deeper directories are not looked into; each level holds one fd. */
#define DEPTH_MAX 16

static time_t newest_of(const struct stat *st)
{
	time_t newest = st->st_ctime > st->st_mtime ? st->st_ctime : st->st_mtime;

	return newest > st->st_atime ? newest : st->st_atime;
}

static void fill_file(struct ipc_object *obj, const struct stat *st)
{
	obj->uid = obj->cuid = st->st_uid;
	obj->gid = obj->cgid = st->st_gid;
	obj->mode = st->st_mode & 07777;
	obj->bytes = (uint64_t)st->st_size;
	obj->ctime = st->st_ctime;
	obj->newest = newest_of(st);
	obj->atime = st->st_atime;
	obj->mtime = st->st_mtime;
	obj->dev = st->st_dev;
	obj->ino = st->st_ino;
	obj->nlink = (uint32_t)st->st_nlink;
}

static int walk(struct scan *scan, int parent, const char *prefix, dev_t dev, unsigned depth);

static int enter_directory(struct scan *scan, int dir, const char *prefix, const char *name,
			   dev_t dev, unsigned depth)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (depth >= DEPTH_MAX) {
		inventory_note_unseen(scan->inv, KIND_PSHM, -ELOOP);
		return 0;
	}
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0) {
		if (errno != ENOENT && errno != ELOOP && errno != ENOTDIR)
			inventory_note_unseen(scan->inv, KIND_PSHM, -errno);
		return 0;
	}
	if (st.st_dev != dev)
		return 0;
	if (asprintf(&path, "%s%s/", prefix, name) < 0)
		return -ENOMEM;
	return walk(scan, fd, path, dev, depth + 1);
}

static int add_file(struct scan *scan, const char *prefix, const char *name, const struct stat *st,
		    unsigned depth)
{
	bool is_sem = depth == 0 && !strncmp(name, "sem.", 4) && name[4];
	struct ipc_object obj = {.kind = is_sem ? KIND_PSEM : KIND_PSHM, .id = -1};

	if (!(scan->kinds & KIND_BIT(obj.kind)))
		return 0;
	fill_file(&obj, st);
	if (asprintf(&obj.name, "%s%s", prefix, is_sem ? name + 4 : name) < 0)
		return -ENOMEM;
	return inventory_add(scan, &obj);
}

/* One entry of a directory below /dev/shm. */
static int add_entry(struct scan *scan, int dir, const char *prefix, const char *name, dev_t dev,
		     unsigned depth)
{
	struct stat st;

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return 0;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0) {
		if (errno != ENOENT)
			inventory_note_unseen(scan->inv, KIND_PSHM, -errno);
		return 0;
	}
	if (S_ISDIR(st.st_mode))
		return enter_directory(scan, dir, prefix, name, dev, depth);
	if (!S_ISREG(st.st_mode) || st.st_dev != dev)
		return 0;
	return add_file(scan, prefix, name, &st, depth);
}

static int walk(struct scan *scan, int parent, const char *prefix, dev_t dev, unsigned depth)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	int fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;

	if (fd >= 0)
		dir = fdopendir(fd);
	if (!dir) {
		inventory_note_unseen(scan->inv, KIND_PSHM, -errno);
		cleanup_close_(&fd);
		return 0;
	}
	while (r == 0 && (errno = 0, entry = readdir(dir)))
		r = add_entry(scan, dirfd(dir), prefix, entry->d_name, dev, depth);
	if (r == 0 && errno)
		inventory_note_unseen(scan->inv, KIND_PSHM, -errno);
	return r;
}

int inventory_scan_dev_shm(struct scan *scan)
{
	struct inventory *inv = scan->inv;
	struct stat st;
	int r = 0;

	if (inv->shm_fd < 0)
		inv->shm_fd = open(DEV_SHM, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (inv->shm_fd < 0 || fstat(inv->shm_fd, &st) < 0) {
		if (errno != ENOENT)
			inventory_note_unseen(inv, KIND_PSHM, -errno);
	} else {
		r = walk(scan, inv->shm_fd, "/", st.st_dev, 0);
	}
	/* they live in one place: what hides one hides the other */
	if (inv->unseen & KIND_BIT(KIND_PSHM))
		inventory_note_unseen(inv, KIND_PSEM, inv->unseen_error[KIND_PSHM]);
	return r;
}

static bool is_mqueue(int fd)
{
	struct statfs fs;

	return fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == MQUEUE_MAGIC;
}

/* A mount of our namespace's queues that hangs in no directory (fsopen(2), Linux 5.2). */
static int mount_mqueue_unattached(void)
{
	_cleanup_close_ int context = fsopen("mqueue", FSOPEN_CLOEXEC), mounted = -1;
	int fd;

	if (context < 0 || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	mounted = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	if (mounted < 0)
		return -errno;
	/* fsmount gives an O_PATH descriptor; the mount lives on through this one */
	fd = openat(mounted, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/*
 * The queues' directory: an fd, -ENOENT where the kernel has no queues, or another errno. Our own
 * mount comes first: /dev/mqueue may be left from another IPC namespace (unshare --ipc).
 */
static int open_mqueue(void)
{
	int mounted = mount_mqueue_unattached();
	_cleanup_close_ int fd = -1;

	if (mounted >= 0)
		return mounted;
	/* ENODEV: a kernel without the mqueue file system */
	if (mounted == -ENODEV)
		return -ENOENT;
	fd = open(DEV_MQUEUE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return is_mqueue(fd) ? STEAL_FD(fd) : mounted;
}

/* Whether the file is the queue that this IPC namespace knows by the name. */
static bool is_our_queue(const char *name, const struct stat *st)
{
	_cleanup_close_ int queue = mq_open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat ours;

	return queue >= 0 && fstat(queue, &ours) == 0 && ours.st_dev == st->st_dev &&
	       ours.st_ino == st->st_ino;
}

/*
 * How full it is comes from mq_getattr(3): reading the file ("QSIZE:5 …") would set its times to
 * now (ipc/mqueue.c: mqueue_read_file), and a queue that is looked at would never grow old.
 */
static void read_queue(int dir, const char *file, struct ipc_object *obj)
{
	_cleanup_close_ int fd = openat(dir, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct mq_attr attr;

	obj->bytes = 0;
	if (fd < 0 || mq_getattr(fd, &attr) < 0)
		return;
	obj->maxmsg = (uint32_t)attr.mq_maxmsg;
	obj->msgsize = (uint32_t)attr.mq_msgsize;
	obj->qnum = (uint64_t)attr.mq_curmsgs;
	obj->bytes = obj->qnum * (uint64_t)attr.mq_msgsize;
}

static int add_queue(struct scan *scan, int dir, const char *file)
{
	struct ipc_object obj = {.kind = KIND_PMQ, .id = -1};
	struct stat st;

	if (fstatat(dir, file, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return 0;
	fill_file(&obj, &st);
	if (scan->owner_only && obj.uid != *scan->owner_only)
		return 0;
	if (asprintf(&obj.name, "/%s", file) < 0)
		return -ENOMEM;
	if (!is_our_queue(obj.name, &st) && geteuid() != 0) {
		inventory_note_unseen(scan->inv, KIND_PMQ, -EXDEV);
		object_done(&obj);
		return 0;
	}
	read_queue(dir, file, &obj);
	return inventory_add(scan, &obj);
}

int inventory_scan_mqueue(struct scan *scan)
{
	struct inventory *inv = scan->inv;
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	int fd, r = 0;

	inv->mqueue_fd = open_mqueue();
	if (inv->mqueue_fd < 0) {
		if (inv->mqueue_fd != -ENOENT)
			inventory_note_unseen(inv, KIND_PMQ, inv->mqueue_fd);
		inv->mqueue_fd = -1;
		return 0;
	}
	fd = openat(inv->mqueue_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		inventory_note_unseen(inv, KIND_PMQ, -errno);
		cleanup_close_(&fd);
		return 0;
	}
	while (r == 0 && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			r = add_queue(scan, dirfd(dir), entry->d_name);
	return r;
}
