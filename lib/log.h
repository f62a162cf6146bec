/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is told to the host (rule 5): one journal event per removed or failed object (per owner and
 * kind past LOG_EVENTS_MAX), one summary, one audit record a run. libsystemd and libaudit are
 * loaded only when there is something to tell; a host without journald or auditd is no error.
 */
#pragma once

#include <stdbool.h>

#include "report.h"

/* journald drops what comes in floods (RateLimitBurst=): events per object up to here. */
#define LOG_EVENTS_MAX 200

/* catalog entries, see ipcguard.catalog */
#define LOG_ID_REMOVED "58b74ace837b4fe6a131aed21500c01e"
#define LOG_ID_REMOVED_MANY "ef2047cccbad4018877c25dc2100a095"
#define LOG_ID_FAILED "fa503040f9e74ea9ae4c29f43905b2c4"
#define LOG_ID_SUMMARY "3291811955d04e2cb45bfbd3e089eff9"

/* Whether a journald listens here. */
bool log_has_journal(void);

/*
 * Tells journal and audit of a finished run; nothing for a dry run or one that neither removed nor
 * failed. Returns 0, or a negative errno if one of them was there and refused.
 */
int log_run(const struct report *report);
