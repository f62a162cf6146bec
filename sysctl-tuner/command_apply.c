/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ipctune apply and revert: what is in use now goes along, so that no limit is set below it. */
#include <string.h>

#include "analysis.h"
#include "apply.h"
#include "cleanup.h"
#include "commands.h"
#include "object.h"
#include "plan_make.h"
#include "say.h"

static void read_use(struct parameters *use, const struct recommendation *result)
{
	for (int id = 0; id < PARAMETER_COUNT_; id++)
		if (result->values[id].in_use != OBJECT_UNKNOWN)
			parameter_set(use, (enum parameter_id)id, result->values[id].in_use);
}

static uint64_t hugepages_used(const struct analysis *analysis)
{
	for (size_t i = 0; i < analysis->result.huge_count; i++)
		if (analysis->result.huge[i].size == analysis->host.default_hugepage_size)
			return analysis->result.huge[i].in_use;
	return OBJECT_UNKNOWN;
}

static int exit_status(int r)
{
	switch (r) {
	case APPLY_DONE:
	case APPLY_NOTHING:
		return EXIT_FINE;
	case APPLY_PARTLY:
	case APPLY_REFUSED:
	case APPLY_UNDONE:
		return EXIT_FINDING;
	}
	return EXIT_ERROR;
}

typedef int apply_fn(const struct apply_request *request);

static int run(const struct options *options, apply_fn *apply)
{
	_cleanup_(plan_done) struct plan plan = {0};
	struct parameters use = {0};
	struct analysis analysis;
	struct apply_request request = {.root = "",
					.plan = &plan,
					.use = &use,
					.is_dry_run = options->is_dry_run,
					.out = stdout};
	int r;

	if (analysis_make(&analysis, options) < 0)
		return EXIT_ERROR;
	read_use(&use, &analysis.result);
	request.hugepages_used = hugepages_used(&analysis);
	r = plan_make(&plan, &analysis, PLAN_HOST);
	if (r < 0)
		say_error("%s", strerror(-r));
	else
		r = apply(&request);
	analysis_done(&analysis);
	return fflush(stdout) != 0 ? EXIT_ERROR : exit_status(r);
}

int command_apply(const struct options *options)
{
	return run(options, apply_plan);
}

int command_revert(const struct options *options)
{
	return run(options, apply_revert);
}
