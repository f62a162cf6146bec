/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who waits for whom in a circle? Tarjan's strongly connected components (R. Tarjan, Depth-first
 * search and linear graph algorithms, 1972), with a stack of our own; then in each component of
 * more than one process the shortest way from its lowest pid back to it, breadth first. Every list is
 * sorted, so that the same waits give the same cycles.
 */
#include "waitgraph.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "cleanup.h"

#define NONE UINT32_MAX

/* A process that waits. Links are numbers of nodes or edges, NONE for none. */
struct node {
	pid_t pid;
	uint32_t first, end; /* its edges */
	/* Tarjan's: when it was met, the earliest that is reached from it, the edge to look at next */
	uint32_t met, low, next;
	uint32_t caller;    /* who came to it */
	uint32_t component; /* its lowest member, NONE until it is known */
	uint32_t members;   /* of that one: how many there are */
	uint32_t way;	    /* the edge by which the search for the ring came to it */
};

struct edge {
	uint32_t from, to;  /* nodes; `to` is NONE for a process that waits for nobody */
	uint32_t component; /* of both, in the end */
	uint32_t ring_at;   /* place in the ring of its component */
	struct wait_edge of;
};

struct search {
	struct node *nodes;
	struct edge *edges; /* by waiter, then holder; in the end those of cycles, by cycle */
	uint32_t node_count, edge_count;
	uint32_t *list; /* Tarjan's stack, later the queue of the breadth-first search */
	uint32_t listed, met;
};

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_processes(const void *a, const void *b)
{
	const struct wait_edge *x = &((const struct edge *)a)->of,
			       *y = &((const struct edge *)b)->of;
	int r = compare(x->waiter, y->waiter);

	r = r ? r : compare(x->holder, y->holder);
	r = r ? r : compare((int64_t)x->wait->state, (int64_t)y->wait->state);
	return r ? r : compare(x->wait->waiter->tid, y->wait->waiter->tid);
}

static bool is_alike(const struct wait_edge *a, const struct wait_edge *b)
{
	return a->waiter == b->waiter && a->holder == b->holder && a->wait->state == b->wait->state;
}

/* One edge for each process, semaphore and holder. */
static void list_edges(struct search *search, const struct sem_waits *waits)
{
	uint32_t kept = 0;

	for (size_t i = 0; i < waits->count; i++) {
		const struct sem_wait *wait = &waits->all[i];
		const struct sem_state *state = &waits->states[wait->state];

		if (state->last == LAST_ALIVE)
			search->edges[search->edge_count++].of =
				(struct wait_edge){.waiter = wait->waiter->pid,
						   .holder = state->sem.pid,
						   .wait = wait};
	}
	if (!search->edge_count)
		return;
	qsort(search->edges, search->edge_count, sizeof(*search->edges), by_processes);
	for (uint32_t i = 0; i < search->edge_count; i++)
		if (!kept || !is_alike(&search->edges[i].of, &search->edges[kept - 1].of))
			search->edges[kept++] = search->edges[i];
	search->edge_count = kept;
}

static int by_pid(const void *a, const void *b)
{
	return compare(((const struct node *)a)->pid, ((const struct node *)b)->pid);
}

static void list_nodes(struct search *search)
{
	for (uint32_t i = 0; i < search->edge_count; i++) {
		pid_t pid = search->edges[i].of.waiter;

		if (!i || search->edges[i - 1].of.waiter != pid)
			search->nodes[search->node_count++] = (struct node){.pid = pid,
									    .first = i,
									    .next = i,
									    .met = NONE,
									    .caller = NONE,
									    .component = NONE,
									    .way = NONE};
		search->nodes[search->node_count - 1].end = i + 1;
		search->edges[i].from = search->node_count - 1;
		search->edges[i].ring_at = NONE;
	}
	for (uint32_t i = 0; i < search->edge_count; i++) {
		const struct node wanted = {.pid = search->edges[i].of.holder};
		const struct node *found =
			bsearch(&wanted, search->nodes, search->node_count, sizeof(wanted), by_pid);

		search->edges[i].to = found ? (uint32_t)(found - search->nodes) : NONE;
	}
}

static uint32_t lower(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static void enter(struct search *search, uint32_t at)
{
	search->nodes[at].met = search->nodes[at].low = search->met++;
	search->list[search->listed++] = at;
}

/* All that were entered since `at` reach each other. */
static void close_component(struct search *search, uint32_t at)
{
	uint32_t from = search->listed, lowest = at;

	do
		lowest = lower(lowest, search->list[--from]);
	while (search->list[from] != at);
	for (uint32_t i = from; i < search->listed; i++)
		search->nodes[search->list[i]].component = lowest;
	search->nodes[lowest].members = search->listed - from;
	search->listed = from;
}

/* One step from a node: to one that is new, or back to its caller. Returns where it led. */
static uint32_t step(struct search *search, uint32_t at)
{
	struct node *node = &search->nodes[at], *to;

	while (node->next < node->end) {
		uint32_t next = search->edges[node->next++].to;

		if (next == NONE)
			continue;
		to = &search->nodes[next];
		if (to->met == NONE) {
			to->caller = at;
			enter(search, next);
			return next;
		}
		if (to->component == NONE)
			node->low = lower(node->low, to->met);
	}
	if (node->low == node->met)
		close_component(search, at);
	else
		search->nodes[node->caller].low = lower(search->nodes[node->caller].low, node->low);
	return node->caller;
}

static void find_components(struct search *search)
{
	for (uint32_t root = 0; root < search->node_count; root++) {
		uint32_t at = root;

		if (search->nodes[root].met != NONE)
			continue;
		enter(search, root);
		while (at != NONE)
			at = step(search, at);
	}
}

static bool is_inside(const struct search *search, const struct edge *edge)
{
	return edge->to != NONE &&
	       search->nodes[edge->from].component == search->nodes[edge->to].component;
}

/* Numbers the edges of the ring, of which this one is the last. */
static void mark_ring(struct search *search, struct edge *last)
{
	uint32_t length = 0;

	for (uint32_t e = search->nodes[last->from].way; e != NONE;
	     e = search->nodes[search->edges[e].from].way)
		length++;
	last->ring_at = length;
	for (uint32_t e = search->nodes[last->from].way; e != NONE;
	     e = search->nodes[search->edges[e].from].way)
		search->edges[e].ring_at = --length;
}

/* The shortest way from a node back to it; past its own waits for itself if there are others. */
static void find_ring(struct search *search, uint32_t start)
{
	bool is_alone = search->nodes[start].members == 1;
	uint32_t done = 0;

	search->listed = 0;
	search->list[search->listed++] = start;
	while (done < search->listed) {
		const struct node *node = &search->nodes[search->list[done++]];

		for (uint32_t e = node->first; e < node->end; e++) {
			struct edge *edge = &search->edges[e];

			if (!is_inside(search, edge) || (edge->to == edge->from && !is_alone))
				continue;
			if (edge->to == start) {
				mark_ring(search, edge);
				return;
			}
			if (search->nodes[edge->to].way == NONE) {
				search->nodes[edge->to].way = e;
				search->list[search->listed++] = edge->to;
			}
		}
	}
}

/* The ring first. */
static int by_cycle(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;
	int r = compare(x->component, y->component);

	r = r ? r : compare(x->ring_at, y->ring_at);
	return r ? r : by_processes(a, b);
}

static void keep_inside(struct search *search)
{
	uint32_t kept = 0;

	for (uint32_t e = 0; e < search->edge_count; e++) {
		struct edge *edge = &search->edges[e];

		if (!is_inside(search, edge))
			continue;
		edge->component = search->nodes[edge->from].component;
		search->edges[kept++] = *edge;
	}
	search->edge_count = kept;
	if (kept)
		qsort(search->edges, kept, sizeof(*search->edges), by_cycle);
}

static int fill(struct waitgraph *graph, const struct search *search)
{
	struct wait_cycle *cycle = NULL;

	graph->edges = calloc(search->edge_count + 1, sizeof(*graph->edges));
	graph->cycles = calloc(search->edge_count + 1, sizeof(*graph->cycles));
	if (!graph->edges || !graph->cycles)
		return -ENOMEM;
	for (uint32_t e = 0; e < search->edge_count; e++) {
		const struct edge *edge = &search->edges[e];

		if (!e || edge[-1].component != edge->component) {
			cycle = &graph->cycles[graph->cycle_count++];
			cycle->first = e;
			cycle->processes = search->nodes[edge->component].members;
		}
		cycle->count++;
		cycle->ring += edge->ring_at != NONE;
		graph->edges[e] = edge->of;
	}
	graph->edge_count = search->edge_count;
	return 0;
}

static void search_done(struct search *search)
{
	free(search->nodes);
	free(search->edges);
	free(search->list);
}

int waitgraph_find(struct waitgraph *graph, const struct sem_waits *waits)
{
	_cleanup_(search_done) struct search search = {
		.nodes = calloc(waits->count + 1, sizeof(*search.nodes)),
		.edges = calloc(waits->count + 1, sizeof(*search.edges)),
		.list = calloc(waits->count + 1, sizeof(*search.list)),
	};
	int r;

	*graph = (struct waitgraph){0};
	if (!search.nodes || !search.edges || !search.list)
		return -ENOMEM;
	list_edges(&search, waits);
	list_nodes(&search);
	find_components(&search);
	for (uint32_t n = 0; n < search.node_count; n++)
		if (search.nodes[n].component == n)
			find_ring(&search, n);
	keep_inside(&search);
	r = fill(graph, &search);
	if (r < 0)
		waitgraph_done(graph);
	return r;
}

void waitgraph_done(struct waitgraph *graph)
{
	free(graph->edges);
	free(graph->cycles);
	*graph = (struct waitgraph){0};
}
