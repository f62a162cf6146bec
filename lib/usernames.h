/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What users are called: each uid is asked for once, NSS may be slow. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct usernames {
	struct username {
		uid_t uid;
		char *text;
	} * all;
	size_t count, last;
};

/*
 * The user's name, safe for a terminal, or the number of one without a name. It lives as long as
 * the list. NULL without memory.
 */
const char *usernames_get(struct usernames *names, uid_t uid);
void usernames_done(struct usernames *names);
