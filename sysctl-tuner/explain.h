/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The paragraph that stands behind each number: what it is made from and what happens at the limit (which stays
 * the same while the evidence does: a file's comments say it); what of it is there now; and where it is set.
 */
#pragma once

#include "analysis.h"
#include "text.h"

void explain_need(struct text *text, struct analysis *analysis, enum parameter_id id);
void explain_present(struct text *text, struct analysis *analysis, enum parameter_id id);

/* Which file sets a sysctl, which lines lose, and how far it reaches. */
void explain_place(struct text *text, const struct analysis *analysis, enum sysctl_id id);

/* The same of huge pages, by their place in the recommendation; the second with where they are set. */
void explain_huge_need(struct text *text, struct analysis *analysis, size_t huge);
void explain_huge_present(struct text *text, struct analysis *analysis, size_t huge);
