/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report on units, in its three forms. Each returns 0 or a negative errno. */
#pragma once

#include <stdio.h>

#include "rows.h"

int report_units_table(const struct rows *rows, FILE *out);
int report_units_pages(const struct rows *rows, const struct look *look, FILE *out);
int report_units_json(const struct rows *rows, const struct look *look, FILE *out);
