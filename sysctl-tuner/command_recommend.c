/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ipctune recommend, explain and check: the same analysis, shown as a whole, for one row, or as a verdict. */
#include <errno.h>
#include <string.h>

#include "analysis.h"
#include "cleanup.h"
#include "commands.h"
#include "drift.h"
#include "formats.h"
#include "plan_make.h"
#include "print.h"
#include "printed.h"
#include "say.h"

static int finish(int r)
{
	if (r == 0)
		r = printed_all(stdout);
	if (r == -ENOSYS)
		say_error("libsmartcols or libjson-c is missing: install libsmartcols1 and "
			  "libjson-c5");
	else if (r < 0)
		say_error("standard output: %s", strerror(-r));
	return r < 0 ? EXIT_ERROR : EXIT_FINE;
}

/* Every format has comments that begin with "#". */
static void print_pools_left_out(FILE *out, const struct analysis *analysis)
{
	const struct recommendation *result = &analysis->result;

	for (size_t i = 0; i < result->warning_count; i++)
		if (result->warnings[i].id == WARNING_HUGEPAGES_BOOT ||
		    result->warnings[i].id == WARNING_HUGEPAGES_ABOVE_RAM)
			fprintf(out, "# %s: %s\n", warning_name(result->warnings[i].id),
				result->warnings[i].text);
}

static int print_plan(struct analysis *analysis, enum output_format format)
{
	_cleanup_(plan_done) struct plan plan = {0};
	bool is_for_containers =
		format == FORMAT_DOCKER || format == FORMAT_PODMAN || format == FORMAT_KUBERNETES;
	int r = plan_make(&plan, analysis, is_for_containers ? PLAN_NEW_NAMESPACE : PLAN_HOST);

	if (r < 0)
		return r;
	say_warnings(analysis);
	print_pools_left_out(stdout, analysis);
	return format_plan(stdout, format, &plan);
}

int command_recommend(const struct options *options)
{
	struct analysis analysis;
	int r;

	if (analysis_make(&analysis, options) < 0)
		return EXIT_ERROR;
	if (options->format != FORMAT_TEXT)
		r = print_plan(&analysis, options->format);
	else if (options->is_json)
		r = print_json(stdout, &analysis, NULL, NULL);
	else
		r = print_text(stdout, &analysis);
	analysis_done(&analysis);
	return finish(r);
}

/* "kernel.shmall", "shmall" or one of the four of kernel.sem; vm.nr_hugepages with or without "vm.". */
static bool is_named(const struct row *row, const char *name)
{
	int parameter = parameter_by_name(name);

	if (row->sysctl < 0)
		return sysctl_is_hugepages(name);
	return sysctl_by_name(name) == row->sysctl ||
	       (parameter >= 0 &&
		parameter_sysctl((enum parameter_id)parameter) == (enum sysctl_id)row->sysctl);
}

static bool has_warnings(const struct analysis *analysis, unsigned about)
{
	for (size_t i = 0; i < analysis->result.warning_count; i++)
		if (analysis->result.warnings[i].about & about)
			return true;
	return false;
}

static int explain_rows(struct analysis *analysis, const char *name, bool is_json)
{
	struct row rows[ROWS_MAX];
	size_t count = rows_make(rows, analysis);
	unsigned about = 0;
	bool is_first = true;
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		if (!is_named(&rows[i], name))
			continue;
		/* one document, with all sizes of huge pages */
		if (is_json)
			return is_first ? print_json(stdout, analysis, NULL, &rows[i]) : 0;
		if (!is_first)
			fputc('\n', stdout);
		is_first = false;
		about = rows[i].about;
		r = print_row(stdout, analysis, &rows[i]);
	}
	if (r == 0 && is_first)
		return -ENOENT;
	if (r == 0 && has_warnings(analysis, about)) {
		fputc('\n', stdout);
		print_warnings(stdout, analysis, about);
	}
	return r;
}

int command_explain(const struct options *options)
{
	const char *name = options->operands[0];
	struct analysis analysis;
	int r;

	/* not after a minute of measuring */
	if (sysctl_by_name(name) < 0 && parameter_by_name(name) < 0 && !sysctl_is_hugepages(name)) {
		say_error("%s: no parameter that ipctune knows; `ipctune recommend` lists them",
			  name);
		return EXIT_ERROR;
	}
	if (analysis_make(&analysis, options) < 0)
		return EXIT_ERROR;
	r = explain_rows(&analysis, name, options->is_json);
	analysis_done(&analysis);
	if (r == -ENOENT) {
		say_error("%s: there are no huge pages on this host", name);
		return EXIT_ERROR;
	}
	return finish(r);
}

static void print_drifts(FILE *out, const struct drifts *drifts)
{
	for (size_t i = 0; i < drifts->count; i++) {
		const struct drift *drift = &drifts->list[i];

		fprintf(out, "drift: %s is %s, %s:%u says %s", drift->name, drift->current,
			drift->ours->file, drift->ours->line, drift->ours->value);
		if (drift->winner)
			fprintf(out, "; %s:%u sets it again", drift->winner->file,
				drift->winner->line);
		fputc('\n', out);
	}
}

/* How a check came out. */
struct verdict {
	size_t short_count, full_count, unreadable_count;
};

static struct verdict judge_rows(const struct row *rows, size_t count)
{
	struct verdict verdict = {0};

	for (size_t i = 0; i < count; i++) {
		verdict.short_count += rows[i].is_short;
		verdict.full_count += rows[i].is_full && !rows[i].is_short;
		verdict.unreadable_count += rows[i].is_unreadable && !rows[i].is_short;
	}
	return verdict;
}

static void print_summary(const struct verdict *verdict, size_t count, bool has_drifts)
{
	if (verdict->short_count || has_drifts)
		printf("%zu of %zu limits should be raised%s\n", verdict->short_count, count,
		       has_drifts ? ", and what was applied is not in force" : "");
	if (verdict->full_count)
		printf("%zu of %zu limits do not suffice, and can't be raised\n",
		       verdict->full_count, count);
	if (verdict->unreadable_count)
		printf("%zu of %zu limits can't be judged: what is in force can't be read\n",
		       verdict->unreadable_count, count);
	if (!verdict->short_count && !has_drifts && !verdict->full_count &&
	    !verdict->unreadable_count)
		printf("all %zu limits are as they should be\n", count);
}

static void print_verdict(const struct row *rows, size_t count, const struct verdict *verdict,
			  const struct drifts *drifts, const struct analysis *analysis)
{
	print_summary(verdict, count, drifts->count);
	for (size_t i = 0; i < count; i++) {
		const char *current = *rows[i].current ? rows[i].current : "not known";

		if (rows[i].is_short)
			printf("raise: %s is %s, recommended %s\n", rows[i].label, current,
			       rows[i].recommended);
		else if (rows[i].is_full)
			printf("full: %s is %s, at most %s, and %s are needed\n", rows[i].label,
			       current, rows[i].recommended, rows[i].need);
	}
	print_drifts(stdout, drifts);
	print_warnings(stdout, analysis, ABOUT_ALL);
}

int command_check(const struct options *options)
{
	struct row rows[ROWS_MAX];
	struct analysis analysis;
	struct verdict verdict;
	struct drifts drifts;
	size_t count;
	int r = 0;

	if (analysis_make(&analysis, options) < 0)
		return EXIT_ERROR;
	count = rows_make(rows, &analysis);
	verdict = judge_rows(rows, count);
	drifts_find(&drifts, &analysis);
	if (options->is_json)
		r = print_json(stdout, &analysis, &drifts, NULL);
	else
		print_verdict(rows, count, &verdict, &drifts, &analysis);
	analysis_done(&analysis);
	if (finish(r) == EXIT_ERROR)
		return EXIT_ERROR;
	if (verdict.short_count || verdict.full_count || drifts.count)
		return EXIT_FINDING;
	return verdict.unreadable_count ? EXIT_ERROR : EXIT_FINE;
}
