/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether logind removes IPC objects on its own (RemoveIPC= of logind.conf(5)). */
#pragma once

#include <stdbool.h>

/* root: a directory that all paths are below (tests), NULL for "/". */
bool removeipc_is_on(const char *root);
