/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who waits for a semaphore that nobody will give back? Circles of processes (waitgraph.h), and
 * semaphores whose last user is dead (semwaits.h). A wait with a timeout ends by itself, which makes
 * it less of a harm, and of a process that waits for itself alone nothing to tell.
 *
 * sempid names the last semop, SETVAL or SETALL, not the holder: software that hands semaphores on,
 * one process taking and another giving, may look deadlocked while it is not.
 */
#include <string.h>

#include "finders.h"
#include "waitgraph.h"
#include "words.h"

/* So many lines people are shown of a circle, or waiters of a semaphore; JSON has all. */
#define LINES_MAX 20
#define NAMES_MAX 5

static const struct sem_state *state_of(const struct audit *audit, const struct sem_wait *wait)
{
	return &audit->sem_waits.states[wait->state];
}

static const char *unit_of(struct audit *audit, pid_t pid)
{
	const struct who *who = whos_get(&audit->whos, pid);

	return who ? who->unit : NULL;
}

static bool is_service(const char *unit)
{
	size_t length = unit ? strlen(unit) : 0, end = strlen(".service");

	return length > end && !strcmp(unit + length - end, ".service");
}

/* "pid 12 (a) of a.service" */
static void add_process(struct text *text, struct audit *audit, pid_t pid)
{
	const struct who *who = whos_get(&audit->whos, pid);

	text_add_format(text, "pid %d (%s)", pid, who && who->comm ? who->comm : "?");
	if (who && who->unit)
		text_add_format(text, " of %s", who->unit);
}

/* "sem:3[0] (value 0, wants 1)" */
static void add_semaphore(struct text *text, const struct audit *audit, const struct sem_wait *wait)
{
	const struct sem_state *state = state_of(audit, wait);

	text_add_format(text, "sem:%d[%u] (value %d, ", state->semid, state->num, state->sem.value);
	if (wait->op)
		text_add_format(text, "wants %d", -wait->op);
	else
		text_add(text, "wants it to be 0");
	text_add(text, wait->waiter->args.is_timed ? ", with a timeout)" : ")");
}

static void draw(struct text *text, struct audit *audit, const struct waitgraph *graph,
		 const struct wait_cycle *cycle)
{
	size_t shown = cycle->ring < LINES_MAX ? cycle->ring : LINES_MAX;

	for (size_t i = 0; i < shown; i++) {
		const struct wait_edge *edge = &graph->edges[cycle->first + i];

		add_process(text, audit, edge->waiter);
		text_add(text, " waits for ");
		add_semaphore(text, audit, edge->wait);
		text_add(text, ", last taken by ");
		if (edge->holder == edge->waiter)
			text_add(text, "itself");
		else
			add_process(text, audit, edge->holder);
		text_add(text, i + 1 == cycle->ring && cycle->ring > 1 ? ", the first\n" : "\n");
	}
	if (shown < cycle->ring)
		text_add_format(text, "... and %zu more, the last one waits for the first\n",
				cycle->ring - shown);
}

static void add_edges(struct finding *finding, const struct audit *audit,
		      const struct waitgraph *graph, const struct wait_cycle *cycle)
{
	static const struct evidence_column columns[] = {
		{"pid"},   {"tid"},	   {"semid"},	    {"num"},	{"value"},
		{"wants"}, {"undo", true}, {"timed", true}, {"holder"},
	};

	finding_table(finding, "waits", columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < cycle->count; i++) {
		const struct wait_edge *edge = &graph->edges[cycle->first + i];
		const struct sem_state *state = state_of(audit, edge->wait);

		finding_row(finding, (const uint64_t[]){
					     (uint64_t)edge->waiter,
					     (uint64_t)edge->wait->waiter->tid,
					     (uint64_t)state->semid,
					     state->num,
					     (uint64_t)state->sem.value,
					     (uint64_t)-edge->wait->op,
					     edge->wait->has_undo,
					     edge->wait->waiter->args.is_timed,
					     (uint64_t)edge->holder,
				     });
	}
}

static size_t count_timed(const struct waitgraph *graph, size_t first, size_t count)
{
	size_t timed = 0;

	for (size_t i = 0; i < count; i++)
		timed += graph->edges[first + i].wait->waiter->args.is_timed;
	return timed;
}

/*
 * The one whose end helps most: one that asks for SEM_UNDO gives back what it took, as far as it
 * always did so.
 */
static pid_t choose_victim(const struct waitgraph *graph, const struct wait_cycle *cycle)
{
	for (size_t i = 0; i < cycle->ring; i++)
		if (graph->edges[cycle->first + i].wait->has_undo)
			return graph->edges[cycle->first + i].waiter;
	return graph->edges[cycle->first].waiter;
}

static void set_cycle_fix(struct finding *finding, struct audit *audit,
			  const struct waitgraph *graph, const struct wait_cycle *cycle)
{
	pid_t victim = choose_victim(graph, cycle);
	const char *unit = unit_of(audit, victim);

	if (is_service(unit))
		finding_set_fix(finding, "systemctl restart %s", unit);
	else
		finding_set_fix(finding, "kill %d", victim);
}

/* "12 a, 34 b, ... (7 in all)" */
static void name_ring(struct text *text, struct audit *audit, const struct waitgraph *graph,
		      const struct wait_cycle *cycle)
{
	for (size_t i = 0; i < cycle->ring && i < NAMES_MAX; i++) {
		if (i)
			text_add(text, ", ");
		words_add_process(text, audit, graph->edges[cycle->first + i].waiter);
	}
	if (cycle->ring > NAMES_MAX)
		text_add(text, ", ...");
}

static struct finding *add_circle(struct findings *findings, struct audit *audit,
				  const struct waitgraph *graph, const struct wait_cycle *cycle,
				  const struct ipc_object *obj)
{
	bool may_end = count_timed(graph, cycle->first, cycle->ring) > 0;
	struct text names = {0};
	struct finding *finding;

	name_ring(&names, audit, graph, cycle);
	finding = findings_add(findings, FINDING_SEM_CYCLE,
			       may_end ? SEVERITY_WARNING : SEVERITY_CRITICAL, obj,
			       "%zu processes wait for each other%s: %s", cycle->processes,
			       may_end ? ", one of them with a timeout" : "",
			       names.bytes ? names.bytes : "?");
	text_done(&names);
	set_cycle_fix(finding, audit, graph, cycle);
	return finding;
}

/* That it waits for work, which others will post, looks the same: no more than worth knowing. */
static struct finding *add_self(struct findings *findings, struct audit *audit, pid_t pid,
				const struct ipc_object *obj)
{
	struct text name = {0};
	struct finding *finding;

	words_add_process(&name, audit, pid);
	finding = findings_add(findings, FINDING_SEM_CYCLE, SEVERITY_INFO, obj,
			       "%s waits for what it took last itself: for ever, unless another "
			       "thread or process posts",
			       name.bytes ? name.bytes : "?");
	text_done(&name);
	return finding;
}

static bool is_cycle_wanted(struct audit *audit, const struct waitgraph *graph,
			    const struct wait_cycle *cycle)
{
	for (size_t i = 0; i < cycle->ring; i++)
		if (audit_is_wanted(audit, graph->edges[cycle->first + i].wait->object))
			return true;
	return false;
}

static void add_cycle(struct findings *findings, struct audit *audit, const struct waitgraph *graph,
		      const struct wait_cycle *cycle)
{
	const struct wait_edge *first = &graph->edges[cycle->first];
	const struct ipc_object *obj = &audit->inv.objects[first->wait->object];
	struct text lines = {0};
	struct finding *finding;

	if (!is_cycle_wanted(audit, graph, cycle))
		return;
	if (cycle->processes > 1)
		finding = add_circle(findings, audit, graph, cycle, obj);
	else if (count_timed(graph, cycle->first, cycle->count) < cycle->count)
		finding = add_self(findings, audit, first->waiter, obj);
	else
		return;
	finder_set_owner(finding, audit, obj->uid);
	draw(&lines, audit, graph, cycle);
	finding_drawing(finding, "drawing", lines.bytes);
	text_done(&lines);
	finding_number(finding, "processes", cycle->processes);
	finding_number(finding, "ring", cycle->ring);
	finding_time(finding, "otime", state_of(audit, first->wait)->otime);
	add_edges(finding, audit, graph, cycle);
}

/* Its waiters one by one, each process once. */
static void name_waiters(struct text *text, struct audit *audit, const struct sem_state *state)
{
	const struct sem_wait *waits = &audit->sem_waits.all[state->first];
	size_t named = 0;

	for (size_t i = 0; i < state->count; i++) {
		if (i && waits[i].waiter->pid == waits[i - 1].waiter->pid)
			continue;
		if (named++ == NAMES_MAX) {
			text_add(text, ", ...");
			return;
		}
		if (i)
			text_add(text, ", ");
		words_add_process(text, audit, waits[i].waiter->pid);
	}
}

/* Gives back for the dead, so that the first of the waiters goes on; a restart may do better. */
static void set_orphan_fix(struct finding *finding, struct audit *audit,
			   const struct sem_state *state)
{
	const struct sem_wait *wait = &audit->sem_waits.all[state->first];
	const char *unit = unit_of(audit, wait->waiter->pid);

	if (is_service(unit))
		finding_set_fix(finding, "systemctl restart %s", unit);
	else
		finding_set_fix(finding, "perl -e 'semop(%d, pack(\"s*\", %u, %d, 0)) or die $!'",
				state->semid, state->num, wait->op ? -wait->op : -state->sem.value);
}

static void add_waiters(struct finding *finding, const struct audit *audit,
			const struct sem_state *state)
{
	static const struct evidence_column columns[] = {
		{"pid"}, {"tid"}, {"wants"}, {"undo", true}, {"timed", true}};

	finding_table(finding, "waits", columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < state->count; i++) {
		const struct sem_wait *wait = &audit->sem_waits.all[state->first + i];

		finding_row(finding, (const uint64_t[]){
					     (uint64_t)wait->waiter->pid,
					     (uint64_t)wait->waiter->tid,
					     (uint64_t)-wait->op,
					     wait->has_undo,
					     wait->waiter->args.is_timed,
				     });
	}
}

static bool are_all_timed(const struct audit *audit, const struct sem_state *state)
{
	for (size_t i = 0; i < state->count; i++)
		if (!audit->sem_waits.all[state->first + i].waiter->args.is_timed)
			return false;
	return true;
}

static void add_dead_holder(struct findings *findings, struct audit *audit,
			    const struct sem_state *state)
{
	const struct ipc_object *obj = &audit->inv.objects[state->object];
	struct text names = {0};
	struct finding *finding;

	name_waiters(&names, audit, state);
	finding = findings_add(
		findings, FINDING_SEM_DEAD_HOLDER,
		are_all_timed(audit, state) ? SEVERITY_WARNING : SEVERITY_CRITICAL, obj,
		"semaphore %u stays at %d: pid %d, which used it last, is gone and gave nothing "
		"back (no SEM_UNDO); for it wait %s",
		state->num, state->sem.value, state->sem.pid, names.bytes ? names.bytes : "?");
	text_done(&names);
	finder_set_owner(finding, audit, obj->uid);
	set_orphan_fix(finding, audit, state);
	finding_number(finding, "num", state->num);
	finding_number(finding, "value", (uint64_t)state->sem.value);
	finding_number(finding, "ncnt", (uint64_t)state->sem.ncnt);
	finding_number(finding, "zcnt", (uint64_t)state->sem.zcnt);
	finding_number(finding, "last_pid", (uint64_t)state->sem.pid);
	finding_time(finding, "otime", state->otime);
	add_waiters(finding, audit, state);
}

void find_deadlocks(struct audit *audit, struct findings *findings)
{
	struct waitgraph graph;

	if (waitgraph_find(&graph, &audit->sem_waits) < 0) {
		findings->failed = true;
		return;
	}
	for (size_t i = 0; i < graph.cycle_count; i++)
		add_cycle(findings, audit, &graph, &graph.cycles[i]);
	for (size_t i = 0; i < audit->sem_waits.state_count; i++) {
		const struct sem_state *state = &audit->sem_waits.states[i];

		if (sem_state_is_orphaned(state) && audit_is_wanted(audit, state->object))
			add_dead_holder(findings, audit, state);
	}
	waitgraph_done(&graph);
}
