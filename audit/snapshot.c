/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes the snapshot that all commands work on, and answers what they all ask of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "cleanup.h"
#include "clock.h"
#include "say.h"

/* Who uses objects is asked for that long at most; what is left is not known. */
#define PROBE_NS (5 * NS_PER_S)

/* And what runs is given that long to fall asleep on what it waits for. */
#define SETTLE_NS (NS_PER_S / 2)

static int read_holders(struct audit *audit, unsigned needs)
{
	if (!(needs & (NEEDS_MAPPED | NEEDS_OPEN)))
		return 0;
	return holders_read(&audit->holders, &audit->inv, &audit->procs,
			    needs & NEEDS_OPEN ? HOLDERS_OPEN : HOLDERS_MAPPED);
}

/* What the kernel says of huge pages in /proc/sysvipc/shm is wrong; the file behind them is right. */
static void correct_huge_pages(struct audit *audit)
{
	for (size_t i = 0; i < audit->holders.count; i++) {
		const struct holding *holding = &audit->holders.all[i];
		struct ipc_object *obj = &audit->inv.objects[holding->object];

		if (!holding->hugepage_kib)
			continue;
		obj->rss = holding->huge_rss;
		obj->swap = 0;
	}
}

static int scan(struct audit *audit, const struct command_context *context, unsigned kinds)
{
	const struct place *place = context->place;

	if (!place)
		return inventory_scan(&audit->inv, kinds, NULL);
	/* what it shares with another place is listed there */
	if (!place->has_sysv)
		kinds &= KINDS_DEV_SHM;
	if (context->shm_fd < 0)
		kinds &= ~KINDS_DEV_SHM;
	return inventory_scan_with(&audit->inv, kinds, NULL, context->shm_fd);
}

static int read_processes(struct procs *procs, unsigned needs)
{
	return needs & (NEEDS_PROCESSES | NEEDS_MAPPED | NEEDS_OPEN | NEEDS_WAITERS)
		       ? procs_read(procs)
		       : procs_open(procs);
}

static bool has_waited_for(const struct inventory *inv)
{
	for (size_t i = 0; i < inv->count; i++)
		if (inv->objects[i].kind == KIND_SEM || inv->objects[i].kind == KIND_MSG)
			return true;
	return false;
}

/* usage_probe(), which asks about queues as well, finds the waiters read already. */
static int read_waiters(struct audit *audit, unsigned needs)
{
	int r;

	if (!(needs & NEEDS_WAITERS) || !has_waited_for(&audit->inv))
		return 0;
	r = waiters_read(&audit->usage.waiters, &audit->procs, WAITERS_ALL,
			 clock_now_ns() + SETTLE_NS);
	if (r < 0)
		return r;
	audit->usage.has_read_waiters = true;
	return sem_waits_read(&audit->sem_waits, &audit->inv, &audit->procs, &audit->usage.waiters);
}

/* What is to be known besides objects and processes. */
static int read_more(struct audit *audit, unsigned needs)
{
	int r;

	if (needs & NEEDS_RESIDENT)
		inventory_read_resident(&audit->inv, audit->procs.proc_fd);
	r = read_holders(audit, needs);
	if (r < 0) {
		say_error("/proc/PID/maps: %s", strerror(-r));
		return r;
	}
	correct_huge_pages(audit);
	r = read_waiters(audit, needs);
	if (r < 0)
		say_error("/proc/PID/task: %s", strerror(-r));
	return r;
}

int audit_take(struct audit *audit, const struct command_context *context, unsigned kinds,
	       unsigned needs)
{
	int r;

	*audit = (struct audit){.options = context->options,
				.config = context->config,
				.patterns = context->patterns,
				.place = context->place,
				.parts = context->parts,
				.has = needs,
				.procs = {.proc_fd = -1},
				.inv = {.shm_fd = -1, .mqueue_fd = -1}};
	r = scan(audit, context, kinds);
	audit->taken_ns = clock_now_ns();
	if (r < 0) {
		say_error("objects: %s", strerror(-r));
		return r;
	}
	r = read_processes(&audit->procs, needs);
	if (r < 0) {
		say_error("/proc: the process table can't be read: %s", strerror(-r));
		inventory_done(&audit->inv);
		procs_done(&audit->procs);
		return r;
	}
	/* only we ourselves are no user: the shell that we are run from is one */
	audit->procs.callers_max = 0;
	audit->whos.procs = &audit->procs;
	audit->usage = (struct usage_scope){.inv = &audit->inv,
					    .procs = &audit->procs,
					    .deadline_ns = clock_now_ns() + PROBE_NS};
	audit->now = time(NULL);
	r = read_more(audit, needs);
	if (r < 0)
		audit_done(audit);
	return r;
}

void audit_done(struct audit *audit)
{
	free(audit->lives);
	sem_waits_done(&audit->sem_waits);
	usage_scope_done(&audit->usage);
	usernames_done(&audit->usernames);
	whos_done(&audit->whos);
	holders_done(&audit->holders);
	procs_done(&audit->procs);
	inventory_done(&audit->inv);
}

void audit_tell_gaps(const struct audit *audit)
{
	for (int kind = 0; kind < KIND_COUNT_; kind++)
		if (audit->inv.unseen & KIND_BIT(kind))
			say_error("%s: not all of them can be seen: %s",
				  kind_title((enum ipc_kind)kind),
				  strerror(-audit->inv.unseen_error[kind]));
	if (audit->holders.hidden)
		say_error(
			"%zu processes can't be looked into, so users of objects may be missing%s",
			audit->holders.hidden,
			geteuid() == 0 ? " (the kernel shows them to nobody, or had no memory to)"
				       : "; root sees all");
	else if (audit->procs.is_partial)
		say_error("/proc hides processes (hidepid=), so users of objects may be missing; "
			  "root sees all");
	else if (audit->usage.waiters.is_partial)
		say_error(
			"some threads can't be looked into, so who waits on sets and queues may be "
			"missing; root sees all");
	if (audit->sem_waits.unknown)
		say_error("%zu threads wait on semaphores, and for what can't be read",
			  audit->sem_waits.unknown);
}

bool audit_creator_lives(const struct audit *audit, const struct ipc_object *obj)
{
	return procs_creator_lives(&audit->procs, obj);
}

bool audit_last_user_lives(const struct audit *audit, const struct ipc_object *obj)
{
	return obj->lpid && procs_may_be_alive(&audit->procs, obj->lpid, obj->lpid_at);
}

bool audit_receiver_lives(const struct audit *audit, const struct ipc_object *obj)
{
	return obj->kind == KIND_MSG && obj->lrpid &&
	       procs_may_be_alive(&audit->procs, obj->lrpid, obj->lrpid_at);
}

uint64_t audit_age_s(const struct audit *audit, const struct ipc_object *obj)
{
	return obj->newest < audit->now ? (uint64_t)(audit->now - obj->newest) : 0;
}

int audit_is_unused(struct audit *audit, size_t object)
{
	struct ipc_object *obj = &audit->inv.objects[object];

	if (obj->kind == KIND_SHM)
		return obj->nattch == 0;
	if (obj->lease == LEASE_NOT_ASKED && usage_probe(&audit->usage, obj) < 0)
		return -ENODATA;
	if (obj->has_waiters || obj->live_user || obj->lease == LEASE_IN_USE)
		return 0;
	if (obj->is_blind || obj->lease == LEASE_UNKNOWN || obj->lease == LEASE_UNREADABLE)
		return -ENODATA;
	return 1;
}

static bool is_of_unit(struct audit *audit, pid_t pid)
{
	const struct who *who = whos_get(&audit->whos, pid);

	return who && who->unit && !strcmp(who->unit, audit->options->unit);
}

/* Whether the unit's processes made, last used or hold the object. */
static bool belongs_to_unit(struct audit *audit, size_t object)
{
	const struct ipc_object *obj = &audit->inv.objects[object];
	size_t count;
	const struct holding *holding = holders_of(&audit->holders, object, &count);

	if ((audit_creator_lives(audit, obj) && is_of_unit(audit, obj->cpid)) ||
	    (audit_last_user_lives(audit, obj) && is_of_unit(audit, obj->lpid)) ||
	    (audit_receiver_lives(audit, obj) && is_of_unit(audit, obj->lrpid)))
		return true;
	for (size_t i = 0; i < count; i++)
		if (is_of_unit(audit, holding[i].pid))
			return true;
	return false;
}

bool audit_is_wanted(struct audit *audit, size_t object)
{
	const struct options *options = audit->options;
	const struct ipc_object *obj = &audit->inv.objects[object];

	if (options->has_user && obj->uid != options->user && obj->cuid != options->user)
		return false;
	if (obj->bytes < options->min_size)
		return false;
	if (audit_age_s(audit, obj) < options->min_age_ns / NS_PER_S)
		return false;
	if (options->is_unused && audit_is_unused(audit, object) != 1)
		return false;
	return !options->unit || belongs_to_unit(audit, object);
}

static bool is_called(const struct ipc_object *obj, const char *ref)
{
	_cleanup_free_ char *own = object_ref(obj);

	return own && !strcmp(own, ref);
}

const char *audit_find_error(int error)
{
	return error == -EINVAL
		       ? "not an object: shm:ID, sem:ID, msg:ID, pshm:/NAME, psem:/NAME or "
			 "pmq:/NAME"
		       : "no such object";
}

int audit_find(const struct audit *audit, const char *ref, size_t *object)
{
	enum ipc_kind kind;
	const char *which;
	int r = object_parse_ref(ref, &kind, &which);

	if (r < 0)
		return r;
	for (size_t i = 0; i < audit->inv.count; i++) {
		const struct ipc_object *obj = &audit->inv.objects[i];

		if (obj->kind != kind)
			continue;
		/* a name as it is, or as reports print it */
		if (is_called(obj, ref) || (obj->name && !strcmp(obj->name, which))) {
			*object = i;
			return 0;
		}
	}
	return -ENOENT;
}
