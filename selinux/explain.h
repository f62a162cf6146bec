/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a denial means: what the program tried, what all of the call needs, whose key it is by custom, and
 * whether categories stand in the way. Facts of the kernel's hooks (security/selinux/hooks.c), of
 * ipcperms() (ipc/util.c) and of the reference policy's mcs constraints; no policy is asked.
 */
#pragma once

#include "denial.h"
#include "text.h"

/* What a permission of a class is asked for, "attaching it for writing"; NULL if that isn't known. */
const char *explain_permission(const char *class, const char *permission);

/*
 * Adds all that the denial's call needs of its class, permissions with a blank between: where a policy is
 * enforced only the first that fails is in the log. false, and nothing added, where that isn't known.
 */
bool explain_needs(struct text *text, const struct denial *denial);

/* What the same call asks for the message, after all that it asks for the queue; NULL for other calls. */
const char *explain_message(const struct denial *denial);

/* Whose label scontext is. */
enum explain_source {
	SOURCE_PROCESS,	 /* of pid and comm, as nearly always */
	SOURCE_MESSAGE,	 /* of the message that is to be put into a queue */
	SOURCE_RECEIVER, /* of who waits in msgrcv(2): pid, comm and call are the sender's */
	SOURCE_EITHER,	 /* of the process or of a receiver: no call is told */
};

/* As far as class, denied permissions and call (or "") tell: security/selinux/hooks.c, msg_queue_msgsnd and msgrcv. */
enum explain_source explain_source(const char *class, const char *denied, const char *op);

/* Whose key it is by custom: "NTP0, ntpd's and chronyd's reference clock 0". NULL for any other. */
const char *explain_key(uint32_t key);

/* Whether categories (MCS) stand in the way. */
enum explain_range {
	RANGE_NONE,
	RANGE_PERHAPS, /* the target has some that the source lacks: the policy may have constrained the source */
	RANGE_REFUSES, /* and the source has others, as a container has: it is constrained, no rule helps */
};

/*
 * Looks at contexts and permissions alone; those that policies constrain are looked at. Contexts without
 * categories, or in another form, have none.
 */
enum explain_range explain_range(const char *scontext, const char *tcontext, const char *denied);
