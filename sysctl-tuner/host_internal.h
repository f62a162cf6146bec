/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of reading a host. */
#pragma once

#include <sys/types.h>

#include "host.h"

int host_read_hugepages(struct host *host);

/* Puts its pools into their order. */
void host_sort_pools(struct host *host);

/* "Name:   123 kB" of a meminfo, in bytes, or OBJECT_UNKNOWN. */
uint64_t meminfo_bytes(const char *text, const char *name);
