/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "namespaces.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

static int open_shm_of(const struct procs *procs, pid_t pid)
{
	_cleanup_close_ int root = -1, dev = -1;
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "%d/root", pid);
	root = openat(procs->proc_fd, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	dev = root < 0 ? -1 : openat(root, "dev", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dev < 0)
		return -errno;
	fd = openat(dev, "shm", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static dev_t shm_dev_of(const struct procs *procs, pid_t pid)
{
	_cleanup_close_ int fd = open_shm_of(procs, pid);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 ? st.st_dev : 0;
}

static int stat_namespace(const struct procs *procs, pid_t pid, const char *which, ino_t *inode)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "%d/ns/%s", pid, which);
	if (fstatat(procs->proc_fd, path, &st, 0) < 0)
		return -errno;
	*inode = st.st_ino;
	return 0;
}

int place_of(const struct procs *procs, pid_t pid, struct place *place)
{
	int r;

	*place = (struct place){.pid = pid, .processes = 1, .has_sysv = true};
	r = stat_namespace(procs, pid, "ipc", &place->ipc_ns);
	if (r < 0)
		return r == -ENOENT ? -ESRCH : r;
	place->shm_dev = shm_dev_of(procs, pid);
	return 0;
}

struct walk {
	struct places *places;
	const struct procs *procs;
	/* the mount namespace asked last, and its /dev/shm: most processes share one */
	ino_t mnt_ns;
	dev_t shm_dev;
};

static struct place *find(const struct places *places, ino_t ipc_ns, dev_t shm_dev)
{
	for (size_t i = 0; i < places->count; i++)
		if (places->list[i].ipc_ns == ipc_ns && places->list[i].shm_dev == shm_dev)
			return &places->list[i];
	return NULL;
}

static struct place *append(struct places *places, const struct place *place)
{
	struct place *grown = reallocarray(places->list, places->count + 1, sizeof(*grown));

	if (!grown)
		return NULL;
	places->list = grown;
	grown[places->count] = *place;
	return &grown[places->count++];
}

static bool is_older(const struct procs *procs, pid_t a, pid_t b)
{
	const struct proc *x = procs_find(procs, a), *y = procs_find(procs, b);

	return x && y && x->start_ticks < y->start_ticks;
}

static int add_process(struct walk *walk, pid_t pid)
{
	struct place found = {.pid = pid, .processes = 1}, *known;
	ino_t mnt_ns;
	int r = stat_namespace(walk->procs, pid, "ipc", &found.ipc_ns);

	if (r == 0)
		r = stat_namespace(walk->procs, pid, "mnt", &mnt_ns);
	if (r < 0) {
		walk->places->hidden += r == -EACCES || r == -EPERM;
		return 0;
	}
	if (mnt_ns != walk->mnt_ns) {
		walk->mnt_ns = mnt_ns;
		walk->shm_dev = shm_dev_of(walk->procs, pid);
	}
	found.shm_dev = walk->shm_dev;
	known = find(walk->places, found.ipc_ns, found.shm_dev);
	if (!known)
		return append(walk->places, &found) ? 0 : -ENOMEM;
	known->processes++;
	if (is_older(walk->procs, pid, known->pid))
		known->pid = pid;
	return 0;
}

/* A namespace that something else than a process keeps: its System V objects and queues live on. */
static int add_held(struct places *places, ino_t ipc_ns, const char *held_by)
{
	struct place found = {.ipc_ns = ipc_ns, .held_by = strdup(held_by)};

	if (!found.held_by)
		return -ENOMEM;
	for (size_t i = 0; i < places->count; i++)
		if (places->list[i].ipc_ns == ipc_ns) {
			free(found.held_by);
			return 0;
		}
	if (append(places, &found))
		return 0;
	free(found.held_by);
	return -ENOMEM;
}

/* "… root mount-point … - nsfs …" of mountinfo, the root being "ipc:[INODE]" (proc(5)). */
static int read_mounts(struct places *places, const struct procs *procs)
{
	int fd = openat(procs->proc_fd, "self/mountinfo", O_RDONLY | O_CLOEXEC), r = 0;
	_cleanup_fclose_ FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	while (r == 0 && f && getline(&line, &size, f) > 0) {
		unsigned long inode;
		int begin = 0, end = 0;

		if (sscanf(line, "%*u %*u %*u:%*u ipc:[%lu] %n%*s%n", &inode, &begin, &end) < 1 ||
		    end <= begin)
			continue;
		line[end] = '\0';
		r = add_held(places, inode, line + begin);
	}
	return r;
}

static int look_at_fd(struct places *places, int dir, const char *name, pid_t pid)
{
	char target[64], path[64];
	unsigned long inode;
	ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);

	if (n < 0)
		return 0;
	target[n] = '\0';
	if (sscanf(target, "ipc:[%lu]", &inode) != 1)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/fd/%.16s", pid, name);
	return add_held(places, inode, path);
}

static int read_fds(struct places *places, const struct procs *procs, pid_t pid)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	char path[32];
	int fd, r = 0;

	snprintf(path, sizeof(path), "%d/fd", pid);
	fd = openat(procs->proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		cleanup_close_(&fd);
		return 0;
	}
	while (r == 0 && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			r = look_at_fd(places, dirfd(dir), entry->d_name, pid);
	return r;
}

static int by_namespace(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->is_ours != y->is_ours)
		return x->is_ours ? -1 : 1;
	if (x->ipc_ns != y->ipc_ns)
		return x->ipc_ns < y->ipc_ns ? -1 : 1;
	/* the place with most processes is the namespace's own */
	if (x->processes != y->processes)
		return x->processes > y->processes ? -1 : 1;
	return (x->shm_dev > y->shm_dev) - (x->shm_dev < y->shm_dev);
}

static void mark(struct places *places, const struct procs *procs)
{
	struct place own = {0};

	if (place_of(procs, getpid(), &own) == 0)
		for (size_t i = 0; i < places->count; i++)
			places->list[i].is_ours = places->list[i].ipc_ns == own.ipc_ns &&
						  places->list[i].shm_dev == own.shm_dev;
	qsort(places->list, places->count, sizeof(*places->list), by_namespace);
	for (size_t i = 0; i < places->count; i++) {
		bool is_first = true;

		for (size_t j = 0; j < i; j++)
			is_first &= places->list[j].ipc_ns != places->list[i].ipc_ns;
		places->list[i].has_sysv = is_first;
	}
}

int places_read(struct places *places, const struct procs *procs)
{
	struct walk walk = {.places = places, .procs = procs};
	int r = 0;

	*places = (struct places){0};
	for (size_t i = 0; r == 0 && i < procs->count; i++)
		if (!procs->all[i].is_kernel_thread)
			r = add_process(&walk, procs->all[i].pid);
	if (r == 0)
		r = read_mounts(places, procs);
	for (size_t i = 0; r == 0 && i < procs->count; i++)
		if (!procs->all[i].is_kernel_thread)
			r = read_fds(places, procs, procs->all[i].pid);
	if (r < 0) {
		places_done(places);
		return r;
	}
	if (places->count)
		mark(places, procs);
	return 0;
}

void places_done(struct places *places)
{
	for (size_t i = 0; i < places->count; i++)
		free(places->list[i].held_by);
	free(places->list);
	*places = (struct places){0};
}

int place_enter(const struct procs *procs, const struct place *place, int *shm_fd)
{
	_cleanup_close_ int fd = -1, shm = -1;
	struct stat st;
	char path[32];

	if (place->pid) {
		snprintf(path, sizeof(path), "%d/ns/ipc", place->pid);
		fd = openat(procs->proc_fd, path, O_RDONLY | O_CLOEXEC);
	} else {
		fd = open(place->held_by, O_RDONLY | O_CLOEXEC);
	}
	if (fd < 0 || fstat(fd, &st) < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	if (st.st_ino != place->ipc_ns)
		return -ESRCH;
	if (place->pid && place->shm_dev) {
		shm = open_shm_of(procs, place->pid);
		if (shm < 0 || fstat(shm, &st) < 0 || st.st_dev != place->shm_dev)
			return -ESRCH;
	}
	if (!place->is_ours && setns(fd, CLONE_NEWIPC) < 0)
		return -errno;
	*shm_fd = STEAL_FD(shm);
	return 0;
}
