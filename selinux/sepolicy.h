/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What does the policy say to a denial: which rule is missing, or what else refuses, and which boolean
 * would allow it? audit2why's question, asked of libsepol, which is loaded for the first.
 */
#pragma once

#include <stdbool.h>

#include "text.h"

/* each takes about as long as reading the policy a few times */
#define SEPOLICY_SEARCHES_MAX 64

struct sepolicy;

enum sepolicy_reason {
	SEPOLICY_ALLOWS,     /* by now: loaded since, or another boolean */
	SEPOLICY_RULE,	     /* no rule allows it */
	SEPOLICY_RANGE,	     /* a constraint, which the ranges (MLS, MCS) don't meet */
	SEPOLICY_CONSTRAINT, /* a constraint on user, role or type */
	SEPOLICY_ROLE,	     /* a role may not become another (process transitions) */
	SEPOLICY_BOUNDS,     /* the type is bounded by another, which lacks it */
	SEPOLICY_COUNT_
};

struct sepolicy_question {
	const char *scontext, *tcontext, *class;
	const char *denied; /* permissions, one blank between */
	const char *needed; /* all that the call needs, or NULL */
};

struct sepolicy_answer {
	enum sepolicy_reason reason; /* of the first of those denied that is refused */
	/* permissions with a blank between, of those denied and those needed; bytes may be NULL */
	struct text missing;	 /* no rule allows them */
	struct text constrained; /* allowed, and refused by a constraint */
	struct text silent;	 /* refused and not logged (dontaudit) */
	struct text boolean;	 /* that allows what was denied when it is changed */
	bool boolean_value;	 /* to this */
};

/* A policy file; NULL: the kernel's, read when it is asked. 0 and one for sepolicy_free(), or -ENOMEM. */
int sepolicy_new(struct sepolicy **out, const char *file);
void sepolicy_free(struct sepolicy *policy);

/* Whether it is the kernel's. */
bool sepolicy_is_of_host(const struct sepolicy *policy);

/*
 * Reads it, if it wasn't yet, or if the kernel was given another since. Returns 0, -ENOSYS where libsepol is missing, -EBADMSG if it is no
 * policy, or another negative errno.
 */
int sepolicy_load(struct sepolicy *policy);

/*
 * Returns 1 and an answer for sepolicy_answer_done(), 0 where there is no policy or it knows one of the
 * names not, or -ENOMEM. Booleans are looked for SEPOLICY_SEARCHES_MAX different questions.
 */
int sepolicy_ask(struct sepolicy *policy, const struct sepolicy_question *question,
		 struct sepolicy_answer *answer);
void sepolicy_answer_done(struct sepolicy_answer *answer);

/* Stable words for JSON. */
const char *sepolicy_reason_name(enum sepolicy_reason reason);
