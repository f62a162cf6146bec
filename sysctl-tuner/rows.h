/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A recommendation as rows, one a sysctl and one a size of huge pages: what tables, JSON and plans go by. */
#pragma once

#include "analysis.h"

struct row {
	const char *name;		/* "kernel.sem", "vm.nr_hugepages" */
	char label[32];			/* for people: also the size, "vm.nr_hugepages (2.0M)" */
	int sysctl;			/* a sysctl_id, or -1 for huge pages */
	size_t huge;			/* place in the recommendation, of huge pages */
	const struct value *leader;	/* the value that stands for it */
	char current[SYSCTL_TEXT_SIZE]; /* "" where it is not known */
	unsigned about;			/* as warnings have it */
	char recommended[SYSCTL_TEXT_SIZE];
	char need[SYSCTL_TEXT_SIZE];
	const char *unit; /* "pages"; of kernel.sem the names of the four */
	enum action action;
	bool is_short;	    /* one of its values is lower than recommended */
	bool is_full;	    /* one is at its most, and 90 % of that are needed or more */
	bool is_unreadable; /* in force is what can't be read or counted with */
};

#define ROWS_MAX (SYSCTL_COUNT_ + HUGEPAGE_SIZES_MAX)

/* Returns how many rows there are. */
size_t rows_make(struct row rows[ROWS_MAX], const struct analysis *analysis);

/* "measured", "profile db2", "cap", "default". Returns a string to be freed, or NULL without memory. */
char *row_why(const struct row *row);
