/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is this machine like? Pages, memory, and the limits in force in the caller's IPC namespace. */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host_internal.h"
#include "object.h"
#include "readall.h"
#include "saturate.h"

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
		.hugetlb_shm_group = OBJECT_UNKNOWN,
	};
	for (size_t i = 0; i < HUGEPAGE_SIZES_MAX; i++)
		host->nr_hugepages[i] = host->possible[i] = OBJECT_UNKNOWN;
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

uint64_t host_pool_in_use(const struct host *host, uint64_t size)
{
	for (size_t i = 0; i < host->pool_count; i++) {
		const struct host_pool *pool = &host->pools[i];

		if (pool->size != size || pool->node >= 0 || pool->total == OBJECT_UNKNOWN ||
		    pool->free == OBJECT_UNKNOWN || pool->free > pool->total)
			continue;
		return saturate_sum(pool->total - pool->free,
				    pool->reserved == OBJECT_UNKNOWN ? 0 : pool->reserved);
	}
	return OBJECT_UNKNOWN;
}

static int by_size_and_node(const void *a, const void *b)
{
	const struct host_pool *x = a, *y = b;

	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

void host_sort_pools(struct host *host)
{
	if (host->pool_count)
		qsort(host->pools, host->pool_count, sizeof(*host->pools), by_size_and_node);
}

uint64_t meminfo_bytes(const char *text, const char *name)
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

	if (read_text_at(AT_FDCWD, "/proc/meminfo", text, sizeof(text)) < 0)
		return;
	host->ram_bytes = meminfo_bytes(text, "MemTotal");
	host->swap_bytes = meminfo_bytes(text, "SwapTotal");
	host->default_hugepage_size = meminfo_bytes(text, "Hugepagesize");
	if (host->default_hugepage_size == OBJECT_UNKNOWN)
		host->default_hugepage_size = 0;
}

static void read_current(struct host *host)
{
	for (int id = 0; id < SYSCTL_COUNT_; id++) {
		const char *name = sysctl_name((enum sysctl_id)id);
		char path[64], text[256];
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/sys/%s", name);
		for (char *c = path; *c; c++)
			if (*c == '.')
				*c = '/';
		/* damaged or negative values stay unknown: the kernel takes them, and nobody can count */
		n = read_text_at(AT_FDCWD, path, text, sizeof(text));
		if (n != -ENOENT &&
		    (n <= 0 || sysctl_parse((enum sysctl_id)id, text, &host->current) < 0))
			host->unreadable |= 1u << id;
	}
}

/* Documentation/admin-guide/kernel-parameters.txt: ipcmni_extend */
static void read_ipcmni(struct host *host)
{
	static const char word[] = "ipcmni_extend";
	char text[8192];
	const char *at;

	if (read_text_at(AT_FDCWD, "/proc/cmdline", text, sizeof(text)) < 0)
		return;
	at = strstr(text, word);
	if (at && (at == text || at[-1] == ' ') && strchr(" \n", at[strlen(word)]))
		host->ipcmni = IPCMNI_EXTEND;
}

int host_read(struct host *host)
{
	host_init(host);
	host->is_local = true;
	host->page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	host->long_bits = 8 * sizeof(long);
	read_memory(host);
	read_ipcmni(host);
	read_current(host);
	return host_read_hugepages(host);
}
