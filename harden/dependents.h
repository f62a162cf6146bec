/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Units that stop when another one is stopped, as they require it (Requires=, BindsTo=, PartOf= of
 * systemd.unit(5)), and that a start of that one doesn't bring back.
 */
#pragma once

#include "stringlist.h"
#include "target.h"

/* Those that run now, of all types, the nearest first. 0 or a negative errno; string_list_done() for both. */
int dependents_read(struct string_list *running, const struct target *target);

/* Starts those that don't run any more; one that can't be started is said. 0 or -ENOTCONN. */
int dependents_start(const struct string_list *were_running, struct target *target);
