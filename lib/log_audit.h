/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit record of a run, see log.h. */
#pragma once

#include "report.h"

/*
 * Writes one record of type TRUSTED_APP. Returns 0, also where the kernel doesn't audit or doesn't
 * let us (a container, no CAP_AUDIT_WRITE), or a negative errno.
 */
int log_audit(const struct report *report, const struct report_sums *sums);
