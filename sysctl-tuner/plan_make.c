/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A sysctl stands in the plan when what is wanted differs from what would be there without us, the kernel's
 * default or another file's line, or from what is in force, whoever set that; and once it stands in our file, it
 * stays there: what is in force then comes from it.
 */
#include "plan_make.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "apply.h"
#include "cleanup.h"
#include "explain.h"
#include "ipc_limits.h"
#include "object.h"

/* What other files say, as far as they do: nothing of it known otherwise. */
static struct parameters read_other_files(const struct analysis *analysis, enum sysctl_id id,
					  enum plan_target target)
{
	const struct sysctl_line *line = NULL;
	struct parameters values = {0};

	if (target == PLAN_HOST && analysis->has_files)
		line = sysctl_files_winner(&analysis->files, sysctl_name(id), APPLY_FILE_NAME);
	if (line && line->value)
		sysctl_parse(id, line->value, &values);
	return values;
}

/* What would be there without us: that, or the kernel's default. */
static struct parameters baseline_of(const struct parameters *of_files,
				     const struct analysis *analysis, enum sysctl_id id)
{
	struct parameters baseline = *of_files;
	unsigned count;
	enum parameter_id first = sysctl_parameters(id, &count);

	for (unsigned i = 0; i < count; i++)
		if (!parameter_is_known(of_files, first + i))
			parameter_set(&baseline, first + i,
				      analysis->result.values[first + i].preset);
	return baseline;
}

static uint64_t wanted_of(const struct value *value)
{
	return value->wanted < value->cap ? value->wanted : value->cap;
}

static bool is_in_our_file(const struct analysis *analysis, const char *name)
{
	return analysis->has_files && sysctl_files_ours(&analysis->files, name, APPLY_FILE_NAME);
}

static bool is_planned(const struct analysis *analysis, const struct parameters *baseline,
		       enum sysctl_id id, enum plan_target target)
{
	unsigned count;
	enum parameter_id first = sysctl_parameters(id, &count);

	if (target == PLAN_HOST && is_in_our_file(analysis, sysctl_name(id)))
		return true;
	for (unsigned i = 0; i < count; i++) {
		const struct value *value = &analysis->result.values[first + i];
		uint64_t without_us = baseline->value[first + i];

		if (wanted_of(value) > without_us)
			return true;
		if (target == PLAN_HOST && value->recommended != value->current)
			return true;
		if (value->may_lower && value->recommended < without_us)
			return true;
	}
	return false;
}

/*
 * In a new namespace nothing of this one's present values is there to be kept. On the host, another file may
 * say more than is in force: the next boot is to bring that.
 */
static uint64_t value_for(const struct value *value, uint64_t of_file, enum plan_target target)
{
	uint64_t wanted = wanted_of(value);

	if (value->may_lower)
		return value->recommended;
	if (target == PLAN_HOST)
		return of_file > value->recommended ? of_file : value->recommended;
	return wanted > value->preset ? wanted : value->preset;
}

static int add_sysctl(struct plan *plan, struct analysis *analysis, enum sysctl_id id,
		      enum plan_target target)
{
	_cleanup_(text_done) struct text comment = {0};
	struct parameters of_files = read_other_files(analysis, id, target);
	struct parameters baseline = baseline_of(&of_files, analysis, id), values = {0};
	char text[SYSCTL_TEXT_SIZE];
	unsigned count;
	enum parameter_id first = sysctl_parameters(id, &count);

	if (!is_planned(analysis, &baseline, id, target))
		return 0;
	for (unsigned i = 0; i < count; i++) {
		parameter_set(&values, first + i,
			      value_for(&analysis->result.values[first + i],
					of_files.value[first + i], target));
		if (count > 1)
			text_add_format(&comment, "%s%s: ", i ? "\n" : "",
					parameter_name(first + i));
		explain_need(&comment, analysis, first + i);
		if (of_files.value[first + i] > wanted_of(&analysis->result.values[first + i]))
			text_add(&comment, " Another file of sysctl.d has more.");
	}
	if (comment.failed)
		return -ENOMEM;
	return plan_add(plan, sysctl_name(id), sysctl_format(id, &values, text), comment.bytes,
			false);
}

/* What other files give of the pool; 0: nothing. */
static uint64_t hugepages_of_files(const struct analysis *analysis)
{
	const struct sysctl_line *line = NULL;
	uint64_t pages = 0;

	if (analysis->has_files)
		line = sysctl_files_winner(&analysis->files, NR_HUGEPAGES, APPLY_FILE_NAME);
	return line && line->value && limit_parse(line->value, &pages) ? pages : 0;
}

/* Other sizes than the default one have no sysctl. */
static int add_hugepages(struct plan *plan, struct analysis *analysis, size_t huge)
{
	_cleanup_(text_done) struct text comment = {0};
	const struct huge_value *pool = &analysis->result.huge[huge];
	uint64_t of_files = hugepages_of_files(analysis), pages = pool->value.recommended;
	char text[24];

	if (pool->size != analysis->host.default_hugepage_size)
		return 0;
	/* what others use of the pool is theirs to keep: only a need of IPC is written down */
	if (pool->value.need <= of_files && pages == pool->value.current &&
	    !is_in_our_file(analysis, NR_HUGEPAGES))
		return 0;
	if (!pool->value.may_lower && of_files > pages)
		pages = of_files;
	/* more than memory bears: a part of it is of no use, and all of it leaves a host that may not boot */
	if (pool->value.action == ACTION_CLAMPED || pages > pool->value.cap)
		return 0;
	explain_huge_need(&comment, analysis, huge);
	if (of_files > pool->value.wanted)
		text_add(&comment, " Another file of sysctl.d has more.");
	if (comment.failed)
		return -ENOMEM;
	snprintf(text, sizeof(text), "%" PRIu64, pages);
	return plan_add(plan, NR_HUGEPAGES, text, comment.bytes, true);
}

int plan_make(struct plan *plan, struct analysis *analysis, enum plan_target target)
{
	int r = 0;

	*plan = (struct plan){0};
	for (int id = 0; r == 0 && id < SYSCTL_COUNT_; id++)
		r = add_sysctl(plan, analysis, (enum sysctl_id)id, target);
	for (size_t i = 0; r == 0 && i < analysis->result.huge_count; i++)
		r = add_hugepages(plan, analysis, i);
	if (r < 0)
		plan_done(plan);
	return r;
}
