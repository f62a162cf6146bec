/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A pool of huge pages over NUMA nodes. vm.nr_hugepages gives each node with memory the same (mm/hugetlb.c:
 * set_max_huge_pages(), node by node in turn), while who is bound to a node (mbind(2), numactl(8)) gets pages of
 * that node or none. All counts are in pages of the pool's size, surplus ones left out.
 */
#pragma once

#include "host.h"

struct pool_node {
	int node;
	uint64_t total;
	uint64_t in_use; /* those that are only promised are on no node yet */
	uint64_t even;	 /* its share of the pages, as the sysctl spreads them */
	uint64_t share;	 /* as even as what is in use on each allows */
};

struct pool_nodes {
	struct pool_node *list; /* by node */
	size_t count;	/* 0: one node, or their numbers are not told or don't fit each other */
	bool is_uneven; /* on one, more are in use than it would get by the sysctl */
};

/* How `pages` of that size go over the nodes. Returns 0 and what pool_nodes_done() frees, or -ENOMEM. */
int pool_nodes_share(struct pool_nodes *nodes, const struct host *host, uint64_t size,
		     uint64_t pages);
void pool_nodes_done(struct pool_nodes *nodes);
