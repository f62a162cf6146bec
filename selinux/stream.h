/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Denials told as they come, from a log that is being written or from standard input. */
#pragma once

#include "run.h"

/*
 * Goes on until SIGTERM, SIGINT, SIGHUP or the end of standard input. Returns 0, or a negative errno,
 * said on standard error already.
 */
int stream_run(struct run *run);
