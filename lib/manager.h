/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the service manager (systemd, over D-Bus; libsystemd loaded when asked for) knows of a unit.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "procs.h"

struct manager_unit {
	char *id;     /* the unit's full name, aliases resolved; owned */
	char *user;   /* User= as written, "" for none; owned */
	uid_t uid;    /* what it is: 0 for none; DynamicUser= included */
	bool has_uid; /* false if the user can't be resolved */
	bool is_dynamic_user;
	bool has_private_ipc; /* PrivateIPC=yes */
	char *result;	      /* Result=: "success", "exit-code", "signal", "timeout" …; owned */
	char *invocation;     /* InvocationID= in hex, "" for none; owned */
	char *active_state;   /* "active", "deactivating" …; owned */
	pid_t main_pid;	      /* ExecMainPID=, 0 for none */
	time_t main_started,
		main_exited;	 /* ExecMain{Start,Exit}Timestamp= in seconds, 0 for none */
	time_t activating_since; /* InactiveExitTimestamp= in seconds, 0 for none */
};

/*
 * Asks the manager about a loaded unit. Returns 0 and facts for manager_unit_done(), -ENOENT if
 * there is no such unit, -ENOTCONN if no manager answers within timeout_ns (or libsystemd is not
 * there), -EINVAL for a name that is no unit name, or another negative errno.
 */
int manager_read_unit(const char *unit, uint64_t timeout_ns, struct manager_unit *out);
void manager_unit_done(struct manager_unit *unit);

/*
 * Names the service units that run as uid, loaded or installed. Returns 0 and a NULL-terminated
 * array of strings, all to be freed (strv_free), or a negative errno as above.
 */
int manager_units_of_user(uid_t uid, uint64_t timeout_ns, char ***names);
void strv_free(char **strv);

/*
 * What state a unit of any type is in: "active", "inactive" ... to be freed. unit is a valid unit
 * name. Returns 0, -ENOENT if there is no such unit, or an error as above.
 */
int manager_unit_state(const char *unit, uint64_t timeout_ns, char **active_state);

/* Which system calls a unit may make, SystemCallFilter= of systemd.exec(5). */
struct manager_filter {
	bool is_allow_list; /* these and no others; else all but these */
	char **calls; /* names, groups like @ipc resolved, maybe ":ERRNO" behind; NULL-terminated */
};

/*
 * What it is by the unit files now, also where the unit's processes still run with another. Returns 0
 * and a filter for manager_filter_done(), or an error as above.
 */
int manager_read_filter(const char *unit, uint64_t timeout_ns, struct manager_filter *filter);
void manager_filter_done(struct manager_filter *filter);

/* Whether it refuses a system call. */
bool manager_filter_blocks(const struct manager_filter *filter, const char *call);

/* Makes the manager read its unit files again. 0, -ENOTCONN or another negative errno. */
int manager_reload(uint64_t timeout_ns);

/*
 * Whether the running logind removes IPC objects, whatever its files say by now (property
 * RemoveIPC, org.freedesktop.login1(5)). Returns 0, -ENOTCONN or another negative errno.
 */
int manager_logind_removes_ipc(uint64_t timeout_ns, bool *does);

/*
 * Whether a text can be the name of a service unit: "name.service" or "name@instance.service",
 * letters, digits, and ":-_.\@" only, at most 255 bytes (systemd's unit_name_is_valid).
 */
bool unit_name_is_service(const char *name);

/* Whether it has only characters of unit names, of any type: safe for any terminal. */
bool unit_name_is_clean(const char *name);
