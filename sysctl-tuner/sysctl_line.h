/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of a file of sysctl.d: sysctl.d(5), and what systemd makes of the rest. */
#pragma once

#include "sysctl_files.h"

#define SYSCTL_FILE_MAX (1024 * 1024)
#define SYSCTL_LINES_MAX 10000

/*
 * Adds the assignments and exclusions that a text holds to the lines. Returns 0, -ENOMEM, or -E2BIG
 * past SYSCTL_LINES_MAX lines.
 */
int sysctl_lines_add(struct sysctl_files *files, const char *file, bool is_procps_only,
		     const char *text, size_t size);

/* Swaps what separates in a sysctl's path, "net/ipv4/conf/eth0.1", and in its name, in place. */
void sysctl_swap_separators(char *name);
