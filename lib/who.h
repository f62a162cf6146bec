/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is a process? Its name and where it belongs, read from /proc/PID/comm and cgroup when asked
 * for and kept: for people and JSON, no judgement rests on it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "procs.h"

struct who {
	pid_t pid;
	char *comm; /* safe for a terminal; NULL if it can't be read */
	char *unit; /* innermost service or scope: "cron.service", "session-3.scope"; or NULL */
	bool is_host_unit; /* the unit is one of this host's manager, not of a user's or container's */
	char *container; /* name or id that the container's manager gave it; or NULL */
};

struct whos {
	const struct procs *procs;
	struct who **all; /* sorted by pid */
	size_t count;
};

/* What is known of a live process. It lives as long as the list. NULL without memory. */
const struct who *whos_get(struct whos *whos, pid_t pid);
void whos_done(struct whos *whos);

/*
 * The container that a cgroup path leads into, outermost first: docker-ID.scope, libpod-ID.scope,
 * crio-ID.scope, cri-containerd-ID.scope (ids cut to 12 digits), /docker/ID, machine-NAME.scope and
 * systemd-nspawn@NAME.service, lxc.payload.NAME, /lxc/NAME. Returns 0, or -ENOENT.
 */
#define CONTAINER_NAME_SIZE 256
int cgroup_container(const char *path, char name[CONTAINER_NAME_SIZE]);
