/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan as others take it: files of sysctl.d, container engines, configuration management. */
#pragma once

#include <stdio.h>

#include "options.h"
#include "plan.h"

/*
 * Prints a plan in a format other than FORMAT_TEXT: the same plan, the same bytes. Formats for
 * containers leave out what reaches the whole host and say where it belongs. Returns 0 or -EIO.
 */
int format_plan(FILE *out, enum output_format format, const struct plan *plan);
