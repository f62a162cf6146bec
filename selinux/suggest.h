/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What to do about a denial, the narrowest first: the program itself, the creator's domain or its files' type,
 * the stale object, mode bits, a boolean, and only then a rule, for what was denied and nothing more.
 */
#pragma once

#include "groups.h"
#include "sepolicy.h"
#include "text.h"

enum suggestion_kind {
	SUGGEST_PROGRAM, /* its key is a failure's */
	SUGGEST_DOMAIN, /* what makes the object runs in none of its own, or in another than who asks */
	SUGGEST_LABEL,	 /* containers that share objects, and no label */
	SUGGEST_TYPE,	 /* the file has the type that all get which nobody has given one */
	SUGGEST_REMOVE,	 /* the object is left over: made anew it has another label */
	SUGGEST_MODE,	 /* owner or mode, instead of the right to go past them */
	SUGGEST_BOOLEAN, /* of the policy, that has been thought of for this */
	SUGGEST_RULE,	 /* CIL */
};

struct suggestion {
	enum suggestion_kind kind;
	struct text text; /* a sentence with the command, or the rule alone */
	bool is_wide;	  /* a rule that opens the objects of many programs */
};

#define SUGGESTIONS_MAX 5

struct suggestions {
	struct suggestion all[SUGGESTIONS_MAX];
	size_t count;
};

/*
 * Makes them, for suggestions_done(). answer is what the policy said, or NULL. Names in them are safe for
 * a terminal and in a policy.
 */
void suggestions_make(struct suggestions *suggestions, struct live *live, const struct group *group,
		      const struct sepolicy_answer *answer);
void suggestions_done(struct suggestions *suggestions);

/* Whether objects of many programs have this type: of those without a domain, of a user, of containers. */
bool suggest_is_shared_type(const char *type);

/*
 * Adds a rule in CIL, "(allow httpd_t db_t (sem (unix_read)))", types from the contexts. false, and
 * nothing added, where a name could not stand in a policy.
 */
bool suggest_add_rule(struct text *text, const char *scontext, const char *tcontext,
		      const char *class, const char *permissions);

/* Stable words for JSON. */
const char *suggestion_kind_name(enum suggestion_kind kind);
