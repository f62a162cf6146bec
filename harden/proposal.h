/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which directives take away what a unit was not seen to use, each with its evidence; and which were
 * weighed and not proposed, and why. It rests on the manager's facts and on one observation, and on
 * nothing else: what can't be told is not taken away.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "facts.h"
#include "observation.h"

struct proposal_line {
	char *directive; /* "PrivateIPC=yes"; of `omitted`: what was weighed; of `advice`: an object */
	char *reason;
};

struct proposal_list {
	struct proposal_line *all;
	size_t count;
};

struct proposal {
	struct proposal_list lines, omitted, advice;
	bool blocked[CALL_COUNT_]; /* calls that its filter refuses and the present one doesn't */
};

/* Returns 0 and a proposal for proposal_done(), or -ENOMEM. */
int proposal_make(struct proposal *proposal, const struct unit_facts *facts,
		  const struct observation *observation);
void proposal_done(struct proposal *proposal);

/*
 * The drop-in's text, to be freed: its header, and above each directive a comment with its evidence.
 * NULL without memory.
 */
char *proposal_text(const struct proposal *proposal, const struct observation *observation);

/*
 * The same for a trial of a unit with SystemCallErrorNumber=: calls of the filter end the process
 * (":kill", systemd 247), where otherwise they would fail without a record, which only the program knows.
 */
char *proposal_text_that_kills(const struct proposal *proposal,
			       const struct observation *observation);

/* Adds to a list; reason is a format. 0 or -ENOMEM. */
int proposal_add(struct proposal_list *list, const char *directive, const char *reason, ...)
	__attribute__((format(printf, 3, 4)));

/* The part on objects that POSIX or private memory would do for. 0 or -ENOMEM. */
int proposal_advise(struct proposal_list *advice, const struct unit_facts *facts,
		    const struct observation *observation);
