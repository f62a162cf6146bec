/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool_nodes.h"

#include <errno.h>
#include <stdlib.h>

#include "object.h"
#include "saturate.h"

/* Whether the numbers of a node's pool can be counted with. */
static bool set_counts(struct pool_node *node, const struct host_pool *pool)
{
	uint64_t surplus = pool->surplus == OBJECT_UNKNOWN ? 0 : pool->surplus;

	if (pool->total == OBJECT_UNKNOWN || pool->free == OBJECT_UNKNOWN ||
	    pool->free > pool->total || surplus > pool->total)
		return false;
	node->node = pool->node;
	node->total = pool->total - surplus;
	node->in_use = pool->total - pool->free;
	if (node->in_use > node->total)
		node->in_use = node->total;
	return true;
}

/* Returns 1, 0 where the host's numbers don't tell, or -ENOMEM. */
static int find_nodes(struct pool_nodes *nodes, const struct host *host, uint64_t size)
{
	if (!host->pool_count)
		return 0;
	nodes->list = calloc(host->pool_count, sizeof(*nodes->list));
	if (!nodes->list)
		return -ENOMEM;
	for (size_t i = 0; i < host->pool_count; i++)
		if (host->pools[i].size == size && host->pools[i].node >= 0 &&
		    !set_counts(&nodes->list[nodes->count++], &host->pools[i]))
			return 0;
	return nodes->count > 1;
}

/* What nodes take that get `level` pages each, or what is in use there. */
static uint64_t taken_at(const struct pool_nodes *nodes, uint64_t level)
{
	uint64_t taken = 0;

	for (size_t i = 0; i < nodes->count; i++)
		saturate_add(&taken, nodes->list[i].in_use > level ? nodes->list[i].in_use : level);
	return taken;
}

/* The highest level that the pages do for. */
static uint64_t find_level(const struct pool_nodes *nodes, uint64_t pages)
{
	uint64_t low = 0, high = pages;

	while (low < high) {
		uint64_t middle = high - (high - low) / 2;

		if (taken_at(nodes, middle) <= pages)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static void share(struct pool_nodes *nodes, uint64_t pages)
{
	uint64_t level = find_level(nodes, pages), rest = pages - taken_at(nodes, level),
		 odd = pages % nodes->count;

	for (size_t i = 0; i < nodes->count; i++) {
		struct pool_node *node = &nodes->list[i];

		node->even = pages / nodes->count + (i < odd);
		node->share = node->in_use > level ? node->in_use : level;
		if (rest && node->in_use <= level) {
			node->share++;
			rest--;
		}
		nodes->is_uneven |= node->in_use > node->even;
	}
}

int pool_nodes_share(struct pool_nodes *nodes, const struct host *host, uint64_t size,
		     uint64_t pages)
{
	int r;

	*nodes = (struct pool_nodes){0};
	r = find_nodes(nodes, host, size);
	/* fewer than are in use: not the numbers of one moment, or a document's that don't fit */
	if (r > 0 && taken_at(nodes, 0) <= pages && pages < SATURATED)
		share(nodes, pages);
	else
		nodes->count = 0;
	return r < 0 ? r : 0;
}

void pool_nodes_done(struct pool_nodes *nodes)
{
	free(nodes->list);
	*nodes = (struct pool_nodes){0};
}
