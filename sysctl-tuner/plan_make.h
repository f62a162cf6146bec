/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a recommendation to what is to be set for it. */
#pragma once

#include "analysis.h"
#include "plan.h"

enum plan_target {
	PLAN_HOST, /* beside the other files of its sysctl.d, never below what is in force */
	PLAN_NEW_NAMESPACE, /* for a container: it begins with the kernel's defaults */
};

/* Returns 0 and a plan for plan_done(), or -ENOMEM. */
int plan_make(struct plan *plan, struct analysis *analysis, enum plan_target target);
