/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the text of /proc/PID/stat, status and cgroup (proc(5), cgroups(7)). Apart from the rest so
 * that they can be tested and fuzzed on damaged text.
 */
#pragma once

#include "procs.h"

struct proc_status {
	uid_t ruid, euid, suid;
	bool is_dead; /* zombie, or on its way out; of the main thread only */
};

/*
 * What stands in `stat`, of a process or a thread, behind the command name, from " S" (3) on. The name may
 * hold anything, parentheses and newlines too: it ends at the last ')'. "" where there is none.
 */
const char *procs_behind_name(const char *stat);

/* Takes ppid, threads, start_ticks and is_kernel_thread from `stat`. Returns 0 or -EBADMSG. */
int procs_parse_stat(const char *text, struct proc *proc);

/*
 * Returns 0, or -EBADMSG without State: and Uid: lines. The Name: line can't imitate them. What
 * stands behind Groups:, which may be of any length, is not asked for.
 */
int procs_parse_status(const char *text, struct proc_status *status);

/* The path of the v2 line "0::…", or of "N:name=systemd:…" unless that v2 line has a path. */
int procs_parse_cgroup(const char *text, char buf[CGROUP_PATH_SIZE]);
