/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The stages in their order. What costs is done only when there is something to do it for: no
 * object of the user, no look at the process table; owner present, no question to the object.
 */
#include "cleanup_run.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "inventory.h"
#include "log.h"
#include "owners.h"
#include "reap.h"
#include "report.h"
#include "say.h"
#include "usage.h"

/* Longer than a run that has nothing to wipe takes with an object. */
#define PAUSE_MS 50

struct stages {
	const struct cleanup_run *run;
	struct inventory inv;
	struct procs procs;
	struct owners owners;
	struct usage_scope usage;
	struct policy policy;
	struct judged *list;
};

static void stages_done(struct stages *stages)
{
	free(stages->list);
	usage_scope_done(&stages->usage);
	owners_done(&stages->owners);
	procs_done(&stages->procs);
	inventory_done(&stages->inv);
}

static void warn_unseen(const struct inventory *inv)
{
	for (int kind = 0; kind < KIND_COUNT_; kind++)
		if (inv->unseen & KIND_BIT(kind))
			say_error("%s: not all could be looked at: %s",
				  kind_title((enum ipc_kind)kind),
				  strerror(-inv->unseen_error[kind]));
}

static int judge(struct stages *stages, const struct ipc_object *obj, struct judged *judged)
{
	struct owner_state owner, creator;
	int r = owners_get(&stages->owners, obj->uid, &owner);

	if (r == 0)
		r = owners_get(&stages->owners, obj->cuid, &creator);
	if (r == 0)
		judged->verdict =
			policy_judge(&stages->policy, obj, &owner, &creator, &judged->reason);
	return r;
}

/* Judges one object; whether it is used is asked only if that could matter. */
static int judge_object(struct stages *stages, struct ipc_object *obj, struct judged *judged)
{
	const struct cleanup_run *run = stages->run;
	int r;

	judged->obj = obj;
	judged->target = stages->policy.target = run->has_target ? run->target : obj->uid;
	r = judge(stages, obj, judged);
	if (r < 0 || (judged->verdict == VERDICT_KEEP && reason_precedes_usage(judged->reason)))
		return r;
	r = usage_probe(&stages->usage, obj);
	if (r == 0)
		return judge(stages, obj, judged);
	if (r == -ENOMEM)
		return r;
	judged->verdict = VERDICT_KEEP;
	judged->error = r;
	if (r == -ETIME) {
		judged->reason = REASON_DEADLINE;
		judged->outcome = OUTCOME_FAILED;
	} else {
		judged->reason = r == -ENOENT ? REASON_CHANGED : REASON_NOT_VISIBLE;
	}
	return 0;
}

/*
 * Two runs for one user, such as (sd-pam)'s and the unit's when a user's manager stops, see each
 * other's probes as use, and each would leave it to the other. Once more, after another pause than
 * the other one's: who really has an object open still has it then.
 */
static int look_again_at_open(struct stages *stages)
{
	bool has_paused = false;

	for (size_t i = 0; i < stages->inv.count; i++) {
		struct judged *judged = &stages->list[i];
		int r;

		if (judged->verdict != VERDICT_KEEP || judged->reason != REASON_OPEN)
			continue;
		if (!has_paused)
			poll(NULL, 0, PAUSE_MS + getpid() % PAUSE_MS);
		has_paused = true;
		r = judge_object(stages, &stages->inv.objects[i], judged);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool has_kept_member(const struct stages *stages, const struct ipc_object *obj)
{
	for (size_t i = 0; i < stages->inv.count; i++) {
		const struct judged *other = &stages->list[i];

		if (other->verdict == VERDICT_KEEP && !kind_is_sysv(other->obj->kind) &&
		    policy_group_is_kept(&stages->policy, obj, other->obj))
			return true;
	}
	return false;
}

/* A group with one member that is kept stays whole; so does one that time doesn't let us know. */
static void keep_groups(struct stages *stages)
{
	for (size_t i = 0; i < stages->inv.count; i++) {
		struct judged *judged = &stages->list[i];

		if (judged->verdict == VERDICT_REMOVE &&
		    policy_is_of_group(&stages->policy, judged->obj) &&
		    (clock_is_past(stages->run->deadline_ns) ||
		     has_kept_member(stages, judged->obj))) {
			judged->verdict = VERDICT_KEEP;
			judged->reason = REASON_PATTERN;
		}
	}
}

static int judge_all(struct stages *stages)
{
	int r = 0;

	stages->list = calloc(stages->inv.count, sizeof(*stages->list));
	if (!stages->list)
		return -ENOMEM;
	for (size_t i = 0; i < stages->inv.count && r == 0; i++)
		r = judge_object(stages, &stages->inv.objects[i], &stages->list[i]);
	if (r == 0)
		r = look_again_at_open(stages);
	if (r == 0)
		keep_groups(stages);
	return r;
}

static int look(struct stages *stages)
{
	const struct cleanup_run *run = stages->run;
	int r = procs_read(&stages->procs);

	if (r < 0) {
		say_error("/proc: the process table can't be read: %s; nothing is removed",
			  strerror(-r));
		return r;
	}
	stages->procs.callers_max = run->options->callers_max;
	stages->owners = (struct owners){.config = run->config,
					 .procs = &stages->procs,
					 .unit = run->unit ? run->unit->name : NULL};
	stages->usage = (struct usage_scope){.inv = &stages->inv,
					     .procs = &stages->procs,
					     .deadline_ns = run->deadline_ns,
					     .is_alone = run->options->is_alone};
	stages->policy = (struct policy){.command = run->command,
					 .config = run->config,
					 .patterns = run->patterns,
					 .procs = &stages->procs,
					 .unit = run->unit,
					 .now = time(NULL),
					 .self = geteuid()};
	r = judge_all(stages);
	if (r < 0)
		say_error("%s", strerror(-r));
	return r;
}

static void plan(struct stages *stages)
{
	for (size_t i = 0; i < stages->inv.count; i++)
		if (stages->list[i].verdict == VERDICT_REMOVE)
			stages->list[i].outcome = OUTCOME_WOULD_REMOVE;
}

/* Removes owner by owner: what was removed, kept or failed is no longer waiting for its turn. */
static void act(struct stages *stages)
{
	const struct reap_options options = {.wipe = stages->run->config->wipe,
					     .deadline_ns = stages->run->deadline_ns};

	for (size_t i = 0; i < stages->owners.count; i++) {
		uid_t target = stages->owners.all[i].uid;
		bool has_work = false;

		for (size_t j = 0; j < stages->inv.count && !has_work; j++)
			has_work = stages->list[j].verdict == VERDICT_REMOVE &&
				   stages->list[j].target == target;
		if (has_work && target != 0) {
			int r = reap_apply(&stages->inv, stages->list, stages->inv.count, target,
					   &options);

			if (r < 0)
				say_error("uid %u: can't act as this user: %s; nothing of it is "
					  "removed",
					  target, strerror(-r));
		}
	}
}

/* A run that nobody watches tells its plan, and what no journal has taken, in syslog. */
static void tell_syslog(const struct cleanup_run *run, const struct report *report,
			const struct report_sums *sums)
{
	size_t told = 0;

	if (!run->options->is_syslog || (!run->is_dry_run && log_has_journal()))
		return;
	for (size_t i = 0; i < report->count && told < LOG_EVENTS_MAX; i++) {
		const struct judged *judged = &report->list[i];
		_cleanup_free_ char *ref = object_ref(judged->obj);

		if (judged->outcome == OUTCOME_KEPT || !ref)
			continue;
		told++;
		say_done("%s: %s of uid %u (%s)", outcome_name(judged->outcome), ref,
			 judged->obj->uid, reason_name(judged->reason));
	}
	if (told)
		say_done("ipcclean %s: %zu %s, %zu kept, %zu failed", report->command,
			 sums->removed, run->is_dry_run ? "would be removed" : "removed",
			 sums->kept, sums->failed);
}

static int print_report(const struct options *options, const struct report *report)
{
	int r = 0;

	if (options->is_json)
		r = report_json(report, stdout);
	else if (!options->is_quiet)
		r = report_table(report, stdout, options->is_verbose);
	if (r == -ENOSYS)
		say_error("%s is not installed: no report can be printed; what was done is in the "
			  "journal",
			  options->is_json ? "libjson-c.so.5" : "libsmartcols.so.1");
	else if (r < 0)
		say_error("standard output: %s", strerror(-r));
	return r;
}

static int finish(struct stages *stages)
{
	const struct cleanup_run *run = stages->run;
	const struct report report = {
		.command = command_name(run->options->command),
		.has_target_uid = run->has_target,
		.target_uid = run->target,
		.target_unit = run->unit ? run->unit->name : NULL,
		.target_result = run->unit ? run->unit->result : NULL,
		.is_dry_run = run->is_dry_run,
		.is_wiping = run->config->wipe != WIPE_NO,
		.list = stages->list,
		.count = stages->list ? stages->inv.count : 0,
	};
	struct report_sums sums;
	int r;

	report_sum(&report, &sums);
	r = log_run(&report);
	tell_syslog(run, &report, &sums);
	if (r < 0 && run->options->is_verbose)
		say_error("journal or audit: %s", strerror(-r));
	return print_report(run->options, &report) < 0 || sums.failed ? 1 : 0;
}

int cleanup_run(const struct cleanup_run *run)
{
	_cleanup_(stages_done) struct stages stages = {.run = run};
	int r = inventory_scan(&stages.inv, run->config->kinds,
			       run->has_target ? &run->target : NULL);

	if (r < 0) {
		say_error("inventory: %s; nothing is removed", strerror(-r));
		return 1;
	}
	if (!run->options->is_quiet)
		warn_unseen(&stages.inv);
	if (stages.inv.count) {
		if (look(&stages) < 0)
			return 1;
		if (run->is_dry_run)
			plan(&stages);
		else
			act(&stages);
	}
	return finish(&stages);
}
