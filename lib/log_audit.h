/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit record of a run, see log.h. */
#pragma once

#include "report.h"

/*
 * Writes the record's text, NAME=VALUE pairs. What comes from outside is in quotes, or in hex where
 * it holds more than plain characters, so that it can't be taken for another pair
 * (audit_encode_nv_string(3)). AUDIT_TEXT_SIZE is enough for every unit name.
 */
#define AUDIT_TEXT_SIZE 1024
void log_audit_text(const struct report *report, const struct report_sums *sums,
		    char text[AUDIT_TEXT_SIZE]);

/*
 * Writes one record of type TRUSTED_APP. Returns 0, also where the kernel doesn't audit or doesn't
 * let us (a container, no CAP_AUDIT_WRITE), or a negative errno.
 */
int log_audit(const struct report *report, const struct report_sums *sums);
