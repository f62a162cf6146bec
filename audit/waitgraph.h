/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who waits for whom? A process waits for the one that operated last on the semaphore that one of
 * its threads sleeps on, if that one lives. Processes that wait for each other in a circle wait for
 * ever, unless somebody outside of it posts.
 *
 * A process that waits for itself is a possible circle of one: that another of its threads, or
 * anybody else, will post can't be known, and consumers that wait for work look the same.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "semwaits.h"

struct wait_edge {
	pid_t waiter, holder;
	const struct sem_wait *wait; /* of several threads that wait alike, the first */
};

/*
 * Processes each of which waits, directly or not, for each other one: a strongly connected component.
 * Its edges are a ring that begins with the lowest pid, as short as there is one; then the others.
 */
struct wait_cycle {
	size_t first, count; /* in waitgraph.edges */
	size_t ring;	     /* so many of them are the ring */
	size_t processes;
};

struct waitgraph {
	struct wait_edge *edges;   /* those of cycles */
	struct wait_cycle *cycles; /* by their lowest pid */
	size_t edge_count, cycle_count;
};

/*
 * Finds the cycles among the waits, which must live as long as the graph. Takes time and memory in
 * proportion to the waits (n log n to sort them), however they are connected: the number of
 * processes is somebody else's. Returns 0 and a graph for waitgraph_done(), or -ENOMEM.
 */
int waitgraph_find(struct waitgraph *graph, const struct sem_waits *waits);
void waitgraph_done(struct waitgraph *graph);
