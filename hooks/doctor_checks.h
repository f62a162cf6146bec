/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The checks of `ipcclean doctor`, and how they say what they found. */
#pragma once

#include "clock.h"
#include "doctor.h"
#include "stringlist.h"

/* How long a manager may take to answer one check. */
#define CHECK_ASK_NS (3 * NS_PER_S)

/* Each fills state, detail and fix. Returns 0 or -ENOMEM: whatever else fails is a finding. */
typedef int check_fn(const struct options *options, struct check *check);

check_fn check_pam, check_removeipc, check_user_dropin, check_selinux; /* of logins */
check_fn check_sweep, check_config, check_leases, check_units;	       /* of the rest */

/* Fills a row; fix may be NULL. Returns 0 or -ENOMEM. */
int check_set(struct check *check, enum check_state state, const char *fix, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The first names of a list, "a, b and 3 more", to be freed; NULL without memory. */
char *check_join(const struct string_list *names);

const char *check_state_name(enum check_state state);

/* Prints the document of one run. Returns 0, -ENOSYS without json-c, or another negative errno. */
int doctor_print_json(const struct check *checks, size_t count, bool is_ok);
