/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From what was measured, and what products say, to a value for each parameter. A function of its input
 * alone: it asks no kernel and no clock.
 *
 * A measured maximum gets the growth that its trend promises and the margin; a product's formula is taken as it
 * stands; the greatest of them counts. Nothing goes above what the kernel takes or below what is in use, and
 * nothing below the present value unless caps are asked for (tightening), which then still leave the margin, and
 * room for all products besides; what was not measured is never lowered. A host whose present value isn't known
 * is taken for one with the kernel's default.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "host.h"
#include "pool_nodes.h"
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
	WHY_CAP, /* more was wanted than the kernel takes; of huge pages, than memory bears */
};

/* What a number is made from. */
struct value {
	struct peak peak;
	uint64_t in_use;  /* of the newest sample; OBJECT_UNKNOWN: not measured */
	uint64_t product; /* the greatest of the products; 0: none says anything */
	const struct profile_need *profile; /* whose that is */
	const struct profile_value *profile_value;
	uint64_t product_whole; /* the greatest in whole huge pages, where it is to be in such */
	uint64_t products_sum;	/* of all of them, each in whole pages */
	uint64_t need;		/* bare: greatest of maximum and products */
	uint64_t wanted; /* with growth, margin and rounding; before caps and the present value */
	uint64_t
		together; /* of limits that all share: what was measured and all products on top; else 0 */
	uint64_t current; /* in force; the kernel's default where that isn't known */
	bool has_current;
	uint64_t cap, preset; /* preset: the kernel's default */
	uint64_t recommended;
	bool may_lower; /* the evidence bears a cap, and caps are asked for */
	enum action action;
	enum why why;
};

/* At most so much of memory goes into pools: Oracle's documentation, "Configuring HugePages". */
#define HUGEPAGES_MOST_PERCENT 70

/*
 * Of huge pages of one size: `need` and `recommended` are pages, and no margin is added, for each page is lost to
 * everybody else. `cap` is what memory bears beside the other pools, as they are or are needed; without a known
 * size of memory there is none (SATURATED).
 */
struct huge_value {
	uint64_t size;
	struct value value;
	uint64_t would;	 /* pages that segments of ordinary pages would take, at their peak */
	uint64_t in_use; /* total - free + reserved of the pool; OBJECT_UNKNOWN */
	uint64_t used;	 /* the same at its maximum, as far as it was measured; OBJECT_UNKNOWN */
	struct pool_nodes nodes; /* how the recommended pages go over them; owned */
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
	WARNING_HUGEPAGES_BOOT,	     /* pages of a size that no sysctl gives */
	WARNING_HUGEPAGES_NODE,	     /* a NUMA node would get fewer than are in use there */
	WARNING_HUGEPAGES_ABOVE_RAM, /* more in pools than memory bears, or nobody knows */
	WARNING_MEMLOCK,	     /* what else huge pages need */
	WARNING_MQUEUE_RLIMIT,	     /* a user's queues and RLIMIT_MSGQUEUE */
	WARNING_FAILED_HUGEPAGES,    /* the kernel could not put huge pages together */
	WARNING_FAILED_CALLS,	     /* programs have complained of failed calls */
	WARNING_UNREADABLE,	     /* a present value that is no number to count with */
	WARNING_ASSUMED,	     /* what a document doesn't tell of its host, and counts */
	WARNING_PRODUCT,	     /* what a product wants besides numbers */
	WARNING_DOUBTFUL, /* a product's key has a value that hardly means what it says */
	WARNING_COUNT_
};

/* What a warning is about: a set of sysctls, or all that there is. */
#define ABOUT(sysctl) (1u << (sysctl))
#define ABOUT_HUGEPAGES ABOUT(SYSCTL_COUNT_)
#define ABOUT_ALL UINT_MAX

struct warning {
	enum warning_id id;
	unsigned about;
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
	const char *
		empty_database; /* where no sample was found; NULL: there were, or none was asked */
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

/* Whether all share a limit, so that what each needs adds up; of a parameter_id or TARGET_HUGEPAGES. */
bool target_is_shared(unsigned target);

/* Whether so much of a limit is used that it is near: 90 %, which measured peaks are to stay below. */
bool is_near(uint64_t used, uint64_t limit);

/* Whether a peak is only that of POSIX queues with the attributes that the kernel gives by itself. */
bool peak_is_no_demand(enum parameter_id id, uint64_t peak);

/* Adds a warning. Returns 0 or -ENOMEM. */
int recommendation_warn(struct recommendation *result, enum warning_id id, unsigned about,
			const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The action for all parameters of a sysctl, and the one of them that stands for it. */
enum action sysctl_action(const struct recommendation *result, enum sysctl_id id);
enum parameter_id sysctl_leader(const struct recommendation *result, enum sysctl_id id);
