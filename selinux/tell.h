/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One denial as soon as it is known: a paragraph, a document in a line, or, where we are auditd's
 * plugin and nobody reads our output, a line for syslog.
 */
#pragma once

#include "print.h"
#include "run.h"

/* From now on; diagnostics of a plugin go to syslog, too. */
void tell_begin(const struct run *run);

/* A denial, which is taken over. Returns 0 or a negative errno. */
int tell_denial(struct run *run, struct denial *denial, const struct sighting *seen);

int tell_complaint(struct run *run, const struct complaint *complaint);
