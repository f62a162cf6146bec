/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who holds an object? A mapped segment shows as /SYSVkkkkkkkk with its id for inode number
 * (ipc/shm.c: newseg), a POSIX object as its file, by device and inode. Names in maps are the
 * process's own business and prove nothing: segments are believed on the device that the kernel
 * keeps for itself (or huge pages), in our IPC namespace; files by their identity.
 */
#include "holders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cleanup.h"
#include "holders_index.h"
#include "maps.h"

struct pass {
	struct holders *holders;
	const struct inventory *inv;
	const struct procs *procs;
	struct holders_index index;
	dev_t kernel_dev; /* where the kernel keeps segments and memfds */
	dev_t shm_dev, mqueue_dev;
	struct maps_reader maps;
	pid_t pid;  /* who is looked into */
	int failed; /* -ENOMEM: of ours, not of the kernel's */
};

static int add_holding(struct holders *holders, const struct holding *holding)
{
	if (holders->count == holders->allocated) {
		size_t more = holders->allocated ? 2 * holders->allocated : 256;
		struct holding *grown = reallocarray(holders->all, more, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		holders->all = grown;
		holders->allocated = more;
	}
	holders->all[holders->count++] = *holding;
	return 0;
}

static int add_unlinked(struct holders *holders, const struct unlinked *found, const char *name)
{
	struct unlinked *entry;

	if (holders->unlinked_count == holders->unlinked_allocated) {
		size_t more = holders->unlinked_allocated ? 2 * holders->unlinked_allocated : 64;
		struct unlinked *grown = reallocarray(holders->unlinked, more, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		holders->unlinked = grown;
		holders->unlinked_allocated = more;
	}
	entry = &holders->unlinked[holders->unlinked_count];
	*entry = *found;
	entry->name = strdup(name);
	if (!entry->name)
		return -ENOMEM;
	holders->unlinked_count++;
	return 0;
}

/* Adds the file's objects, one for each name. 1 if there are any, 0, or -ENOMEM. */
static int add_file(struct pass *pass, dev_t dev, ino_t ino, struct holding *holding)
{
	int found = 0;

	for (size_t i = holders_index_file(&pass->index, dev, ino);
	     holders_index_is_file(&pass->index, i, dev, ino); i++) {
		holding->object = pass->index.order[i];
		if (add_holding(pass->holders, holding) < 0)
			return -ENOMEM;
		found = 1;
	}
	return found;
}

/* What stands behind a mapping, where we may see it: needs CAP_CHECKPOINT_RESTORE or better. */
static int stat_mapping(const struct pass *pass, pid_t pid, const struct map_line *map,
			struct stat *st)
{
	char path[96];

	snprintf(path, sizeof(path), "%d/map_files/%llx-%llx", pid, (unsigned long long)map->start,
		 (unsigned long long)map->end);
	return fstatat(pass->procs->proc_fd, path, st, 0) < 0 ? -errno : 0;
}

/* Segments of huge pages live in the mount of their page size, which is its block size. */
static bool is_segment_device(const struct pass *pass, const struct map_line *map,
			      struct holding *holding)
{
	struct stat st;

	if (map->dev == pass->kernel_dev)
		return true;
	if (major(map->dev) != 0 || stat_mapping(pass, holding->pid, map, &st) < 0 || st.st_nlink ||
	    st.st_blksize <= sysconf(_SC_PAGESIZE))
		return false;
	holding->hugepage_kib = (uint32_t)(st.st_blksize >> 10);
	holding->huge_rss = (uint64_t)st.st_blocks * 512;
	return true;
}

static int add_segment(struct pass *pass, const struct map_line *map, uint32_t key,
		       struct holding *holding)
{
	const struct ipc_object *obj;

	if (map->ino > INT32_MAX ||
	    !holders_index_segment(&pass->index, (int)map->ino, &holding->object) ||
	    !is_segment_device(pass, map, holding))
		return 0;
	holding->is_segment = true;
	obj = &pass->inv->objects[holding->object];
	/* one that is marked for destruction has lost its key, which the mapping still shows */
	if (obj->key != key && obj->key != 0)
		return 0;
	return add_holding(pass->holders, holding);
}

static int add_unlinked_map(struct pass *pass, pid_t pid, const struct map_line *map)
{
	struct unlinked found = {
		.dev = map->dev, .ino = map->ino, .pid = pid, .bytes = map->end - map->start};
	struct stat st;

	if (stat_mapping(pass, pid, map, &st) == 0)
		found.bytes = (uint64_t)st.st_blocks * 512;
	return add_unlinked(pass->holders, &found,
			    !strncmp(map->path, "/memfd:", 7) ? map->path + 1 : map->path);
}

static int add_map(struct pass *pass, pid_t pid, const struct map_line *map)
{
	struct holding holding = {
		.pid = pid, .start = map->start, .end = map->end, .is_writable = map->is_writable};
	uint32_t key;

	if (map->is_deleted && maps_parse_sysv(map->path, &key))
		return add_segment(pass, map, key, &holding);
	if (map->is_deleted &&
	    ((map->dev == pass->shm_dev && pass->shm_dev) ||
	     (map->dev == pass->kernel_dev && !strncmp(map->path, "/memfd:", 7)))) {
		int r = add_file(pass, map->dev, map->ino, &holding);

		return r ? (r < 0 ? r : 0) : add_unlinked_map(pass, pid, map);
	}
	if (map->dev == pass->shm_dev && pass->shm_dev) {
		int r = add_file(pass, map->dev, map->ino, &holding);

		return r < 0 ? r : 0;
	}
	return 0;
}

static int look_at_map(const struct map_line *map, void *data)
{
	struct pass *pass = data;

	pass->failed = add_map(pass, pass->pid, map);
	return pass->failed;
}

static bool is_open_for_writing(int dir, const char *fd_name)
{
	struct stat st;

	/* the link's own mode tells (proc(5)) */
	return fstatat(dir, fd_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_mode & 0200;
}

static int add_unlinked_fd(struct pass *pass, int dir, const char *fd_name, pid_t pid,
			   const struct statx *stx)
{
	struct unlinked found = {.dev = makedev(stx->stx_dev_major, stx->stx_dev_minor),
				 .ino = stx->stx_ino,
				 .pid = pid,
				 .bytes = stx->stx_blocks * 512};
	char path[4096 + sizeof(" (deleted)")];
	ssize_t n = readlinkat(dir, fd_name, path, sizeof(path) - 1);

	if (n < 0)
		return 0;
	path[n] = '\0';
	maps_cut_deleted(path);
	return add_unlinked(pass->holders, &found, !strncmp(path, "/memfd:", 7) ? path + 1 : path);
}

static int look_at_fd(struct pass *pass, int dir, const char *name, pid_t pid)
{
	struct holding holding = {.pid = pid};
	struct statx stx;
	dev_t dev;
	int r;

	/* a file system that doesn't answer (FUSE, NFS) is not asked: what is cached will do */
	if (statx(dir, name, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_INO, &stx) < 0)
		return 0;
	dev = makedev(stx.stx_dev_major, stx.stx_dev_minor);
	if (dev != pass->shm_dev && dev != pass->mqueue_dev && dev != pass->kernel_dev)
		return 0;
	holding.is_writable = is_open_for_writing(dir, name);
	r = add_file(pass, dev, stx.stx_ino, &holding);
	if (r)
		return r < 0 ? r : 0;
	if (dev == pass->mqueue_dev || statx(dir, name, 0, STATX_BASIC_STATS, &stx) < 0 ||
	    stx.stx_nlink)
		return 0;
	return add_unlinked_fd(pass, dir, name, pid, &stx);
}

static int read_fds(struct pass *pass, pid_t pid)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "%d/fd", pid);
	fd = openat(pass->procs->proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return pass->failed = -ENOMEM;
	}
	while (!pass->failed && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			pass->failed = look_at_fd(pass, dirfd(dir), entry->d_name, pid);
	return 0;
}

/* Whatever the kernel says of one process makes a gap, not an end: also its own want of memory. */
static int read_process(struct pass *pass, pid_t pid, enum holders_depth depth)
{
	int r;

	pass->pid = pid;
	r = maps_read(&pass->maps, pid, look_at_map, pass);
	if (r == 0 && !pass->failed && depth == HOLDERS_OPEN)
		r = read_fds(pass, pid);
	/* one that has ended meanwhile holds nothing */
	if (r < 0 && r != -ESRCH && r != -ENOENT)
		pass->holders->hidden++;
	return pass->failed;
}

static int by_object(const void *a, const void *b)
{
	const struct holding *x = a, *y = b;

	if (x->object != y->object)
		return x->object < y->object ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return (x->start > y->start) - (x->start < y->start);
}

static int by_file(const void *a, const void *b)
{
	const struct unlinked *x = a, *y = b;

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* A process may hold a file by many mappings and descriptors: once is enough. */
static void sort_unlinked(struct holders *holders)
{
	size_t left = 0;

	if (holders->unlinked_count)
		qsort(holders->unlinked, holders->unlinked_count, sizeof(*holders->unlinked),
		      by_file);
	for (size_t i = 0; i < holders->unlinked_count; i++) {
		struct unlinked *entry = &holders->unlinked[i];

		if (left && by_file(&holders->unlinked[left - 1], entry) == 0)
			free(entry->name);
		else
			holders->unlinked[left++] = *entry;
	}
	holders->unlinked_count = left;
}

bool holders_is_foreign(const struct holders *holders, const struct holding *holding)
{
	ino_t its = holding->is_segment ? procs_ipc_ns(holders->proc_fd, holding->pid) : 0;

	return its && its != holders->ipc_ns;
}

static uint64_t count_own(const struct holders *holders, size_t from, size_t to)
{
	uint64_t own = 0;

	for (size_t i = from; i < to; i++)
		own += !holders_is_foreign(holders, &holders->all[i]);
	return own;
}

/*
 * Another namespace has segments of the same id and key: those mapped there are believed only where
 * the kernel counts more attachments than we have found in ours.
 */
static void drop_foreign(struct holders *holders, const struct inventory *inv)
{
	size_t left = 0, next;

	for (size_t i = 0; i < holders->count; i = next) {
		size_t object = holders->all[i].object;
		uint64_t nattch = inv->objects[object].nattch;
		bool are_too_many;

		for (next = i; next < holders->count && holders->all[next].object == object; next++)
			;
		are_too_many = next - i > nattch && count_own(holders, i, next) >= nattch;
		for (size_t j = i; j < next; j++)
			if (!are_too_many || !holders_is_foreign(holders, &holders->all[j]))
				holders->all[left++] = holders->all[j];
	}
	holders->count = left;
}

static dev_t device_of(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 ? st.st_dev : 0;
}

static int prepare(struct pass *pass)
{
	_cleanup_close_ int memfd = memfd_create("ipcguard", MFD_CLOEXEC);

	pass->kernel_dev = device_of(memfd);
	pass->shm_dev = device_of(pass->inv->shm_fd);
	pass->mqueue_dev = device_of(pass->inv->mqueue_fd);
	pass->holders->proc_fd = pass->procs->proc_fd;
	pass->holders->ipc_ns = procs_ipc_ns(pass->procs->proc_fd, 0);
	pass->maps = (struct maps_reader){.proc_fd = pass->procs->proc_fd,
					  .devices = {pass->kernel_dev, pass->shm_dev},
					  .buffer = malloc(MAPS_BUFFER_SIZE)};
	return pass->maps.buffer ? holders_index_build(&pass->index, pass->inv) : -ENOMEM;
}

static int read_all_processes(struct pass *pass, enum holders_depth depth)
{
	pid_t last = 0;

	for (size_t i = 0; i < pass->procs->count; i++) {
		const struct proc *proc = &pass->procs->all[i];
		int r;

		if (proc->is_kernel_thread || proc->pid == last || proc->pid == getpid())
			continue;
		last = proc->pid;
		r = read_process(pass, proc->pid, depth);
		if (r < 0)
			return r;
	}
	return 0;
}

int holders_read(struct holders *holders, const struct inventory *inv, const struct procs *procs,
		 enum holders_depth depth)
{
	struct pass pass = {.holders = holders, .inv = inv, .procs = procs};
	int r;

	*holders = (struct holders){0};
	r = prepare(&pass);
	if (r == 0)
		r = read_all_processes(&pass, depth);
	free(pass.index.order);
	free(pass.maps.buffer);
	if (r < 0) {
		holders_done(holders);
		return r;
	}
	if (holders->count)
		qsort(holders->all, holders->count, sizeof(*holders->all), by_object);
	drop_foreign(holders, inv);
	sort_unlinked(holders);
	return 0;
}

void holders_done(struct holders *holders)
{
	free(holders->all);
	for (size_t i = 0; i < holders->unlinked_count; i++)
		free(holders->unlinked[i].name);
	free(holders->unlinked);
	*holders = (struct holders){0};
}

const struct holding *holders_of(const struct holders *holders, size_t object, size_t *count)
{
	size_t low = 0, high = holders->count, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (holders->all[middle].object < object)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < holders->count && holders->all[end].object == object; end++)
		;
	*count = end - low;
	return holders->all + low;
}

uint64_t holders_hugepage_size(const struct holders *holders, size_t object)
{
	size_t count;
	const struct holding *holding = holders_of(holders, object, &count);

	return count ? (uint64_t)holding[0].hugepage_kib << 10 : OBJECT_UNKNOWN;
}
