/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From what was measured, and what products say, to a value for each parameter. A function of its input
 * alone: it asks no kernel and no clock.
 *
 * A measured maximum gets the growth that its trend promises and the margin; a product's formula is taken as it
 * stands; the greatest of them counts. Nothing goes above what the kernel takes or below what is in use, and
 * nothing below the present value unless caps are asked for (tightening), which then still leave the margin. A host
 * whose present value isn't known is taken for one with the kernel's default.
 */
#pragma once

#include <stdbool.h>

#include "host.h"
#include "profiles.h"
#include "sysctl_files.h"
#include "window.h"

enum action {
	ACTION_KEEP,
	ACTION_RAISE,
	ACTION_LOWER,	/* only with tightening */
	ACTION_CLAMPED, /* more was wanted than the kernel takes */
};

enum why {
	WHY_DEFAULT,  /* nothing is known that wants more */
	WHY_MEASURED, /* the maximum */
	WHY_PROFILE,
	WHY_CAP,
};

/* What a number is made from. */
struct value {
	struct peak peak;
	uint64_t in_use;  /* of the newest sample; OBJECT_UNKNOWN: not measured */
	uint64_t product; /* the greatest of the products; 0: none says anything */
	const struct profile_need *profile; /* whose that is */
	const struct profile_value *profile_value;
	uint64_t need;	  /* bare: greatest of maximum and products */
	uint64_t wanted;  /* with growth, margin and rounding; before caps and the present value */
	uint64_t current; /* in force; the kernel's default where that isn't known */
	bool has_current;
	uint64_t cap, preset; /* preset: the kernel's default */
	uint64_t recommended;
	enum action action;
	enum why why;
};

/* Of huge pages of one size: `need` and `recommended` are pages, and no margin is added, for each page is lost to
 * everybody else. */
struct huge_value {
	uint64_t size;
	struct value value;
	uint64_t would;	 /* pages that segments of ordinary pages would take, at their peak */
	uint64_t in_use; /* total - free + reserved of the pool; OBJECT_UNKNOWN */
};

enum warning_id {
	WARNING_BELOW_DEFAULT, /* the present value is below the kernel's own default */
	WARNING_KNOWN_TABLE,   /* it is that of a table known to lower limits */
	WARNING_NEAR,	       /* 90 % or more of a limit is in use */
	WARNING_FEW_SAMPLES,   /* too few to rely on */
	WARNING_CLAMPED,
	WARNING_SUM,		     /* two products together may need more */
	WARNING_SHMMAX_UNREACHABLE,  /* shmall is smaller than shmmax */
	WARNING_SEMMNS_UNREACHABLE,  /* semmsl * semmni is smaller than semmns */
	WARNING_SEMOPM_LARGE,	     /* above 1000, where the kernel's header warns */
	WARNING_MSGMAX_ABOVE_MSGMNB, /* a message that no queue takes */
	WARNING_MSGMNB_OLD_QUEUES,   /* raising it changes no queue that exists */
	WARNING_SHMALL_ABOVE_RAM,    /* a note: virtual preallocation */
	WARNING_HUGEPAGES_MISSING,   /* fewer pages than recommended could be had now */
	WARNING_MEMLOCK,	     /* what else huge pages need */
	WARNING_MQUEUE_RLIMIT,	     /* a user's queues and RLIMIT_MSGQUEUE */
	WARNING_FAILED_HUGEPAGES,    /* the kernel could not put huge pages together */
	WARNING_FAILED_CALLS,	     /* programs have complained of failed calls */
	WARNING_UNREADABLE,	     /* a present value that is no number to count with */
	WARNING_PRODUCT,	     /* what a product wants besides numbers */
	WARNING_COUNT_
};

struct warning {
	enum warning_id id;
	char *text; /* owned */
};

struct recommendation {
	struct value values[PARAMETER_COUNT_];
	struct huge_value huge[HUGEPAGE_SIZES_MAX];
	size_t huge_count;
	struct warning *warnings;
	size_t warning_count;
};

struct request {
	const struct host *host;
	struct window window;
	const struct profile_needs *needs;
	unsigned headroom; /* percent */
	bool is_tightening;
	bool has_huge_pages;		  /* count segments that would gain from them, too */
	const struct sysctl_files *files; /* who sets the present values; NULL: not known */
};

/* Returns 0 and a recommendation for recommendation_done(), or -ENOMEM. */
int recommend(struct recommendation *result, const struct request *request);
void recommendation_done(struct recommendation *result);

/* value * (100 + percent) / 100, rounded up; saturates. */
uint64_t with_margin(uint64_t value, unsigned percent);

/* Which figure a parameter bounds; FIGURE_COUNT_: none that can be measured. */
enum figure_id parameter_figure(enum parameter_id id);

/* "keep", "raise", "lower", "clamped"; "below-default" …: stable words. */
const char *action_name(enum action action);
const char *warning_name(enum warning_id id);

/* Whether a peak is only that of POSIX queues with the attributes that the kernel gives by itself. */
bool peak_is_no_demand(enum parameter_id id, uint64_t peak);

/* Adds a warning. Returns 0 or -ENOMEM. */
int recommendation_warn(struct recommendation *result, enum warning_id id, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The action for all parameters of a sysctl, and the one of them that stands for it. */
enum action sysctl_action(const struct recommendation *result, enum sysctl_id id);
enum parameter_id sysctl_leader(const struct recommendation *result, enum sysctl_id id);
