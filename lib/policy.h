/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The third stage: one verdict and one reason for each object. No system call is made here: what
 * the judgement rests on is handed in, so that every rule can be tested as a table.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "baseline.h"
#include "config.h"
#include "object.h"
#include "patterns.h"
#include "procs.h"

enum verdict {
	VERDICT_KEEP,
	VERDICT_REMOVE,
};

/* Stable words: ipcclean(8) lists them, JSON prints them. */
enum reason {
	REASON_UNUSED, /* the one reason for removal */
	REASON_ATTACHED,
	REASON_OPEN,
	REASON_WAITERS,
	REASON_LIVE_USER,
	REASON_OWNER_PRESENT,
	REASON_NOT_VISIBLE,
	REASON_GIVEN_AWAY,
	REASON_SHARED_USER,
	REASON_BASELINE,
	REASON_LINGER,
	REASON_KEPT_USER,
	REASON_KEPT_KEY,
	REASON_KEPT_NAME,
	REASON_PATTERN,
	REASON_TOO_YOUNG,
	REASON_UNREAD,
	REASON_CHANGED,
	REASON_NOT_PERMITTED,
	REASON_WIPE_FAILED,
	REASON_DEADLINE,
	REASON_COUNT_
};

const char *reason_name(enum reason reason);

/* Whether the reason holds whatever usage_probe() would find: it needs not be asked then. */
bool reason_precedes_usage(enum reason reason);

/* One sentence on the reason, for -v and people. */
const char *reason_text(enum reason reason);

/* What is known about a uid when its objects are judged. */
struct owner_state {
	uid_t uid;
	bool is_system; /* uid 0, or below MinUid= */
	bool is_kept;	/* listed in KeepUsers=, or uid 0 */
	bool lingers;
	struct presence presence;
};

enum policy_command {
	POLICY_USER,	/* a user's last session has ended */
	POLICY_SERVICE, /* a unit has stopped */
	POLICY_ORPHANS, /* host-wide */
};

/* What is known about the unit that has stopped (POLICY_SERVICE). */
struct unit_facts {
	const char *name;   /* NULL if not known */
	const char *result; /* how it ended: "success", "signal" …; NULL if not known */
	pid_t main_pid;	    /* ExecMainPID, 0 if not known */
	time_t main_started, main_exited; /* ExecMainStart/ExitTimestamp, 0 if not known */
	const struct baseline *baseline;  /* NULL if none was taken */
};

struct policy {
	enum policy_command command;
	const struct config *config;
	const struct patterns *patterns;
	const struct procs *procs;
	const struct unit_facts *unit; /* POLICY_SERVICE only */
	time_t now;
	uid_t target; /* whose leftovers these are to be */
	uid_t self;   /* our effective uid: 0 may act as any user, others as themselves only */
};

/*
 * Judges one object of the target user. owner is the state of the object's uid, creator that of its
 * cuid (the same where they are equal). *reason is always set.
 */
enum verdict policy_judge(const struct policy *policy, const struct ipc_object *obj,
			  const struct owner_state *owner, const struct owner_state *creator,
			  enum reason *reason);

/*
 * Groups that live and die together: whether the catalogue names one for this object, and whether
 * `kept`, which stays by its own verdict, is a member of it. The caller then keeps obj as well,
 * reason `pattern`.
 */
bool policy_is_of_group(const struct policy *policy, const struct ipc_object *obj);
bool policy_group_is_kept(const struct policy *policy, const struct ipc_object *obj,
			  const struct ipc_object *kept);

/*
 * Whether the unit can be shown to have made the object, where others share its user: the object
 * did not exist when the unit started, and its creator was one of the unit's processes. The one
 * place to ask: tracing at creation will one day answer exactly.
 */
bool policy_made_by_unit(const struct unit_facts *unit, const struct ipc_object *obj);
