/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `ipcclean service` and `ipcclean baseline`: a unit has stopped, or is about to start. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "baseline.h"
#include "cleanup.h"
#include "cleanup_run.h"
#include "commands.h"
#include "inventory.h"
#include "procs.h"
#include "say.h"
#include "unit.h"

static void read_facts(const struct unit *unit, struct unit_facts *facts,
		       struct baseline **baseline)
{
	int r = unit->name[0] ? baseline_load(baseline, NULL, unit->name) : -ENOENT;

	*facts = (struct unit_facts){.name = unit->name[0] ? unit->name : NULL,
				     .result = unit->result};
	if (r == 0)
		facts->baseline = *baseline;
	else if (r != -ENOENT)
		say_error("%s: the baseline is not used: %s", unit->name, strerror(-r));
	if (unit->has_manager) {
		facts->main_pid = unit->known.main_pid;
		facts->main_started = unit->known.main_started;
		facts->main_exited = unit->known.main_exited;
	}
}

static void tell_special_units(const struct options *options, const struct unit *unit)
{
	if (options->is_quiet)
		return;
	if (unit->uid == 0)
		say_error("%s: runs as root, whose objects are never removed", unit->name);
	if (unit->has_manager && unit->known.has_private_ipc)
		say_error("%s: has PrivateIPC=yes: its System V objects and queues end with it",
			  unit->name);
}

int command_service(const struct command_context *context)
{
	struct cleanup_run run = {
		.options = context->options,
		.config = context->config,
		.patterns = context->patterns,
		.deadline_ns = context->deadline_ns,
		.command = POLICY_SERVICE,
		.has_target = true,
		.is_dry_run = context->options->is_dry_run,
	};
	_cleanup_(baseline_freep) struct baseline *baseline = NULL;
	_cleanup_(unit_done) struct unit unit = {0};
	struct unit_facts facts;

	if (unit_find(context->options, context->config->deadline_ns / 2, &unit) < 0)
		return EXIT_USAGE;
	read_facts(&unit, &facts, &baseline);
	tell_special_units(context->options, &unit);
	run.target = unit.uid;
	run.unit = &facts;
	return cleanup_run(&run);
}

/* What names this start of the unit: systemd gives it to every process of the unit. */
static const char *invocation_of(const struct unit *unit)
{
	const char *own = getenv("INVOCATION_ID");

	if (unit->has_manager && unit->known.invocation)
		return unit->known.invocation;
	return own ? own : "";
}

static int record(const struct unit *unit, const struct config *config)
{
	_cleanup_(inventory_done) struct inventory inv = {.shm_fd = -1, .mqueue_fd = -1};
	_cleanup_(procs_done) struct procs procs = {.proc_fd = -1};
	int r = inventory_scan(&inv, config->kinds, &unit->uid);

	if (r == 0)
		r = procs_read(&procs);
	if (r == 0)
		r = baseline_record(NULL, unit->name, invocation_of(unit),
				    unit->has_manager ? unit->known.activating_since : 0, &inv,
				    &procs);
	return r;
}

int command_baseline(const struct command_context *context)
{
	_cleanup_(unit_done) struct unit unit = {0};
	int r;

	if (unit_find(context->options, context->config->deadline_ns / 2, &unit) < 0)
		return EXIT_USAGE;
	r = record(&unit, context->config);
	if (r < 0)
		say_error("%s: no baseline recorded in /run/ipcguard/baseline: %s", unit.name,
			  strerror(-r));
	return r < 0 ? EXIT_FAILED : EXIT_DONE;
}
