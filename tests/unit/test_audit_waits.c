/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who waits for whom, on made-up tables: which operation blocks, what an orphaned semaphore is, and
 * the cycles of the wait-for graph, however large.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "semwaits.h"
#include "waitgraph.h"

struct pair {
	pid_t waiter, holder;
};

/* Each pair is a semaphore of its own: holder took it, waiter waits for it. */
struct table {
	struct sem_waits waits;
	struct waiter *waiters;
};

static void make_table(struct table *table, const struct pair *pairs, size_t count)
{
	*table = (struct table){
		.waiters = calloc(count + 1, sizeof(*table->waiters)),
		.waits = {.all = calloc(count + 1, sizeof(*table->waits.all)),
			  .states = calloc(count + 1, sizeof(*table->waits.states)),
			  .count = count,
			  .state_count = count},
	};
	assert_true(table->waiters && table->waits.all && table->waits.states);
	for (size_t i = 0; i < count; i++) {
		table->waiters[i] = (struct waiter){.kind = KIND_SEM,
						    .pid = pairs[i].waiter,
						    .tid = pairs[i].waiter,
						    .call = CALL_SEMOP,
						    .args = {.id = (int)i}};
		table->waits.states[i] =
			(struct sem_state){.semid = (int)i,
					   .sem = {.ncnt = 1, .pid = pairs[i].holder},
					   .last = LAST_ALIVE,
					   .first = i,
					   .count = 1};
		table->waits.all[i] =
			(struct sem_wait){.waiter = &table->waiters[i], .op = -1, .state = i};
	}
}

static void free_table(struct table *table)
{
	free(table->waiters);
	sem_waits_done(&table->waits);
}

static void find(struct waitgraph *graph, struct table *table, const struct pair *pairs,
		 size_t count)
{
	make_table(table, pairs, count);
	assert_int_equal(waitgraph_find(graph, &table->waits), 0);
}

#define FIND(graph, table, pairs) find(graph, table, pairs, sizeof(pairs) / sizeof((pairs)[0]))

static void done(struct waitgraph *graph, struct table *table)
{
	waitgraph_done(graph);
	free_table(table);
}

/* The ring's pids in order. */
static void assert_ring(const struct waitgraph *graph, size_t n, const pid_t *pids, size_t count)
{
	const struct wait_cycle *cycle = &graph->cycles[n];

	assert_int_equal(cycle->ring, count);
	for (size_t i = 0; i < count; i++) {
		const struct wait_edge *edge = &graph->edges[cycle->first + i];

		assert_int_equal(edge->waiter, pids[i]);
		assert_int_equal(edge->holder, pids[(i + 1) % count]);
		assert_int_equal(edge->wait->waiter->pid, pids[i]);
	}
}

#define RING(graph, n, ...)                                                  \
	do {                                                                 \
		const pid_t pids_[] = {__VA_ARGS__};                         \
		assert_ring(graph, n, pids_, sizeof(pids_) / sizeof(pid_t)); \
	} while (0)

static void a_chain_is_no_cycle(void **state)
{
	static const struct pair pairs[] = {{1, 2}, {2, 3}, {3, 4}, {5, 2}, {1, 3}};
	struct waitgraph graph;
	struct table table;

	(void)state;
	FIND(&graph, &table, pairs);
	assert_int_equal(graph.cycle_count, 0);
	assert_int_equal(graph.edge_count, 0);
	done(&graph, &table);
	find(&graph, &table, NULL, 0);
	assert_int_equal(graph.cycle_count, 0);
	done(&graph, &table);
}

static void finds_two_and_three_once_each_from_the_lowest(void **state)
{
	static const struct pair pairs[] = {{9, 4}, {7, 4},   {31, 20}, {20, 30},
					    {4, 9}, {30, 31}, {2, 20}};
	struct waitgraph graph;
	struct table table;

	(void)state;
	FIND(&graph, &table, pairs);
	assert_int_equal(graph.cycle_count, 2);
	assert_int_equal(graph.cycles[0].processes, 2);
	assert_int_equal(graph.cycles[0].count, 2);
	RING(&graph, 0, 4, 9);
	assert_int_equal(graph.cycles[1].processes, 3);
	assert_int_equal(graph.cycles[1].count, 3);
	RING(&graph, 1, 20, 30, 31);
	assert_int_equal(graph.edge_count, 5);
	done(&graph, &table);
}

static void cycles_that_overlap_are_one_with_a_short_ring(void **state)
{
	/* 1-2-3-4 and 1-3; 5 waits for them; 4 waits for itself with another thread */
	static const struct pair pairs[] = {{1, 2}, {2, 3}, {3, 4}, {4, 1},
					    {3, 1}, {1, 3}, {5, 1}, {4, 4}};
	struct waitgraph graph;
	struct table table;

	(void)state;
	FIND(&graph, &table, pairs);
	assert_int_equal(graph.cycle_count, 1);
	assert_int_equal(graph.cycles[0].processes, 4);
	assert_int_equal(graph.cycles[0].count, 7);
	RING(&graph, 0, 1, 3);
	done(&graph, &table);
}

/* The way back from the first one found leads past a dead end and a longer way. */
static void the_ring_is_the_shortest_through_the_lowest(void **state)
{
	static const struct pair pairs[] = {{1, 2}, {2, 3}, {3, 4}, {4, 1}, {1, 5}, {5, 4}, {3, 2}};
	struct waitgraph graph;
	struct table table;

	(void)state;
	FIND(&graph, &table, pairs);
	assert_int_equal(graph.cycle_count, 1);
	RING(&graph, 0, 1, 5, 4);
	assert_int_equal(graph.cycles[0].count, 7);
	done(&graph, &table);
}

/* Wherever the search comes upon it first. */
static void the_ring_begins_with_the_lowest(void **state)
{
	static const struct pair pairs[] = {{1, 5}, {5, 3}, {3, 5}};
	struct waitgraph graph;
	struct table table;

	(void)state;
	FIND(&graph, &table, pairs);
	assert_int_equal(graph.cycle_count, 1);
	RING(&graph, 0, 3, 5);
	assert_int_equal(graph.cycles[0].processes, 2);
	done(&graph, &table);
}

static void a_process_may_wait_for_itself(void **state)
{
	static const struct pair pairs[] = {{8, 8}, {9, 8}, {3, 3}, {3, 3}};
	struct waitgraph graph;
	struct table table;

	(void)state;
	FIND(&graph, &table, pairs);
	assert_int_equal(graph.cycle_count, 2);
	assert_int_equal(graph.cycles[0].processes, 1);
	assert_int_equal(graph.cycles[0].count, 2);
	RING(&graph, 0, 3);
	RING(&graph, 1, 8);
	done(&graph, &table);
}

static void only_the_living_are_waited_for(void **state)
{
	static const struct pair pairs[] = {{1, 2}, {2, 1}};
	static const enum last_user others[] = {LAST_DEAD, LAST_UNKNOWN};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct waitgraph graph;
		struct table table;

		make_table(&table, pairs, 2);
		table.waits.states[1].last = others[i];
		assert_int_equal(waitgraph_find(&graph, &table.waits), 0);
		assert_int_equal(graph.cycle_count, 0);
		done(&graph, &table);
	}
}

static void threads_that_wait_alike_are_one_edge(void **state)
{
	static const struct pair pairs[] = {{1, 2}, {1, 2}, {2, 1}};
	struct waitgraph graph;
	struct table table;

	(void)state;
	make_table(&table, pairs, 3);
	table.waiters[0].tid = 11;
	table.waits.all[0].state = 1;
	assert_int_equal(waitgraph_find(&graph, &table.waits), 0);
	assert_int_equal(graph.cycle_count, 1);
	assert_int_equal(graph.cycles[0].count, 2);
	assert_int_equal(graph.edges[0].wait->waiter->tid, 1);
	done(&graph, &table);
}

/* --- large tables, on a small stack --- */

#define MANY 100000
#define SMALL_STACK (128 * 1024)

static struct pair *many_pairs(size_t count)
{
	struct pair *pairs = calloc(count, sizeof(*pairs));

	assert_non_null(pairs);
	return pairs;
}

struct job {
	const struct sem_waits *waits;
	struct waitgraph graph;
	int result;
};

static void *run_job(void *arg)
{
	struct job *job = arg;

	job->result = waitgraph_find(&job->graph, job->waits);
	return NULL;
}

/* Quadratic work on so many would take minutes of processor time, recursion the whole stack. */
static void find_many(struct job *job, struct table *table, const struct pair *pairs, size_t count)
{
	clock_t start;
	pthread_attr_t attr;
	pthread_t thread;

	make_table(table, pairs, count);
	job->waits = &table->waits;
	start = clock();
	assert_int_equal(pthread_attr_init(&attr), 0);
	assert_int_equal(pthread_attr_setstacksize(&attr, SMALL_STACK), 0);
	assert_int_equal(pthread_create(&thread, &attr, run_job, job), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	pthread_attr_destroy(&attr);
	assert_int_equal(job->result, 0);
	assert_true((clock() - start) / CLOCKS_PER_SEC < 5);
}

/* Each waits for the one before it: depth first comes to the end at once, from the highest down. */
static void a_long_chain_overflows_nothing(void **state)
{
	struct pair *pairs = many_pairs(MANY);
	struct table table;
	struct job job;

	(void)state;
	for (int i = 0; i < MANY; i++)
		pairs[i] = (struct pair){i + 1, i + 2};
	find_many(&job, &table, pairs, MANY);
	assert_int_equal(job.graph.cycle_count, 0);
	done(&job.graph, &table);
	free(pairs);
}

static void a_huge_circle_is_one_cycle(void **state)
{
	struct pair *pairs = many_pairs(MANY);
	struct table table;
	struct job job;

	(void)state;
	for (int i = 0; i < MANY; i++)
		pairs[i] = (struct pair){i + 1, i ? i : MANY};
	find_many(&job, &table, pairs, MANY);
	assert_int_equal(job.graph.cycle_count, 1);
	assert_int_equal(job.graph.cycles[0].ring, MANY);
	assert_int_equal(job.graph.cycles[0].processes, MANY);
	assert_int_equal(job.graph.edges[0].waiter, 1);
	assert_int_equal(job.graph.edges[MANY - 1].holder, 1);
	done(&job.graph, &table);
	free(pairs);
}

static void many_small_cycles_are_all_found(void **state)
{
	struct pair *pairs = many_pairs(MANY);
	struct table table;
	struct job job;

	(void)state;
	for (int i = 0; i < MANY; i += 2) {
		pairs[i] = (struct pair){i + 2, i + 1};
		pairs[i + 1] = (struct pair){i + 1, i + 2};
	}
	find_many(&job, &table, pairs, MANY);
	assert_int_equal(job.graph.cycle_count, MANY / 2);
	RING(&job.graph, MANY / 2 - 1, MANY - 1, MANY);
	done(&job.graph, &table);
	free(pairs);
}

/* As many threads of each process as there are others wait for every other one. */
static void everybody_waits_for_everybody(void **state)
{
	enum { EACH = 300 };
	struct pair *pairs = many_pairs(EACH * EACH);
	struct table table;
	struct job job;

	(void)state;
	for (int i = 0; i < EACH * EACH; i++)
		pairs[i] = (struct pair){i / EACH + 1, i % EACH + 1};
	find_many(&job, &table, pairs, EACH * EACH);
	assert_int_equal(job.graph.cycle_count, 1);
	assert_int_equal(job.graph.cycles[0].processes, EACH);
	assert_int_equal(job.graph.cycles[0].count, EACH * EACH);
	RING(&job.graph, 0, 1, 2);
	done(&job.graph, &table);
	free(pairs);
}

/* --- which operation blocks --- */

static void the_first_operation_that_cannot_proceed_blocks(void **state)
{
	static const struct {
		struct sembuf ops[3];
		size_t count;
		int blocking; /* -1: none */
	} cases[] = {
		/* the set's values are 0 1 5 */
		{{{0, -1, 0}}, 1, 0},
		{{{1, -1, 0}}, 1, -1},
		{{{1, -2, 0}}, 1, 0},
		{{{1, 0, 0}}, 1, 0},
		{{{0, 0, 0}}, 1, -1},
		{{{1, -1, 0}, {0, -1, 0}}, 2, 1},
		/* what those before have done counts */
		{{{0, 1, 0}, {0, -1, 0}}, 2, -1},
		{{{1, -1, 0}, {1, -1, 0}}, 2, 1},
		{{{1, -1, 0}, {1, 0, 0}, {2, -6, 0}}, 3, 2},
		{{{0, 0, 0}, {0, 1, 0}, {0, 0, 0}}, 3, 2},
		/* who says IPC_NOWAIT doesn't sleep */
		{{{0, -1, IPC_NOWAIT}}, 1, -1},
		{{{1, -1, IPC_NOWAIT}, {0, -1, 0}}, 2, 1},
		{{{0, -1, 0}}, 0, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int values[] = {0, 1, 5};
		const struct sembuf *found = sem_blocking_op(cases[i].ops, cases[i].count, values);

		assert_ptr_equal(found,
				 cases[i].blocking < 0 ? NULL : &cases[i].ops[cases[i].blocking]);
		assert_int_equal(values[0], 0);
		assert_int_equal(values[1], 1);
		assert_int_equal(values[2], 5);
	}
}

static void orphaned_is_what_a_dead_process_took(void **state)
{
	static const struct sem_state taken = {
		.sem = {.value = 0, .ncnt = 1}, .otime = 5, .last = LAST_DEAD};
	struct sem_state s;

	(void)state;
	assert_true(sem_state_is_orphaned(&taken));
	s = taken, s.last = LAST_ALIVE;
	assert_false(sem_state_is_orphaned(&s));
	s = taken, s.last = LAST_UNKNOWN;
	assert_false(sem_state_is_orphaned(&s));
	/* set to 0 by SETVAL, never operated on */
	s = taken, s.otime = 0;
	assert_false(sem_state_is_orphaned(&s));
	/* somebody wants more than there is, but there is some */
	s = taken, s.sem.value = 1;
	assert_false(sem_state_is_orphaned(&s));
	/* the other way of locking: wait for zero, then add */
	s.sem.ncnt = 0, s.sem.zcnt = 1;
	assert_true(sem_state_is_orphaned(&s));
	s.sem.value = 0;
	assert_false(sem_state_is_orphaned(&s));
}

static void finds_the_semaphore_that_is_waited_for(void **state)
{
	struct sem_state states[] = {
		{.semid = 0, .num = 3}, {.semid = 7, .num = 0}, {.semid = 7, .num = 2}};
	const struct sem_waits waits = {.states = states, .state_count = 3}, none = {0};

	(void)state;
	assert_ptr_equal(sem_waits_find(&waits, 0, 3), &states[0]);
	assert_ptr_equal(sem_waits_find(&waits, 7, 2), &states[2]);
	assert_null(sem_waits_find(&waits, 7, 1));
	assert_null(sem_waits_find(&waits, 3, 0));
	assert_null(sem_waits_find(&none, 0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_is_no_cycle),
		cmocka_unit_test(finds_two_and_three_once_each_from_the_lowest),
		cmocka_unit_test(cycles_that_overlap_are_one_with_a_short_ring),
		cmocka_unit_test(the_ring_is_the_shortest_through_the_lowest),
		cmocka_unit_test(the_ring_begins_with_the_lowest),
		cmocka_unit_test(a_process_may_wait_for_itself),
		cmocka_unit_test(only_the_living_are_waited_for),
		cmocka_unit_test(threads_that_wait_alike_are_one_edge),
		cmocka_unit_test(a_long_chain_overflows_nothing),
		cmocka_unit_test(a_huge_circle_is_one_cycle),
		cmocka_unit_test(many_small_cycles_are_all_found),
		cmocka_unit_test(everybody_waits_for_everybody),
		cmocka_unit_test(the_first_operation_that_cannot_proceed_blocks),
		cmocka_unit_test(orphaned_is_what_a_dead_process_took),
		cmocka_unit_test(finds_the_semaphore_that_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
