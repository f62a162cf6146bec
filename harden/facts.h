/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the service manager says of units, as far as it bears on IPC: one connection for many of them,
 * and two questions a unit (org.freedesktop.systemd1(5)). And making it act on one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "connection.h"
#include "manager.h"
#include "stringlist.h"

#define LIMIT_INFINITY UINT64_MAX

struct unit_facts {
	char *id;	    /* full name, aliases resolved */
	char *load_state;   /* "loaded", "masked", "not-found", "bad-setting" ... */
	char *active_state; /* "active", "failed" ... */
	char *cgroup;	    /* path below /sys/fs/cgroup, "" while it has none */
	char *user;	    /* User=, "" for none */
	uid_t uid;	    /* what that is */
	bool has_uid;	    /* false if it can't be resolved */
	struct string_list
		dependents;    /* units that require it, or are part of it, running or not */
	bool is_oneshot;       /* Type=oneshot */
	bool leaves_processes; /* KillMode= isn't control-group: sessions, containers outlive it */
	bool is_transient;     /* made by systemd-run and the like: no file defines it */
	bool has_pending_job;
	bool needs_reload; /* its files have changed since they were read */
	unsigned restarts; /* by itself, NRestarts */
	pid_t main_pid;
	bool knows_private_ipc, knows_call_log; /* this systemd has them (248, 247) */
	bool has_private_ipc;
	bool shares_ipc; /* IPCNamespacePath= or JoinsNamespaceOf=: a namespace with others */
	bool has_private_tmp, restricts_suid, has_no_new_privileges, removes_ipc;
	bool logs_calls;  /* SystemCallLog= is set */
	bool cleans;	  /* an ExecStopPost= runs ipcclean */
	int error_number; /* SystemCallErrorNumber=: 0 or -1 kills */
	mode_t umask;
	uint64_t msgqueue, memlock; /* LimitMSGQUEUE=, LimitMEMLOCK=: bytes, or LIMIT_INFINITY */
	struct manager_filter filter;
};

void unit_facts_done(struct unit_facts *facts);

/* "active" or on its way there. */
bool unit_runs(const struct unit_facts *facts);

/* Opens the connection for connection_done(). 0, -ENOTCONN or -ENOMEM. */
int facts_connect(struct connection *c, uint64_t timeout_ns);

/* Gives what comes next that long. */
void facts_renew(struct connection *c, uint64_t timeout_ns);

/* Reads one unit by its valid name. 0, -ENOENT, -ENOTCONN or another errno; facts for ..._done(). */
int facts_read(const struct connection *c, const char *unit, struct unit_facts *facts);

/* The same of a unit of any type, and only what units have in common. */
int facts_read_unit(const struct connection *c, const char *unit, struct unit_facts *facts);

/* The names of the services that are active, a NULL-terminated array for strv_free(). */
int facts_list_active(const struct connection *c, char ***names);

/* Reads unit files again. */
int facts_reload(const struct connection *c);

enum unit_verb { UNIT_START, UNIT_STOP, UNIT_RESTART, UNIT_RESET_FAILED };

/* Asks for it; facts_read() tells by has_pending_job when it is done. */
int facts_act(const struct connection *c, const char *unit, enum unit_verb verb);
