/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is this machine like? Pages, memory, pools of huge pages (sysfs: Documentation/admin-guide/mm/
 * hugetlbpage.rst), and the limits in force in the caller's IPC namespace.
 */
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "ipc_limits.h"
#include "readall.h"

/* include/linux/ipc.h: IPCMNI, IPCMNI_EXTEND */
#define IPCMNI 32768
#define IPCMNI_EXTEND (UINT64_C(1) << 24)

void host_init(struct host *host)
{
	*host = (struct host){
		.page_size = 4096,
		.long_bits = 64,
		.ram_bytes = OBJECT_UNKNOWN,
		.swap_bytes = OBJECT_UNKNOWN,
		.ipcmni = IPCMNI,
	};
}

void host_done(struct host *host)
{
	free(host->pools);
	host->pools = NULL;
	host->pool_count = 0;
}

int host_hugepage_index(const struct host *host, uint64_t size)
{
	for (size_t i = 0; i < host->hugepage_size_count; i++)
		if (host->hugepage_sizes[i] == size)
			return (int)i;
	return -ENOENT;
}

int host_add_hugepage_size(struct host *host, uint64_t size)
{
	size_t at = host->hugepage_size_count;

	if (size <= host->page_size || size & (size - 1))
		return -EINVAL;
	if (host_hugepage_index(host, size) >= 0)
		return 0;
	if (at == HUGEPAGE_SIZES_MAX)
		return -E2BIG;
	for (; at > 0 && host->hugepage_sizes[at - 1] > size; at--) {
		host->hugepage_sizes[at] = host->hugepage_sizes[at - 1];
		host->nr_hugepages[at] = host->nr_hugepages[at - 1];
	}
	host->hugepage_sizes[at] = size;
	host->nr_hugepages[at] = OBJECT_UNKNOWN;
	host->hugepage_size_count++;
	return 0;
}

static ssize_t read_text(int dir, const char *path, char *text, size_t size)
{
	_cleanup_close_ int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -errno : read_all(fd, text, size - 1);

	if (n >= 0)
		text[n] = '\0';
	return n;
}

static uint64_t read_number(int dir, const char *path)
{
	char text[64];
	uint64_t value;

	return read_text(dir, path, text, sizeof(text)) > 0 && limit_parse(text, &value)
		       ? value
		       : OBJECT_UNKNOWN;
}

/* "Name:   123 kB" of meminfo, in bytes. */
static uint64_t meminfo_bytes(const char *text, const char *name)
{
	const char *line = strstr(text, name);
	unsigned long long kib;

	if (!line || sscanf(line + strlen(name), ": %llu kB", &kib) != 1 || kib > UINT64_MAX / 1024)
		return OBJECT_UNKNOWN;
	return kib * 1024;
}

static void read_memory(struct host *host)
{
	char text[8192];

	if (read_text(AT_FDCWD, "/proc/meminfo", text, sizeof(text)) < 0)
		return;
	host->ram_bytes = meminfo_bytes(text, "MemTotal");
	host->swap_bytes = meminfo_bytes(text, "SwapTotal");
	host->default_hugepage_size = meminfo_bytes(text, "Hugepagesize");
	if (host->default_hugepage_size == OBJECT_UNKNOWN)
		host->default_hugepage_size = 0;
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

static int read_nodes(struct host *host)
{
	static const char nodes[] = "/sys/devices/system/node";
	_cleanup_closedir_ DIR *dir = opendir(nodes);
	const struct dirent *entry;
	int r = 0;

	while (r == 0 && dir && (entry = readdir(dir))) {
		char path[128];
		int node, end = 0;

		if (sscanf(entry->d_name, "node%d%n", &node, &end) != 1 || entry->d_name[end])
			continue;
		snprintf(path, sizeof(path), "%s/node%d/hugepages", nodes, node);
		r = read_pools(host, path, node);
	}
	return r;
}

static int by_size_and_node(const void *a, const void *b)
{
	const struct host_pool *x = a, *y = b;

	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

static int read_hugepages(struct host *host)
{
	int r = read_pools(host, "/sys/kernel/mm/hugepages", -1);

	if (r == 0)
		r = read_nodes(host);
	if (host->pool_count)
		qsort(host->pools, host->pool_count, sizeof(*host->pools), by_size_and_node);
	for (size_t i = 0; i < host->pool_count; i++)
		if (host->pools[i].node < 0)
			host->nr_hugepages[host_hugepage_index(host, host->pools[i].size)] =
				host->pools[i].total;
	return r;
}

static void read_current(struct host *host)
{
	for (int id = 0; id < SYSCTL_COUNT_; id++) {
		const char *name = sysctl_name((enum sysctl_id)id);
		char path[64], text[256];

		snprintf(path, sizeof(path), "/proc/sys/%s", name);
		for (char *c = path; *c; c++)
			if (*c == '.')
				*c = '/';
		/* damaged or negative values stay unknown: the kernel takes them, and nobody can count */
		if (read_text(AT_FDCWD, path, text, sizeof(text)) > 0)
			sysctl_parse((enum sysctl_id)id, text, &host->current);
	}
}

/* Documentation/admin-guide/kernel-parameters.txt: ipcmni_extend */
static void read_ipcmni(struct host *host)
{
	static const char word[] = "ipcmni_extend";
	char text[8192];
	const char *at;

	if (read_text(AT_FDCWD, "/proc/cmdline", text, sizeof(text)) < 0)
		return;
	at = strstr(text, word);
	if (at && (at == text || at[-1] == ' ') && strchr(" \n", at[strlen(word)]))
		host->ipcmni = IPCMNI_EXTEND;
}

int host_read(struct host *host)
{
	host_init(host);
	host->page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	host->long_bits = 8 * sizeof(long);
	read_memory(host);
	read_ipcmni(host);
	read_current(host);
	return read_hugepages(host);
}
