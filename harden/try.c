/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `ipcharden try`: the proposal below /run, the unit restarted with it, and everything back as it was at the
 * first sign that it suffers: a call refused, a failure, a restart, a check that doesn't succeed.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check_command.h"
#include "cleanup.h"
#include "clock.h"
#include "commands.h"
#include "dependents.h"
#include "dropins_of_ours.h"
#include "in_force.h"
#include "propose.h"
#include "say.h"
#include "text.h"

#define POLL_MS 200
/* from one run of the check to the next */
#define CHECK_EVERY_NS (5 * NS_PER_S)

struct trial {
	const struct options *options;
	struct target target;
	struct watch watch;
	struct string_list dependents; /* that run, and would stop along with it */
	struct observation observation;
	struct proposal proposal;
	struct string_list check; /* words; none: no check */
	char *text;		  /* what stays if it works */
	char *trial_text;	  /* what is tried; NULL: the same */
	int held;
	unsigned restarts; /* of the unit when it ran with the proposal */
	pid_t main_pid;
	struct text trouble; /* why it is rolled back; empty: it isn't */
};

static void trouble(struct trial *trial, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void trouble(struct trial *trial, const char *format, ...)
{
	char buf[512];
	va_list args;

	va_start(args, format);
	vsnprintf(buf, sizeof(buf), format, args);
	va_end(args);
	if (!trial->trouble.length)
		text_add(&trial->trouble, buf);
}

static int note_not_in_force(const char *directive, void *data)
{
	trouble(data, "%s has no effect: another drop-in is read after it", directive);
	return 0;
}

static bool suffers(const struct trial *trial)
{
	const struct unit_facts *facts = &trial->target.facts;

	return !unit_runs(facts) || facts->restarts > trial->restarts ||
	       facts->main_pid != trial->main_pid;
}

static void check_state(struct trial *trial)
{
	const struct unit_facts *facts = &trial->target.facts;
	const struct seccomp_event *refused = &trial->watch.refused;

	/* the call that was refused says more than what came of it */
	if (suffers(trial) && !trial->watch.was_refused)
		watch_settle(&trial->watch);
	if (trial->watch.was_refused)
		trouble(trial, "%s (pid %d) needs %s", refused->comm, (int)refused->pid,
			refused->call == CALL_COUNT_ ? "a call that its filter refuses"
						     : call_info(refused->call)->name);
	else if (!unit_runs(facts))
		trouble(trial, "it is %s", facts->active_state);
	else if (facts->restarts > trial->restarts)
		trouble(trial, "systemd had to restart it");
	else if (suffers(trial))
		trouble(trial, "its main process has ended and another one began");
	if (watch_interrupted)
		trouble(trial, "interrupted");
}

static void run_check(struct trial *trial)
{
	int r = trial->check.count ? command_check(&trial->watch, &trial->check) : 0;

	if (r < 0)
		trouble(trial, "the check can't be run: %s", strerror(-r));
	else if (r)
		trouble(trial, "the check fails: %s", trial->options->check);
}

/* The manager's answers are what counts; without them the trial can't go on. */
static void look_again(struct trial *trial)
{
	int r = watch_pump(&trial->watch, POLL_MS);

	if (r == 0)
		r = target_refresh(&trial->target);
	if (r < 0)
		trouble(trial, "it can't be watched: %s", strerror(-r));
	else
		check_state(trial);
}

static void watch_it(struct trial *trial)
{
	uint64_t end_ns = clock_now_ns() + trial->options->watch_ns, next_ns = 0;

	do {
		if (clock_now_ns() >= next_ns) {
			run_check(trial);
			next_ns = clock_now_ns() + CHECK_EVERY_NS;
		}
		if (!trial->trouble.length)
			look_again(trial);
	} while (!trial->trouble.length && !clock_is_past(end_ns));
	if (!trial->trouble.length)
		run_check(trial);
	/* auditd and the journal are a moment behind */
	if (!trial->trouble.length && watch_settle(&trial->watch) < 0)
		trouble(trial, "its audit records can't be read any more");
	if (!trial->trouble.length)
		look_again(trial);
}

static void restart_with_proposal(struct trial *trial)
{
	const char *text = trial->trial_text ? trial->trial_text : trial->text;
	int r = dropins_put(&trial->target, &dropin_trial, text, &trial->held);

	trial->watch.blocked = trial->proposal.blocked;
	if (r == 0)
		r = watch_act(&trial->watch, UNIT_RESTART);
	if (r < 0) {
		trouble(trial, "it could not be restarted with the proposal");
		return;
	}
	trial->restarts = trial->target.facts.restarts;
	trial->main_pid = trial->target.facts.main_pid;
	check_state(trial);
	/* or else nothing was tried */
	r = in_force_each_not(text, &trial->target.facts, note_not_in_force, trial);
	if (r < 0)
		trouble(trial, "whether it holds can't be told: %s", strerror(-r));
}

/* Everything as it was: 0, or a negative errno, said. */
static int roll_back(struct trial *trial)
{
	int r = dropins_take_away(&trial->target, &dropin_trial), other;

	/* one that has failed too often isn't started any more */
	target_act(&trial->target, UNIT_RESET_FAILED);
	other = watch_act(&trial->watch, UNIT_RESTART);
	dependents_start(&trial->dependents, &trial->target);
	if (other == 0 && !unit_runs(&trial->target.facts)) {
		say_error("%s: it doesn't run again: %s; see: systemctl status %s",
			  trial->target.name, trial->target.facts.active_state, trial->target.name);
		other = -ECANCELED;
	}
	return r < 0 ? r : other;
}

/* It stays until the next boot, under the name that `apply` makes permanent. */
static int put_for_good(struct trial *trial)
{
	int r = dropins_put(&trial->target, &dropin_tried, trial->text, NULL);

	if (r == 0)
		r = dropins_take_away(&trial->target, &dropin_trial);
	return r;
}

/* What has been tried kills, and that is not what stays: it has to start with that once more. */
static void restart_with_what_stays(struct trial *trial)
{
	if (watch_act(&trial->watch, UNIT_RESTART) < 0 || !unit_runs(&trial->target.facts))
		trouble(trial, "it doesn't start again: %s", trial->target.facts.active_state);
	else
		run_check(trial);
}

static void keep(struct trial *trial)
{
	int r = put_for_good(trial);

	if (r < 0)
		trouble(trial, "it works with it, but it can't be kept: %s", strerror(-r));
	else if (trial->trial_text)
		restart_with_what_stays(trial);
	if (trial->trouble.length)
		dropins_take_away(&trial->target, &dropin_tried);
}

static int try_it(struct trial *trial)
{
	const char *name = trial->target.name;
	int r;

	fprintf(stderr, "trying %s with %zu directives\n", name, trial->proposal.lines.count);
	restart_with_proposal(trial);
	if (!trial->trouble.length)
		watch_it(trial);
	if (!trial->trouble.length)
		keep(trial);
	if (!trial->trouble.length) {
		printf("%s: works with the proposal, which stays until the next boot; for good: "
		       "ipcharden apply %s\n",
		       name, name);
		return EXIT_FINE;
	}
	r = roll_back(trial);
	printf("%s: %s: %s\n", name, r < 0 ? "not rolled back" : "rolled back",
	       trial->trouble.bytes);
	return r < 0 ? EXIT_ERROR : EXIT_FOUND;
}

/* Whether a refused call would fail quietly, and can be made to end the process instead. */
static bool has_to_kill(const struct unit_facts *facts)
{
	return facts->error_number > 0 && facts->knows_call_log;
}

static int write_texts(struct trial *trial)
{
	trial->text = proposal_text(&trial->proposal, &trial->observation);
	if (trial->text && has_to_kill(&trial->target.facts)) {
		trial->trial_text = proposal_text_that_kills(&trial->proposal, &trial->observation);
		return trial->trial_text ? 0 : -ENOMEM;
	}
	return trial->text ? 0 : -ENOMEM;
}

/* What speaks against a trial before anything is changed. */
static int prepare(struct trial *trial)
{
	_cleanup_free_ char *applied = NULL;
	const char *name = trial->target.name;
	int r = dropins_clear_up(&trial->target);

	if (r < 0)
		return r;
	if (dropins_read(&dropin_applied, name, &applied) == 0) {
		say_error("%s: a proposal is applied already; first: ipcharden revert %s", name,
			  name);
		return -EEXIST;
	}
	if (trial->options->check && command_words(trial->options->check, &trial->check) < 0) {
		say_error("--check=%s: not a command", trial->options->check);
		return -EINVAL;
	}
	if (!unit_runs(&trial->target.facts)) {
		say_error("%s: it doesn't run, so there is nothing to watch%s; nothing was changed",
			  name,
			  trial->target.facts.is_oneshot
				  ? " (a oneshot unit; apply takes its proposal untried)"
				  : "");
		return -ECANCELED;
	}
	r = propose_for(&trial->target, &trial->observation, &trial->proposal);
	if (r == 0)
		r = dependents_read(&trial->dependents, &trial->target);
	return r < 0 ? r : write_texts(trial);
}

/* A check that fails anyhow would tell nothing. */
static int check_without(struct trial *trial)
{
	int r = trial->check.count ? command_check(&trial->watch, &trial->check) : 0;

	if (r < 0)
		say_error("--check=%s: %s; nothing was changed", trial->options->check,
			  strerror(-r));
	else if (r)
		say_error("--check=%s: fails without the proposal already; nothing was changed",
			  trial->options->check);
	return r ? -ECANCELED : 0;
}

static int run(struct trial *trial)
{
	int stream_error, r = watch_start(&trial->watch, &trial->target, &stream_error);
	int status = EXIT_ERROR;

	if (r < 0) {
		say_error("/proc: %s", strerror(-r));
		return status;
	}
	if (stream_error)
		say_error("the kernel's audit records: %s: calls that are refused can't be seen, "
			  "only what comes of it",
			  watch_stream_error(stream_error));
	if (trial->target.facts.error_number > 0 && !trial->trial_text)
		say_error("%s: SystemCallErrorNumber= makes refused calls fail without a record: "
			  "only the check can tell",
			  trial->target.name);
	if (check_without(trial) == 0)
		status = try_it(trial);
	watch_done(&trial->watch);
	return status;
}

static int run_if_worth_it(struct trial *trial)
{
	if (prepare(trial) < 0)
		return EXIT_ERROR;
	if (trial->proposal.lines.count)
		return run(trial);
	printf("%s: nothing is proposed\n", trial->target.name);
	return EXIT_FINE;
}

int command_try(const struct options *options)
{
	struct trial trial = {.options = options, .held = -1};
	int status;

	if (target_open(&trial.target, options->operands[0], TARGET_CHANGE) < 0)
		return EXIT_ERROR;
	status = run_if_worth_it(&trial);
	if (trial.held >= 0)
		close(trial.held);
	text_done(&trial.trouble);
	string_list_done(&trial.check);
	string_list_done(&trial.dependents);
	free(trial.text);
	free(trial.trial_text);
	proposal_done(&trial.proposal);
	observation_done(&trial.observation);
	target_done(&trial.target);
	return fflush(stdout) == 0 ? status : EXIT_ERROR;
}
