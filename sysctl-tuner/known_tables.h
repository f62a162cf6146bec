/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables of values that were made for other kernels and are still handed on: on today's they lower limits.
 */
#pragma once

#include "parameter.h"

/* Whose table has just this value for the sysctl: "SAP_BOBJ of saptune"; NULL: none that is known. */
const char *known_table(enum sysctl_id id, const struct parameters *values);
