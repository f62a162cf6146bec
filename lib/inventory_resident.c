/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much of an object is in memory, and how much in swap? Segments: the last two columns of
 * /proc/sysvipc/shm (ipc/shm.c: sysvipc_shm_proc_show), which no shmctl(2) tells. Files on /dev/shm:
 * cachestat(2), Linux 6.5, where pages in swap count as evicted (mm/filemap.c). What the kernel
 * doesn't tell stays OBJECT_UNKNOWN.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "inventory.h"
#include "inventory_internal.h"

#ifndef SYS_cachestat
#define SYS_cachestat 451 /* the same on every architecture that has it */
#endif

/* uapi/linux/mman.h */
struct cachestat_range_arg {
	uint64_t off, len;
};
struct cachestat_result {
	uint64_t nr_cache, nr_dirty, nr_writeback, nr_evicted, nr_recently_evicted;
};

/* key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime rss swap */
#define COLUMN_SHMID 1
#define COLUMN_RSS 14
#define COLUMN_SWAP 15

bool inventory_parse_shm_line(const char *line, int *shmid, uint64_t *rss, uint64_t *swap)
{
	for (int column = 0; column <= COLUMN_SWAP; column++) {
		char *end;
		unsigned long long value = 0;

		line += strspn(line, " ");
		if (column == COLUMN_SHMID || column >= COLUMN_RSS) {
			if (*line < '0' || *line > '9')
				return false;
			value = strtoull(line, &end, 10);
			line = end;
		} else {
			line += strcspn(line, " \n");
		}
		if (column == COLUMN_SHMID)
			*shmid = (int)value;
		else if (column == COLUMN_RSS)
			*rss = value;
		else if (column == COLUMN_SWAP)
			*swap = value;
	}
	return *line == '\0' || *line == '\n' || *line == ' ';
}

struct merge {
	struct inventory *inv;
	size_t next;   /* where the next id is looked for */
	size_t budget; /* steps left: objects come and go, but a search must not become quadratic */
};

/* Both lists go by index: the object of that id stands at, or soon after, the place of the last. */
static struct ipc_object *find_next(struct merge *merge, int shmid)
{
	const struct inventory *inv = merge->inv;

	for (size_t i = merge->next; i < inv->count && inv->objects[i].kind == KIND_SHM; i++) {
		if (inv->objects[i].id == shmid) {
			merge->next = i + 1;
			return &inv->objects[i];
		}
		if (!merge->budget)
			return NULL;
		merge->budget--;
	}
	return NULL;
}

/*
 * Since Linux 6.8 the figure for segments of huge pages is too large, by as many pages as a huge page
 * has (ipc/shm.c: shm_add_rss_swap multiplies what is counted in small pages by now): seen on 6.18,
 * 4 MiB of which 1 GiB was said to be in memory.
 */
static bool is_possible(const struct ipc_object *obj, uint64_t rss, uint64_t swap)
{
	uint64_t page_size = (uint64_t)sysconf(_SC_PAGESIZE), sum;

	return !__builtin_add_overflow(rss, swap, &sum) &&
	       (sum < page_size || sum - page_size < obj->bytes);
}

static void read_segments(struct inventory *inv, int proc_fd)
{
	int fd = openat(proc_fd, "sysvipc/shm", O_RDONLY | O_CLOEXEC);
	_cleanup_fclose_ FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	_cleanup_free_ char *line = NULL;
	struct merge merge = {inv, 0, 8 * inv->count + 1024};
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0) {
		struct ipc_object *obj;
		uint64_t rss, swap;
		int shmid;

		/* the heading is no such line */
		if (!inventory_parse_shm_line(line, &shmid, &rss, &swap))
			continue;
		obj = find_next(&merge, shmid);
		if (!obj)
			continue;
		if (!is_possible(obj, rss, swap))
			continue;
		obj->rss = rss;
		obj->swap = swap;
	}
}

static void read_file(const struct inventory *inv, struct ipc_object *obj)
{
	char file[OBJECT_FILE_SIZE];
	_cleanup_close_ int dir = inventory_open_parent(inv, obj, file), fd = -1;
	struct cachestat_range_arg whole = {0};
	struct cachestat_result pages;
	uint64_t page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	struct stat st;

	if (dir < 0)
		return;
	/* O_NONBLOCK: a lease on it may not hold us up */
	fd = openat(dir, file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_ino != obj->ino || st.st_dev != obj->dev)
		return;
	if (syscall(SYS_cachestat, fd, &whole, &pages, 0) < 0)
		return;
	obj->rss = pages.nr_cache * page_size;
	obj->swap = pages.nr_evicted * page_size;
}

void inventory_read_resident(struct inventory *inv, int proc_fd)
{
	for (size_t i = 0; i < inv->count; i++)
		inv->objects[i].rss = inv->objects[i].swap = OBJECT_UNKNOWN;
	read_segments(inv, proc_fd);
	for (size_t i = 0; i < inv->count; i++)
		if (KIND_BIT(inv->objects[i].kind) & KINDS_DEV_SHM)
			read_file(inv, &inv->objects[i]);
}
