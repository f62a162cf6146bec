/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Huge pages: the pools, all nodes together and each (sysfs, Documentation/admin-guide/mm/hugetlbpage.rst), how
 * many more could be made now without moving anything (/proc/buddyinfo), and what there is besides pools.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "host_internal.h"
#include "ipc_limits.h"
#include "object.h"
#include "readall.h"
#include "saturate.h"

/* Orders that /proc/buddyinfo may show; MAX_ORDER is 10 almost everywhere. */
#define ORDERS_MAX 32

static uint64_t read_number(int dir, const char *path)
{
	char text[64];
	uint64_t value;

	return read_text_at(dir, path, text, sizeof(text)) > 0 && limit_parse(text, &value)
		       ? value
		       : OBJECT_UNKNOWN;
}

static int add_pool(struct host *host, const struct host_pool *pool)
{
	struct host_pool *grown = reallocarray(host->pools, host->pool_count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	host->pools = grown;
	grown[host->pool_count++] = *pool;
	return 0;
}

static int read_pool(struct host *host, int dir, const char *name, int node)
{
	struct host_pool pool = {.node = node};
	unsigned long long kib;
	int fd;

	if (sscanf(name, "hugepages-%llukB", &kib) != 1 || kib == 0 || kib > UINT64_MAX / 1024)
		return 0;
	pool.size = kib * 1024;
	if (host_add_hugepage_size(host, pool.size) < 0)
		return 0;
	fd = openat(dir, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	pool.total = read_number(fd, "nr_hugepages");
	pool.free = read_number(fd, "free_hugepages");
	pool.surplus = read_number(fd, "surplus_hugepages");
	/* these two are kept for all nodes together */
	pool.reserved = node < 0 ? read_number(fd, "resv_hugepages") : OBJECT_UNKNOWN;
	pool.overcommit = node < 0 ? read_number(fd, "nr_overcommit_hugepages") : OBJECT_UNKNOWN;
	close(fd);
	return add_pool(host, &pool);
}

static int read_pools(struct host *host, const char *path, int node)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	const struct dirent *entry;
	int r = 0;

	while (r == 0 && dir && (entry = readdir(dir)))
		r = read_pool(host, dirfd(dir), entry->d_name, node);
	return r;
}

/* One of processors alone has pools in sysfs, too, and never gets a page. */
static bool has_memory(const char *node)
{
	char path[128], text[8192];

	snprintf(path, sizeof(path), "%s/meminfo", node);
	return read_text_at(AT_FDCWD, path, text, sizeof(text)) < 0 ||
	       meminfo_bytes(text, "MemTotal") != 0;
}

static int read_nodes(struct host *host)
{
	static const char nodes[] = "/sys/devices/system/node";
	_cleanup_closedir_ DIR *dir = opendir(nodes);
	const struct dirent *entry;
	int r = 0;

	while (r == 0 && dir && (entry = readdir(dir))) {
		char path[96], pools[sizeof(path) + sizeof("/hugepages")];
		int node, end = 0;

		if (sscanf(entry->d_name, "node%d%n", &node, &end) != 1 || entry->d_name[end])
			continue;
		snprintf(path, sizeof(path), "%s/node%d", nodes, node);
		snprintf(pools, sizeof(pools), "%s/hugepages", path);
		if (has_memory(path))
			r = read_pools(host, pools, node);
	}
	return r;
}

/* The sysctl is about these alone; sysfs counts surplus pages, which come and go, among its nr_hugepages. */
static uint64_t persistent_of(const struct host_pool *pool)
{
	if (pool->total == OBJECT_UNKNOWN || pool->surplus == OBJECT_UNKNOWN ||
	    pool->surplus > pool->total)
		return pool->total;
	return pool->total - pool->surplus;
}

static int read_all_pools(struct host *host)
{
	int r = read_pools(host, "/sys/kernel/mm/hugepages", -1);

	if (r == 0)
		r = read_nodes(host);
	host_sort_pools(host);
	for (size_t i = 0; i < host->pool_count; i++)
		if (host->pools[i].node < 0)
			host->nr_hugepages[host_hugepage_index(host, host->pools[i].size)] =
				persistent_of(&host->pools[i]);
	return r;
}

/* "Node 0, zone   Normal   1  2 …": free pieces of each order. Returns how many orders there are. */
static size_t add_zone(const char *line, uint64_t pieces[ORDERS_MAX])
{
	int end = 0;
	size_t order = 0;
	unsigned long long count;

	if (sscanf(line, " Node %*d, zone %*s%n", &end) < 0 || !end)
		return 0;
	for (line += end; order < ORDERS_MAX && sscanf(line, "%llu%n", &count, &end) == 1;
	     line += end)
		saturate_add(&pieces[order++], count);
	return order;
}

/* How many pages of that size fit into the pieces; a size that no piece reaches stays unknown. */
static uint64_t possible_of(const struct host *host, uint64_t size,
			    const uint64_t pieces[ORDERS_MAX], size_t orders)
{
	uint64_t pages = 0;
	size_t wanted = 0;

	while (wanted < orders && host->page_size << wanted < size)
		wanted++;
	if (wanted == orders)
		return OBJECT_UNKNOWN;
	for (size_t order = wanted; order < orders; order++)
		saturate_add(&pages, saturate_mul(pieces[order], UINT64_C(1) << (order - wanted)));
	return pages;
}

static void read_possible(struct host *host)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/buddyinfo", "re");
	_cleanup_free_ char *line = NULL;
	uint64_t pieces[ORDERS_MAX] = {0};
	size_t size = 0, orders = 0;

	while (f && getline(&line, &size, f) > 0) {
		size_t of_zone = add_zone(line, pieces);

		if (of_zone > orders)
			orders = of_zone;
	}
	for (size_t i = 0; i < host->hugepage_size_count; i++)
		host->possible[i] = possible_of(host, host->hugepage_sizes[i], pieces, orders);
}

/* "always within_size [never]": the word in brackets. */
static void read_thp_shmem(struct host *host)
{
	char text[128], *open, *close;

	if (read_text_at(AT_FDCWD, "/sys/kernel/mm/transparent_hugepage/shmem_enabled", text,
			 sizeof(text)) < 0)
		return;
	open = strchr(text, '[');
	close = open ? strchr(open, ']') : NULL;
	if (!close)
		return;
	*close = '\0';
	snprintf(host->thp_shmem, sizeof(host->thp_shmem), "%s", open + 1);
}

int host_read_hugepages(struct host *host)
{
	int r = read_all_pools(host);

	host->hugetlb_shm_group = read_number(AT_FDCWD, "/proc/sys/vm/hugetlb_shm_group");
	read_possible(host);
	read_thp_shmem(host);
	return r;
}
