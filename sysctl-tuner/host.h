/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The machine that a recommendation is for: this one, or the one that a file of samples tells of. No
 * formula asks the running kernel itself.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parameter.h"

#define HUGEPAGE_SIZES_MAX 16

/* A pool of huge pages of one size, on one NUMA node (-1: all together), in pages of it. */
struct host_pool {
	uint64_t size; /* bytes of one page */
	int node;
	uint64_t total, free, reserved, surplus; /* OBJECT_UNKNOWN: not told (reserved of a node) */
	uint64_t overcommit;			 /* nr_overcommit_hugepages; of node -1 only */
};

struct host {
	bool is_local;				     /* this machine; else what a document tells */
	uint64_t page_size;			     /* bytes; sysconf(_SC_PAGESIZE) */
	unsigned long_bits;			     /* of the kernel's unsigned long, 32 or 64 */
	uint64_t hugepage_sizes[HUGEPAGE_SIZES_MAX]; /* bytes, ascending */
	size_t hugepage_size_count;
	uint64_t default_hugepage_size; /* of vm.nr_hugepages; 0: no huge pages here */
	uint64_t ram_bytes, swap_bytes; /* OBJECT_UNKNOWN: not told */
	uint64_t ipcmni;	   /* the most ids of a kind: 32768, or 2^24 with ipcmni_extend */
	struct parameters current; /* limits in force */
	unsigned unreadable; /* set of 1 << sysctl_id: it is there, and no number to count with */
	struct host_pool *pools; /* by size, then node, all nodes first */
	size_t pool_count;
	/* vm.nr_hugepages in force by size, as in hugepage_sizes, without surplus; OBJECT_UNKNOWN: not told */
	uint64_t nr_hugepages[HUGEPAGE_SIZES_MAX];
	/* how many more fit into free memory as it lies now; OBJECT_UNKNOWN: no piece of it can be so large */
	uint64_t possible[HUGEPAGE_SIZES_MAX];
	uint64_t hugetlb_shm_group; /* a gid; OBJECT_UNKNOWN */
	/* what a document has left out: */
	bool page_size_assumed;		    /* page_size: taken for 4096 */
	bool default_hugepage_size_unknown; /* default_hugepage_size, of several sizes: 0 then */
	char thp_shmem[24]; /* transparent_hugepage/shmem_enabled: "never" …; "": not known */
};

/* An empty host: nothing known but what every Linux has by default. */
void host_init(struct host *host);

/*
 * Reads this machine's facts and the limits of the IPC namespace that the caller is in. What can't be
 * read is not known. Returns 0 and a host for host_done(), or -ENOMEM.
 */
int host_read(struct host *host);
void host_done(struct host *host);

/* ceil(bytes / size) */
static inline uint64_t pages_of(uint64_t bytes, uint64_t size)
{
	return bytes / size + (bytes % size != 0);
}

/* The place of a size among the host's, or -ENOENT. */
int host_hugepage_index(const struct host *host, uint64_t size);

/*
 * Pages of that size that are in use or promised of the pool of all nodes; OBJECT_UNKNOWN: no such pool, or
 * its numbers are not told or don't fit each other.
 */
uint64_t host_pool_in_use(const struct host *host, uint64_t size);

/* Adds a size; 0, or -EINVAL for no power of two above the page size, -E2BIG past the most. */
int host_add_hugepage_size(struct host *host, uint64_t size);
