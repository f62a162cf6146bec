/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every rule of policy_judge(), each with the nearest case on the other side. A case starts from a
 * leftover that goes and changes what the rule is about.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "policy.h"

#define ALICE 2001
#define BOB 2002
#define NOW 1000000

struct fixture {
	struct ipc_object obj;
	struct owner_state owner, creator;
	struct config config;
	struct procs procs;
	struct unit_facts unit;
	struct policy policy;
};

static struct patterns *patterns;

static int load_patterns(void **state)
{
	static const char *const dirs[] = {"hooks/patterns.d", NULL};
	struct parse_error error = {0};

	(void)state;
	return patterns_load(&patterns, dirs, &error);
}

static int free_patterns(void **state)
{
	(void)state;
	patterns_free(patterns);
	return 0;
}

/* A segment that alice left: she is gone, nobody has it. */
static void leftover(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->obj = (struct ipc_object){.kind = KIND_SHM,
				     .id = 0,
				     .key = 0x1234,
				     .uid = ALICE,
				     .cuid = ALICE,
				     .mode = 0600,
				     .ctime = NOW - 100,
				     .newest = NOW - 100,
				     .cpid = 4242};
	f->owner = (struct owner_state){.uid = ALICE};
	f->creator = (struct owner_state){.uid = ALICE};
	config_defaults(&f->config);
	f->procs = (struct procs){.proc_fd = -1, .is_initial_pid_ns = true};
	f->policy = (struct policy){.command = POLICY_USER,
				    .config = &f->config,
				    .patterns = patterns,
				    .procs = &f->procs,
				    .unit = &f->unit,
				    .now = NOW,
				    .target = ALICE,
				    .self = 0};
}

typedef void (*change)(struct fixture *f);

#define CHANGE(name, ...)                   \
	static void name(struct fixture *f) \
	{                                   \
		__VA_ARGS__;                \
	}

CHANGE(nothing, (void)f)
CHANGE(kept_user, f->owner.is_kept = true)
CHANGE(system_user_logout, f->owner.is_system = true)
CHANGE(system_user_service, f->owner.is_system = true; f->policy.command = POLICY_SERVICE)
CHANGE(system_user_orphans, f->owner.is_system = true; f->policy.command = POLICY_ORPHANS)
CHANGE(lingers, f->owner.lingers = true)
CHANGE(lingers_service, f->owner.lingers = true; f->policy.command = POLICY_SERVICE)
CHANGE(lingers_orphans, f->owner.lingers = true; f->policy.command = POLICY_ORPHANS)
CHANGE(key_listed, config_add_keep_key(&f->config, "0x1234"))
CHANGE(key_not_listed, config_add_keep_key(&f->config, "0x1235"))

static void to_pshm(struct fixture *f, const char *name)
{
	f->obj.kind = KIND_PSHM;
	f->obj.id = -1;
	f->obj.key = 0;
	f->obj.name = (char *)(uintptr_t)name;
	f->obj.lease = LEASE_FREE;
}

CHANGE(name_listed, to_pshm(f, "/cache.1"); config_add_keep_name(&f->config, "/cache.*"))
CHANGE(name_not_listed, to_pshm(f, "/cachet"); config_add_keep_name(&f->config, "/cache.*"))
CHANGE(name_protected, to_pshm(f, "/libpod_lock"))
CHANGE(name_nearly_protected, to_pshm(f, "/libpod_loc"))
CHANGE(owner_here, f->owner.presence.alive = 1)
CHANGE(owner_here_attached, f->owner.presence.alive = 1; f->obj.nattch = 1)
CHANGE(attached, f->obj.nattch = 1)
CHANGE(attached_before_age, f->obj.nattch = 1; f->config.min_age_ns = 3600 * NS_PER_S)
CHANGE(opened, to_pshm(f, "/x"); f->obj.lease = LEASE_IN_USE)
CHANGE(lease_granted, to_pshm(f, "/x"))
CHANGE(lease_postponed, to_pshm(f, "/x"); f->obj.lease = LEASE_UNREADABLE)
CHANGE(lease_unknown, to_pshm(f, "/x"); f->obj.lease = LEASE_UNKNOWN)
CHANGE(waited_on, f->obj.kind = KIND_SEM; f->obj.has_waiters = true)
CHANGE(not_waited_on, f->obj.kind = KIND_SEM)
CHANGE(live_user, f->obj.kind = KIND_MSG; f->obj.live_user = 77)
CHANGE(blind, f->obj.is_blind = true)
CHANGE(given_to_present, f->obj.uid = BOB; f->owner.uid = BOB; f->owner.presence.alive = 1)
CHANGE(given_to_gone, f->obj.uid = BOB; f->owner.uid = BOB)
CHANGE(given_to_lingering, f->obj.uid = BOB; f->owner.uid = BOB; f->owner.lingers = true)
CHANGE(given_to_system, f->obj.uid = BOB; f->owner.uid = BOB; f->owner.is_system = true)
CHANGE(given_to_kept, f->obj.uid = BOB; f->owner.uid = BOB; f->owner.is_kept = true)
CHANGE(got_from_present, f->obj.cuid = BOB; f->creator.uid = BOB; f->creator.presence.alive = 1)
CHANGE(got_from_root, f->obj.cuid = 0; f->creator.uid = 0; f->creator.is_kept = true;
       f->creator.is_system = true; f->creator.presence.alive = 9)
CHANGE(unread, f->obj.kind = KIND_MSG; f->obj.qnum = 1; f->config.keep_unread = true)
CHANGE(unread_may_go, f->obj.kind = KIND_MSG; f->obj.qnum = 1)
CHANGE(all_read, f->obj.kind = KIND_MSG; f->config.keep_unread = true)
CHANGE(old_enough, f->config.min_age_ns = 100 * NS_PER_S)
CHANGE(too_young, f->config.min_age_ns = 101 * NS_PER_S)
CHANGE(too_young_by_part, f->config.min_age_ns = 100 * NS_PER_S + 1)
CHANGE(from_the_future, f->obj.newest = NOW + 1; f->config.min_age_ns = 1)
CHANGE(future_without_min_age, f->obj.newest = NOW + 1)
CHANGE(others_object, f->policy.self = BOB)
CHANGE(own_object, f->policy.self = ALICE)
CHANGE(service_dedicated, f->policy.command = POLICY_SERVICE)
CHANGE(service_shared, f->policy.command = POLICY_SERVICE; f->owner.presence.alive = 1)
CHANGE(service_own_process, f->policy.command = POLICY_SERVICE; f->owner.presence.alive = 1;
       f->owner.presence.in_unit = 1)
/* main pid alone is no proof without a baseline: the segment may be older than the unit */
CHANGE(service_shared_main_pid_only, service_shared(f); f->unit.main_pid = 4242;
       f->unit.main_started = NOW - 200)

static const struct {
	const char *title;
	change change;
	enum verdict verdict;
	enum reason reason;
} cases[] = {
	{"leftover goes", nothing, VERDICT_REMOVE, REASON_UNUSED},
	{"kept user", kept_user, VERDICT_KEEP, REASON_KEPT_USER},
	{"system user at logout", system_user_logout, VERDICT_KEEP, REASON_KEPT_USER},
	{"system user's service", system_user_service, VERDICT_REMOVE, REASON_UNUSED},
	{"system user's orphan", system_user_orphans, VERDICT_REMOVE, REASON_UNUSED},
	{"linger at logout", lingers, VERDICT_KEEP, REASON_LINGER},
	{"linger, host-wide", lingers_orphans, VERDICT_KEEP, REASON_LINGER},
	{"linger doesn't matter to a service", lingers_service, VERDICT_REMOVE, REASON_UNUSED},
	{"key listed", key_listed, VERDICT_KEEP, REASON_KEPT_KEY},
	{"key not listed", key_not_listed, VERDICT_REMOVE, REASON_UNUSED},
	{"name listed", name_listed, VERDICT_KEEP, REASON_KEPT_NAME},
	{"name not listed", name_not_listed, VERDICT_REMOVE, REASON_UNUSED},
	{"name protected", name_protected, VERDICT_KEEP, REASON_PATTERN},
	{"name nearly protected", name_nearly_protected, VERDICT_REMOVE, REASON_UNUSED},
	{"owner present", owner_here, VERDICT_KEEP, REASON_OWNER_PRESENT},
	{"owner present, attached", owner_here_attached, VERDICT_KEEP, REASON_OWNER_PRESENT},
	{"attached", attached, VERDICT_KEEP, REASON_ATTACHED},
	{"attached counts before age", attached_before_age, VERDICT_KEEP, REASON_ATTACHED},
	{"open", opened, VERDICT_KEEP, REASON_OPEN},
	{"lease granted", lease_granted, VERDICT_REMOVE, REASON_UNUSED},
	{"lease asked when it is removed", lease_postponed, VERDICT_REMOVE, REASON_UNUSED},
	{"no lease to be had", lease_unknown, VERDICT_KEEP, REASON_NOT_VISIBLE},
	{"waiters", waited_on, VERDICT_KEEP, REASON_WAITERS},
	{"no waiters", not_waited_on, VERDICT_REMOVE, REASON_UNUSED},
	{"live user", live_user, VERDICT_KEEP, REASON_LIVE_USER},
	{"not visible", blind, VERDICT_KEEP, REASON_NOT_VISIBLE},
	{"given to a present user", given_to_present, VERDICT_KEEP, REASON_GIVEN_AWAY},
	{"given to a gone user", given_to_gone, VERDICT_REMOVE, REASON_UNUSED},
	{"given to a lingering user", given_to_lingering, VERDICT_KEEP, REASON_GIVEN_AWAY},
	{"given to a system user", given_to_system, VERDICT_KEEP, REASON_GIVEN_AWAY},
	{"given to a kept user", given_to_kept, VERDICT_KEEP, REASON_KEPT_USER},
	{"got from a present user", got_from_present, VERDICT_REMOVE, REASON_UNUSED},
	{"got from root", got_from_root, VERDICT_REMOVE, REASON_UNUSED},
	{"unread", unread, VERDICT_KEEP, REASON_UNREAD},
	{"unread, not asked for", unread_may_go, VERDICT_REMOVE, REASON_UNUSED},
	{"all read", all_read, VERDICT_REMOVE, REASON_UNUSED},
	{"as old as MinAge", old_enough, VERDICT_REMOVE, REASON_UNUSED},
	{"a second younger than MinAge", too_young, VERDICT_KEEP, REASON_TOO_YOUNG},
	{"part of a second younger", too_young_by_part, VERDICT_KEEP, REASON_TOO_YOUNG},
	{"time in the future", from_the_future, VERDICT_KEEP, REASON_TOO_YOUNG},
	{"future, no MinAge", future_without_min_age, VERDICT_REMOVE, REASON_UNUSED},
	{"another's, unprivileged", others_object, VERDICT_KEEP, REASON_NOT_PERMITTED},
	{"one's own, unprivileged", own_object, VERDICT_REMOVE, REASON_UNUSED},
	{"service, user of its own", service_dedicated, VERDICT_REMOVE, REASON_UNUSED},
	{"service, shared user", service_shared, VERDICT_KEEP, REASON_SHARED_USER},
	{"service with processes left", service_own_process, VERDICT_KEEP, REASON_OWNER_PRESENT},
	{"service, main pid but no baseline", service_shared_main_pid_only, VERDICT_KEEP,
	 REASON_SHARED_USER},
};

static void judges_every_rule_on_both_sides(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;
		enum reason reason = REASON_COUNT_;
		enum verdict verdict;

		leftover(&f);
		cases[i].change(&f);
		if (f.obj.uid == f.obj.cuid)
			f.creator = f.owner;
		verdict = policy_judge(&f.policy, &f.obj, &f.owner, &f.creator, &reason);
		if (verdict != cases[i].verdict || reason != cases[i].reason) {
			print_error("%s: got %s (%s), wanted %s\n", cases[i].title,
				    reason_name(reason),
				    verdict == VERDICT_KEEP ? "keep" : "remove",
				    reason_name(cases[i].reason));
			wrong++;
		}
		config_done(&f.config);
	}
	assert_int_equal(wrong, 0);
}

static void believes_a_pid_in_a_name_only_where_all_pids_are_seen(void **state)
{
	struct fixture f;
	struct proc self = {.pid = 4711, .started = NOW - 1000};
	enum reason reason;

	(void)state;
	leftover(&f);
	to_pshm(&f, "/tt_h2d_4711_0");
	f.procs.all = &self;
	f.procs.count = 1;
	assert_int_equal(policy_judge(&f.policy, &f.obj, &f.owner, &f.creator, &reason),
			 VERDICT_KEEP);
	assert_int_equal(reason, REASON_LIVE_USER);
	/* the pid was reused: that process is younger than the object */
	self.started = NOW - 50;
	assert_int_equal(policy_judge(&f.policy, &f.obj, &f.owner, &f.creator, &reason),
			 VERDICT_REMOVE);
	self.started = NOW - 1000;
	f.procs.is_initial_pid_ns = false;
	assert_int_equal(policy_judge(&f.policy, &f.obj, &f.owner, &f.creator, &reason),
			 VERDICT_REMOVE);
	config_done(&f.config);
}

static void names_every_reason_once(void **state)
{
	(void)state;
	for (int i = 0; i < REASON_COUNT_; i++) {
		assert_non_null(reason_name((enum reason)i));
		assert_non_null(reason_text((enum reason)i));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(reason_name((enum reason)i),
						reason_name((enum reason)j));
	}
}

static void asks_no_object_whose_answer_could_not_matter(void **state)
{
	(void)state;
	assert_true(reason_precedes_usage(REASON_OWNER_PRESENT));
	assert_true(reason_precedes_usage(REASON_PATTERN));
	assert_false(reason_precedes_usage(REASON_ATTACHED));
	assert_false(reason_precedes_usage(REASON_TOO_YOUNG));
	assert_false(reason_precedes_usage(REASON_UNUSED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_every_rule_on_both_sides),
		cmocka_unit_test(believes_a_pid_in_a_name_only_where_all_pids_are_seen),
		cmocka_unit_test(names_every_reason_once),
		cmocka_unit_test(asks_no_object_whose_answer_could_not_matter),
	};

	return cmocka_run_group_tests(tests, load_patterns, free_patterns);
}
