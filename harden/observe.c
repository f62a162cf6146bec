/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `ipcharden observe`: what does a unit really use? It is stopped, what is there without it is noted, and
 * it is started with a runtime drop-in that makes the kernel log its IPC calls. In the end it is stopped
 * once more, for what it leaves behind, and started as it was before.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "commands.h"
#include "dependents.h"
#include "dropins_of_ours.h"
#include "observe_look.h"
#include "print_observation.h"
#include "say.h"
#include "watch.h"

/*
 * From one look at the objects to the next, at least; and so many times what the last one took, or less where
 * a call says that there may be another object.
 */
#define LOOK_MS 1000
#define LOOK_REST 20
#define LOOK_REST_NEWS 5

struct observing {
	const struct options *options;
	struct target target;
	struct watch watch;
	struct observation observation;
	struct look before;
	struct string_list dependents; /* that run, and stop along with it */
	bool was_running;
	int held; /* the drop-in, locked; -1: none is in place */
};

/* What is missing for the calls to be seen, said; the rest is observed without them. */
static bool can_log(const struct observing *o, int stream_error)
{
	if (!o->target.facts.knows_call_log)
		say_error("%s: its calls can't be seen, only its objects: this systemd has no "
			  "SystemCallLog= (247 has)",
			  o->target.name);
	else if (stream_error)
		say_error("%s: its calls can't be seen, only its objects: the kernel's audit "
			  "records: %s",
			  o->target.name, watch_stream_error(stream_error));
	return o->target.facts.knows_call_log && !stream_error;
}

static int put_logging(struct observing *o)
{
	_cleanup_(text_done) struct text text = {0};

	text_add_format(&text,
			DROPIN_HEADER " observe, and removed by it.\n[Service]\nSystemCallLog=");
	for (int i = 0; i < CALL_COUNT_; i++)
		text_add_format(&text, "%s%s", i ? " " : "", call_info((enum ipc_call)i)->name);
	text_add_char(&text, '\n');
	return text.failed ? -ENOMEM
			   : dropins_put(&o->target, &dropin_observe, text.bytes, &o->held);
}

/* Another drop-in may have the last word, and silence would then look like no calls. */
static void check_logging(struct observing *o)
{
	if (!o->observation.has_calls || o->target.facts.logs_calls)
		return;
	o->observation.has_calls = false;
	say_error("%s: its calls are not logged: another drop-in's SystemCallLog= is read after "
		  "ours, or ours was removed; only its objects are seen",
		  o->target.name);
}

/* Takes a look and notes it; *took_ns is for how long. */
static int look_at(struct observing *o, uint64_t *took_ns)
{
	uint64_t start_ns = clock_now_ns();
	int r;

	check_logging(o);
	o->watch.has_news = false;
	r = observe_look(&o->observation, o->target.name, o->target.facts.uid, &o->before);
	*took_ns = clock_now_ns() - start_ns;
	return r;
}

static bool is_over(const struct observing *o, uint64_t end_ns)
{
	return watch_interrupted || !unit_runs(&o->target.facts) ||
	       (!o->options->until_stopped && clock_is_past(end_ns));
}

/* Until it is time for the next look, or over. */
static int rest(struct observing *o, uint64_t took_ns, uint64_t end_ns)
{
	uint64_t start_ns = clock_now_ns();
	int r = 0;

	do {
		uint64_t rests = LOOK_REST;

		r = watch_pump(&o->watch, LOOK_MS);
		if (r == 0)
			r = target_refresh(&o->target);
		if (o->watch.has_news)
			rests = LOOK_REST_NEWS;
		if (clock_now_ns() - start_ns >= took_ns * rests)
			break;
	} while (r == 0 && !is_over(o, end_ns));
	return r;
}

static int watch_it(struct observing *o)
{
	uint64_t start_ns = clock_now_ns(), end_ns = start_ns + o->options->for_ns, took_ns;
	int r = 0;

	while (r == 0 && !is_over(o, end_ns)) {
		r = look_at(o, &took_ns);
		if (r == 0)
			r = rest(o, took_ns, end_ns);
	}
	/* what it has made since the last one */
	if (r == 0 && unit_runs(&o->target.facts))
		r = look_at(o, &took_ns);
	if (r == 0 && o->target.facts.has_private_tmp)
		r = observe_private_keys(&o->observation);
	o->observation.seconds = (clock_now_ns() - start_ns) / NS_PER_S;
	return r;
}

/* Stops it, and looks at what is there without it. */
static int begin(struct observing *o)
{
	int r = dependents_read(&o->dependents, &o->target);

	/* what it runs can be seen only as long as nothing of the observation forbids it */
	if (r == 0)
		r = observe_processes(&o->observation, o->target.name);
	if (r == 0 && o->was_running)
		r = watch_act(&o->watch, UNIT_STOP);
	if (r == 0)
		r = look_take(&o->before);
	if (r == 0 && o->observation.has_calls)
		r = put_logging(o);
	if (r < 0)
		return r;
	o->observation.started = time(NULL);
	/* a socket or a timer may have started it meanwhile, without the drop-in */
	r = watch_act(&o->watch, UNIT_RESTART);
	/* its work comes from them */
	return r < 0 ? r : dependents_start(&o->dependents, &o->target);
}

/* Records still arrive, or else the last ones may be missing. */
static void hear_the_end(struct observing *o)
{
	o->observation.lost = audit_stream_lost(&o->watch.stream);
	if (!o->observation.has_calls || watch_hear_probe(&o->watch) == 0)
		return;
	o->observation.lost++;
	say_error("%s: no audit record arrives any more: what it did last may not have been seen",
		  o->target.name);
}

/* What was there comes back, whatever happened. */
static int finish(struct observing *o)
{
	int r = 0, other;

	if (o->held >= 0) {
		r = dropins_take_away(&o->target, &dropin_observe);
		close(o->held);
	}
	other = watch_act(&o->watch, UNIT_STOP);
	r = r < 0 ? r : other;
	watch_settle(&o->watch);
	hear_the_end(o);
	if (other == 0) {
		other = observe_leftovers(&o->observation, &o->before);
		r = r < 0 ? r : other;
		o->observation.saw_stop = other == 0;
	}
	if (o->was_running) {
		/* it was started so often that systemd may not want to any more */
		target_act(&o->target, UNIT_RESET_FAILED);
		other = watch_act(&o->watch, UNIT_START);
		if (other == 0 && !unit_runs(&o->target.facts))
			say_error("%s: it doesn't run again: %s", o->target.name,
				  o->target.facts.active_state);
		r = r < 0 ? r : other;
	}
	other = dependents_start(&o->dependents, &o->target);
	return r < 0 ? r : other;
}

static int observe(struct observing *o)
{
	int r = begin(o), other;

	if (r == 0 && !strcmp(o->target.facts.active_state, "failed")) {
		say_error("%s: it fails to start; see: systemctl status %s", o->target.name,
			  o->target.name);
		r = -ECANCELED;
	}
	if (r == 0) {
		fprintf(stderr, "observing %s, which was %sstarted\n", o->target.name,
			o->was_running ? "re" : "");
		r = watch_it(o);
		if (r < 0)
			say_error("%s: observing: %s", o->target.name, strerror(-r));
	}
	other = finish(o);
	return r < 0 ? r : other;
}

static int store(const struct observing *o)
{
	int r = observation_save(&o->observation, NULL);

	if (r < 0)
		say_error("%s: " OBSERVATION_DIR "/%s.json: %s; what was seen is not kept",
			  o->target.name, o->target.name, strerror(-r));
	return r;
}

static int run(struct observing *o)
{
	int stream_error, r = watch_start(&o->watch, &o->target, &stream_error);

	if (r < 0) {
		say_error("/proc: %s", strerror(-r));
		return r;
	}
	o->watch.observation = &o->observation;
	o->was_running = unit_runs(&o->target.facts);
	o->observation.has_calls = can_log(o, stream_error);
	o->observation.unit = strdup(o->target.name);
	r = o->observation.unit ? observe(o) : -ENOMEM;
	if (r == 0)
		r = store(o);
	if (r == 0)
		r = print_observation(&o->observation, stdout);
	watch_done(&o->watch);
	return r;
}

/* A process ends with the first call that is refused: of those that would follow, nothing is seen. */
static void warn_of_ours(const struct target *target)
{
	_cleanup_free_ char *applied = NULL, *tried = NULL;

	if (dropins_read(&dropin_applied, target->name, &applied) == 0 ||
	    dropins_read(&dropin_tried, target->name, &tried) == 0)
		say_error("%s: a proposal is in place: of what that refuses, at most the first "
			  "call is seen; to observe it anew: ipcharden revert %s",
			  target->name, target->name);
}

int command_observe(const struct options *options)
{
	struct observing o = {.options = options,
			      .held = -1,
			      .before = {.procs = {.proc_fd = -1},
					 .inv = {.shm_fd = -1, .mqueue_fd = -1}}};
	int r = target_open(&o.target, options->operands[0], TARGET_CHANGE);

	if (r < 0)
		return EXIT_ERROR;
	r = dropins_clear_up(&o.target);
	if (r == 0)
		warn_of_ours(&o.target);
	if (r == 0)
		r = run(&o);
	look_done(&o.before);
	string_list_done(&o.dependents);
	observation_done(&o.observation);
	target_done(&o.target);
	return r < 0 ? EXIT_ERROR : EXIT_FINE;
}
