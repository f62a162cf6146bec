/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The paragraph that stands behind each number. Its first part says what the number is made from and what
 * happens at the limit, and stays the same while the evidence does: it is what a file's comments say. The second
 * is about the present value and who sets it.
 */
#pragma once

#include "analysis.h"
#include "text.h"

void explain_need(struct text *text, struct analysis *analysis, enum parameter_id id);
void explain_present(struct text *text, struct analysis *analysis, enum parameter_id id);

/* The same of huge pages, by their place in the recommendation. */
void explain_huge_need(struct text *text, struct analysis *analysis, size_t huge);
void explain_huge_present(struct text *text, struct analysis *analysis, size_t huge);

/* Which file sets a sysctl, and which lines lose. */
void explain_files(struct text *text, const struct analysis *analysis, const char *sysctl);
