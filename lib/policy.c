/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Should it go? Every rule of DESIGN.md's "Safety rules of cleanup", in the order in which they are
 * asked: the administrator's word first, then whether the owner is gone, then use, then whose it
 * is, then its age. The first rule that keeps the object gives the reason.
 */
#include "policy.h"

#include <stddef.h>

#include "clock.h"

/* Object times are whole seconds of another clock reading than the unit's. */
#define TIME_SLACK_S 2

static const struct {
	const char *name, *text;
} reasons[REASON_COUNT_] = {
	[REASON_UNUSED] = {"unused", "nobody uses it and its owner is gone"},
	[REASON_ATTACHED] = {"attached", "a process has the segment attached"},
	[REASON_OPEN] = {"open", "a process has it open or mapped"},
	[REASON_WAITERS] = {"waiters", "a process waits on it"},
	[REASON_LIVE_USER] = {"live-user", "the process that last used it is alive"},
	[REASON_OWNER_PRESENT] = {"owner-present", "its owner still has processes"},
	[REASON_NOT_VISIBLE] = {"not-visible", "who uses it can't be seen from here"},
	[REASON_GIVEN_AWAY] = {"given-away", "it was given to a user who is not gone"},
	[REASON_SHARED_USER] = {"shared-user",
				"others run as this user and it isn't shown to be the unit's"},
	[REASON_BASELINE] = {"baseline", "it existed before the unit started"},
	[REASON_LINGER] = {"linger", "its owner lingers (loginctl enable-linger)"},
	[REASON_KEPT_USER] = {"kept-user", "root, a system user, or listed in KeepUsers="},
	[REASON_KEPT_KEY] = {"kept-key", "its key is listed in KeepKeys="},
	[REASON_KEPT_NAME] = {"kept-name", "its name is listed in KeepNames="},
	[REASON_PATTERN] = {"pattern", "the pattern catalogue protects it or its group"},
	[REASON_TOO_YOUNG] = {"too-young", "it was used or changed within MinAge="},
	[REASON_UNREAD] = {"unread", "it holds unread messages (KeepUnread=)"},
	[REASON_CHANGED] = {"changed", "it changed while it was looked at"},
	[REASON_NOT_PERMITTED] = {"not-permitted", "the kernel refused the removal"},
	[REASON_WIPE_FAILED] = {"wipe-failed", "its contents could not be overwritten"},
	[REASON_DEADLINE] = {"deadline", "the run ended before its turn; the next run goes on"},
};

const char *reason_name(enum reason reason)
{
	return reasons[reason].name;
}

const char *reason_text(enum reason reason)
{
	return reasons[reason].text;
}

struct question {
	const struct policy *policy;
	const struct ipc_object *obj;
	const struct owner_state *owner;
	const struct owner_state *target; /* the one of the two whose leftovers these are to be */
	const struct pattern *pattern;	  /* what the catalogue knows of it, or NULL */
};

/* Each rule says whether it keeps the object. */

static bool is_kept_user(const struct question *q)
{
	if (q->owner->is_kept || q->target->is_kept)
		return true;
	return q->policy->command == POLICY_USER && q->target->is_system;
}

static bool is_lingering(const struct question *q)
{
	return q->policy->command != POLICY_SERVICE && q->target->lingers;
}

static bool is_kept_key(const struct question *q)
{
	return kind_is_sysv(q->obj->kind) && config_keeps_key(q->policy->config, q->obj->key);
}

static bool is_kept_name(const struct question *q)
{
	return q->obj->name && config_keeps_name(q->policy->config, q->obj->name);
}

static bool is_protected(const struct question *q)
{
	return q->pattern && pattern_is_protected(q->pattern);
}

static bool is_owner_present(const struct question *q)
{
	if (q->policy->command == POLICY_SERVICE)
		return q->target->presence.in_unit > 0;
	return q->target->presence.alive > 0;
}

static bool is_attached(const struct question *q)
{
	return q->obj->kind == KIND_SHM && q->obj->nattch > 0;
}

static bool is_open(const struct question *q)
{
	return q->obj->lease == LEASE_IN_USE;
}

static bool has_waiters(const struct question *q)
{
	return q->obj->has_waiters;
}

static bool has_live_user(const struct question *q)
{
	pid_t pid = q->pattern ? pattern_pid(q->pattern, q->obj) : 0;

	if (q->obj->live_user)
		return true;
	/* a pid in a name is believed only where all pids are seen, and only to keep the object */
	return pid && q->policy->procs->is_initial_pid_ns &&
	       procs_may_be_alive(q->policy->procs, pid, q->obj->ctime);
}

static bool is_not_visible(const struct question *q)
{
	return q->obj->is_blind || q->obj->lease == LEASE_UNKNOWN;
}

static bool is_given_away(const struct question *q)
{
	if (q->obj->uid == q->obj->cuid || q->target == q->owner)
		return false;
	return q->owner->is_system || q->owner->lingers || q->owner->presence.alive > 0;
}

static bool is_in_baseline(const struct question *q)
{
	const struct unit_facts *unit = q->policy->unit;

	return q->policy->command == POLICY_SERVICE && unit && unit->baseline &&
	       baseline_has(unit->baseline, q->obj);
}

static bool is_of_shared_user(const struct question *q)
{
	return q->policy->command == POLICY_SERVICE && q->target->presence.alive > 0 &&
	       !policy_made_by_unit(q->policy->unit, q->obj);
}

static bool is_unread(const struct question *q)
{
	return q->policy->config->keep_unread &&
	       (q->obj->kind == KIND_MSG || q->obj->kind == KIND_PMQ) && q->obj->qnum > 0;
}

static bool is_too_young(const struct question *q)
{
	uint64_t min_age_s = (q->policy->config->min_age_ns + NS_PER_S - 1) / NS_PER_S;

	if (!min_age_s)
		return false;
	/* a time in the future tells of a clock that was set: its age is not known */
	return q->obj->newest > q->policy->now ||
	       (uint64_t)(q->policy->now - q->obj->newest) < min_age_s;
}

static bool is_others(const struct question *q)
{
	return q->policy->self != 0 && q->policy->self != q->policy->target;
}

static const struct {
	bool (*keeps)(const struct question *question);
	enum reason reason;
} rules[] = {
	{is_kept_user, REASON_KEPT_USER},     {is_lingering, REASON_LINGER},
	{is_kept_key, REASON_KEPT_KEY},	      {is_kept_name, REASON_KEPT_NAME},
	{is_protected, REASON_PATTERN},	      {is_owner_present, REASON_OWNER_PRESENT},
	{is_attached, REASON_ATTACHED},	      {is_open, REASON_OPEN},
	{has_waiters, REASON_WAITERS},	      {has_live_user, REASON_LIVE_USER},
	{is_not_visible, REASON_NOT_VISIBLE}, {is_given_away, REASON_GIVEN_AWAY},
	{is_in_baseline, REASON_BASELINE},    {is_of_shared_user, REASON_SHARED_USER},
	{is_unread, REASON_UNREAD},	      {is_too_young, REASON_TOO_YOUNG},
	{is_others, REASON_NOT_PERMITTED},
};

bool reason_precedes_usage(enum reason reason)
{
	for (size_t i = 0; rules[i].keeps != is_attached; i++)
		if (rules[i].reason == reason)
			return true;
	return false;
}

enum verdict policy_judge(const struct policy *policy, const struct ipc_object *obj,
			  const struct owner_state *owner, const struct owner_state *creator,
			  enum reason *reason)
{
	const struct question question = {
		.policy = policy,
		.obj = obj,
		.owner = owner,
		.pattern = patterns_match(policy->patterns, obj),
		.target = obj->uid == policy->target ? owner : creator,
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].keeps(&question)) {
			*reason = rules[i].reason;
			return VERDICT_KEEP;
		}
	*reason = REASON_UNUSED;
	return VERDICT_REMOVE;
}

bool policy_is_of_group(const struct policy *policy, const struct ipc_object *obj)
{
	const struct pattern *pattern = patterns_match(policy->patterns, obj);

	return pattern && pattern_has_group(pattern);
}

bool policy_group_is_kept(const struct policy *policy, const struct ipc_object *obj,
			  const struct ipc_object *kept)
{
	const struct pattern *pattern = patterns_match(policy->patterns, obj);

	return pattern && pattern_has_group(pattern) && obj->uid == kept->uid &&
	       pattern_same_group(pattern, obj, kept);
}

bool policy_made_by_unit(const struct unit_facts *unit, const struct ipc_object *obj)
{
	/* only segments know their creator; without a baseline it may be older than the unit */
	if (!unit || !unit->baseline || obj->kind != KIND_SHM || !obj->cpid ||
	    baseline_has(unit->baseline, obj))
		return false;
	if (obj->cpid == unit->main_pid && unit->main_started &&
	    obj->ctime >= unit->main_started - TIME_SLACK_S &&
	    (!unit->main_exited || obj->ctime <= unit->main_exited + TIME_SLACK_S))
		return true;
	return baseline_saw_process(unit->baseline, obj->cpid, obj->ctime);
}
