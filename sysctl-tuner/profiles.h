/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What products say they need, as data: one file NAME.conf a product, ipctune-profiles(5). A formula is taken
 * as its vendor states it, without a margin.
 *
 *   [Profile]
 *   Title=      what it is
 *   Note=       one sentence for people (optional)
 *
 *   [parameter NAME]
 *   Type=number|bytes|version|yesno|pages2k     (bytes: K, M, G, T; pages2k: of 2 KiB, or bytes with a letter)
 *   Default=    as it would be given; without it the parameter must be given, or where Required=no may be missing
 *   Required=no
 *   Least= Most=        the values it may have, both included
 *   Help=
 *
 *   [kernel.shmmax] …     any sysctl that ipctune knows, and vm.nr_hugepages
 *   Value=      a formula (formula.h) of the parameters and of ram, page_size, hugepage_size (bytes)
 *   Semmsl= Semmns= Semopm= Semmni=      of kernel.sem, in the place of Value=
 *   Source=     where the vendor says so
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "host.h"
#include "patterns.h"

/* A target besides the parameters: pages of the default size. */
#define TARGET_HUGEPAGES PARAMETER_COUNT_

struct profile_value {
	unsigned target; /* a parameter_id, or TARGET_HUGEPAGES */
	uint64_t value;
	char *formula, *source; /* owned */
};

/* What one product needs here. */
struct profile_need {
	char *name;  /* "oracle"; owned */
	char *title; /* owned */
	char *note;  /* or NULL; owned */
	char *doubt; /* what was given and is hardly meant so; or NULL; owned */
	struct profile_value *values;
	size_t count;
};

struct profile_needs {
	struct profile_need *list;
	size_t count;
};

/*
 * Evaluates "NAME" or "NAME:key=value,key=value" for a host and appends it. Files are those of this build
 * (profiles.d beside the program) or else /usr/lib/ipcguard/profiles.d, and /etc/ipcguard/profiles.d, the
 * later in the place of the earlier of the same name. Returns 0, or a negative
 * errno with *error filled: -ENOENT for no such profile (those that exist are named).
 */
int profiles_add(struct profile_needs *needs, const char *text, const struct host *host,
		 const char *const *dirs, struct parse_error *error);
void profile_needs_done(struct profile_needs *needs);

/* What it says of a target; 0: nothing. */
uint64_t profile_need_of(const struct profile_need *need, unsigned target);

/* Lists them with their parameters, for people. Returns 0 or a negative errno with *error filled. */
int profiles_print(FILE *out, const char *const *dirs, struct parse_error *error);

/* The directories above, for profiles_add(): a NULL-terminated list that lives as long as the program. */
const char *const *profiles_dirs(void);
