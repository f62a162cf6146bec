/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ipctune apply and revert: with what is in use now, below which no limit goes. */
#include <errno.h>
#include <string.h>

#include "analysis.h"
#include "apply.h"
#include "cleanup.h"
#include "commands.h"
#include "object.h"
#include "plan_make.h"
#include "sample_take.h"
#include "say.h"

static void read_use(struct parameters *use, uint64_t *hugepages, const struct host *host,
		     const struct recommendation *result)
{
	for (int id = 0; id < PARAMETER_COUNT_; id++)
		if (result->values[id].in_use != OBJECT_UNKNOWN)
			parameter_set(use, (enum parameter_id)id, result->values[id].in_use);
	*hugepages = OBJECT_UNKNOWN;
	for (size_t i = 0; i < result->huge_count; i++)
		if (result->huge[i].size == host->default_hugepage_size)
			*hugepages = result->huge[i].in_use;
}

static int exit_status(int r)
{
	if (r < 0)
		say_error("%s", strerror(-r));
	if (fflush(stdout) != 0) {
		say_error("standard output: %s", strerror(errno));
		return EXIT_ERROR;
	}
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

/* A part of a pool would be lost to all others, and may do for nobody: this is for people to decide. */
static bool is_pool_too_large(const struct analysis *analysis)
{
	const struct recommendation *result = &analysis->result;

	for (size_t i = 0; i < result->huge_count; i++)
		if (result->huge[i].size == analysis->host.default_hugepage_size)
			return result->huge[i].value.action == ACTION_CLAMPED;
	return false;
}

int command_apply(const struct options *options)
{
	_cleanup_(plan_done) struct plan plan = {0};
	struct parameters use = {0};
	struct apply_request request = {.root = "",
					.plan = &plan,
					.use = &use,
					.is_dry_run = options->is_dry_run,
					.out = stdout};
	struct analysis analysis;
	int r;

	if (analysis_make(&analysis, options) < 0)
		return EXIT_ERROR;
	say_warnings(&analysis);
	if (is_pool_too_large(&analysis)) {
		say_error(NR_HUGEPAGES ": more is wanted than memory bears; nothing is changed");
		analysis_done(&analysis);
		return EXIT_FINDING;
	}
	/* the warning has named it */
	if (analysis.host.unreadable) {
		say_error("what is in force can't be read of a limit; nothing is changed");
		analysis_done(&analysis);
		return EXIT_FINDING;
	}
	r = plan_make(&plan, &analysis, PLAN_HOST);
	read_use(&use, &request.hugepages_used, &analysis.host, &analysis.result);
	analysis_done(&analysis);
	return exit_status(r < 0 ? r : apply_plan(&request));
}

/* What is in use now; the database isn't asked, for revert must work without it. */
static int read_present(struct parameters *use, uint64_t *hugepages)
{
	const struct profile_needs needs = {0};
	struct recommendation result;
	struct samples samples = {0};
	struct sample *sample;
	struct host host;
	int r;

	host_init(&host);
	r = host_read(&host);
	sample = samples_append(&samples);
	if (r == 0)
		r = sample ? sample_take(sample, &host, -1) : -ENOMEM;
	if (r == 0)
		r = recommend(&result, &(const struct request){.host = &host,
							       .window = {&samples, NULL},
							       .needs = &needs});
	if (r == 0) {
		read_use(use, hugepages, &host, &result);
		recommendation_done(&result);
	}
	samples_done(&samples);
	host_done(&host);
	return r;
}

int command_revert(const struct options *options)
{
	struct parameters use = {0};
	struct apply_request request = {
		.root = "", .use = &use, .is_dry_run = options->is_dry_run, .out = stdout};
	int r = read_present(&use, &request.hugepages_used);

	return exit_status(r < 0 ? r : apply_revert(&request));
}
