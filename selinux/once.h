/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The logs that are there, read once: what was denied, as one document or as text. */
#pragma once

#include "run.h"

/* Returns 0, or a negative errno, said on standard error already. */
int once_run(struct run *run);
