/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How well do segments fit into huge pages? A segment of huge pages takes whole ones; what it didn't ask for of
 * the last is lost.
 */
#pragma once

#include "analysis.h"

struct alignment {
	uint64_t bytes, count; /* segments that are alike */
	bool is_huge;	       /* they are of huge pages; else they would gain from them */
	uint64_t size;	       /* of a huge page */
	uint64_t pages;	       /* each takes */
	uint64_t waste;	       /* bytes of the last page that each doesn't use */
	uint64_t aligned;      /* the size that uses them all */
};

#define ALIGNMENTS_MAX 20

/* The largest segments of the sample with most pages. Returns how many there are. */
size_t alignments_find(struct alignment rows[ALIGNMENTS_MAX], const struct analysis *analysis);
