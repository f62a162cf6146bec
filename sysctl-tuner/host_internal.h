/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of reading a host. */
#pragma once

#include <sys/types.h>

#include "host.h"

/* A small file as text, cut to the buffer. Returns its length or a negative errno. */
ssize_t host_read_text(int dir, const char *path, char *text, size_t size);

int host_read_hugepages(struct host *host);
