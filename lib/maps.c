/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "maps.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cleanup.h"

/* uapi/linux/fs.h */
struct map_query {
	uint64_t size, flags, address;
	uint64_t vma_start, vma_end, vma_flags, vma_page_size, vma_offset;
	uint64_t inode;
	uint32_t dev_major, dev_minor;
	uint32_t name_size, build_id_size;
	uint64_t name, build_id;
};
#define MAP_QUERY _IOWR('f', 17, struct map_query)
#define MAP_QUERY_WRITABLE 0x02
#define MAP_QUERY_OR_NEXT 0x10
#define MAP_QUERY_FILES 0x20

/* The longest that the kernel makes of a path (fs/proc/task_mmu.c: do_procmap_query). */
#define NAME_SIZE 4096

static bool may_be_ipc(const struct maps_reader *reader, const struct map_query *query, dev_t dev)
{
	for (int i = 0; i < MAPS_DEVICES; i++)
		if (reader->devices[i] && reader->devices[i] == dev)
			return true;
	return query->vma_page_size > (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The mapping at or behind an address, with its path if there is room for one. */
static int ask(int fd, uint64_t address, char *name, struct map_query *query)
{
	*query = (struct map_query){.size = sizeof(*query),
				    .flags = MAP_QUERY_OR_NEXT | MAP_QUERY_FILES,
				    .address = address,
				    .name_size = name ? NAME_SIZE : 0,
				    .name = (uintptr_t)name};
	return ioctl(fd, MAP_QUERY, query) < 0 ? -errno : 0;
}

/* Asks again, now with the path, and tells of it. */
static int tell(struct maps_reader *reader, int fd, struct map_query *query, map_fn *each,
		void *data)
{
	struct map_line map = {.path = reader->buffer};
	int r = ask(fd, query->vma_start, reader->buffer, query);

	/* its name doesn't fit: identity must do */
	if (r == -ENAMETOOLONG) {
		*reader->buffer = '\0';
		r = ask(fd, query->vma_start, NULL, query);
	}
	/* unmapped meanwhile */
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	map.start = query->vma_start;
	map.end = query->vma_end;
	map.is_writable = query->vma_flags & MAP_QUERY_WRITABLE;
	map.dev = makedev(query->dev_major, query->dev_minor);
	map.ino = query->inode;
	map.is_deleted = maps_cut_deleted(reader->buffer);
	return each(&map, data) ? -ECANCELED : 0;
}

static int read_by_query(struct maps_reader *reader, int fd, map_fn *each, void *data)
{
	struct map_query query;
	uint64_t address = 0;
	int r;

	while ((r = ask(fd, address, NULL, &query)) == 0) {
		address = query.vma_end;
		if (may_be_ipc(reader, &query, makedev(query.dev_major, query.dev_minor)))
			r = tell(reader, fd, &query, each, data);
		if (r < 0)
			return r;
	}
	/* there is no further one */
	return r == -ENOENT ? 0 : r;
}

static int tell_lines(char *text, const char *end, map_fn *each, void *data)
{
	char *newline;

	for (; text < end && (newline = memchr(text, '\n', (size_t)(end - text)));
	     text = newline + 1) {
		struct map_line map;

		*newline = '\0';
		if (maps_parse_line(text, &map) && each(&map, data))
			return -ECANCELED;
	}
	return 0;
}

/* Reads in parts, whole lines at a time. */
static int read_as_text(struct maps_reader *reader, int fd, map_fn *each, void *data)
{
	size_t kept = 0;

	for (;;) {
		ssize_t n = read(fd, reader->buffer + kept, MAPS_BUFFER_SIZE - kept);
		char *last, *end;
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		end = reader->buffer + kept + n;
		last = memrchr(reader->buffer, '\n', (size_t)(end - reader->buffer));
		if (!last) {
			/* longer than any path can be: not a line of the kernel's */
			if (end == reader->buffer + MAPS_BUFFER_SIZE)
				return -EBADMSG;
			kept += (size_t)n;
			continue;
		}
		r = tell_lines(reader->buffer, last + 1, each, data);
		if (r < 0)
			return r;
		kept = (size_t)(end - last - 1);
		memmove(reader->buffer, last + 1, kept);
	}
}

int maps_read(struct maps_reader *reader, pid_t pid, map_fn *each, void *data)
{
	char path[32];
	_cleanup_close_ int fd = -1;
	int r = -ENOTTY;

	snprintf(path, sizeof(path), "%d/maps", pid);
	fd = openat(reader->proc_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!reader->has_no_query)
		r = read_by_query(reader, fd, each, data);
	if (r == -ENOTTY) {
		reader->has_no_query = true;
		r = read_as_text(reader, fd, each, data);
	}
	return r == -ECANCELED ? 0 : r;
}
