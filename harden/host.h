/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `ipcharden host`: what of the host's settings endangers IPC objects? Each check is one function that
 * looks and says what it found.
 */
#pragma once

#include <stdbool.h>

#include "look.h"
#include "text.h"

enum host_state {
	HOST_FINE,
	HOST_ADVICE, /* worth doing */
	HOST_RISK,   /* somebody can do harm now */
	HOST_NONE,   /* doesn't apply here, or can't be told */
};

struct host_check {
	enum host_state state;
	struct text evidence; /* what was seen */
	struct text risk;     /* what may come of it; empty where it is fine */
	struct text command;  /* what an administrator does; empty for nothing */
};

/* root: a directory that all paths are below (tests), "" for the host's own. */
struct host {
	const char *root;
	const struct look *look;
};

typedef void host_fn(const struct host *host, struct host_check *check);

host_fn host_check_rmid_forced, host_check_init_on_free, host_check_dev_shm, host_check_mqueue,
	host_check_mqueue_limits, host_check_pam_limits, host_check_hugetlb_group,
	host_check_removeipc, host_check_ptrace, host_check_world_access;

/* A number in a file of /proc/sys below the host's root: 0 or a negative errno. */
int host_read_number(const struct host *host, const char *path, uint64_t *value);

/* A whole text file below the host's root, to be freed. */
int host_read_text(const struct host *host, const char *path, char **text);
