/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcaudit check: a plugin for Nagios, Icinga and their like. One line: status, what is wrong, and
 * behind a bar the figures ("performance data": 'label'=value[unit];warn;crit;min;max). Status is
 * the worst of the findings and of the thresholds given.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "figures.h"
#include "printed.h"
#include "say.h"
#include "text.h"
#include "thresholds.h"

struct metric {
	const char *name;
	const char *unit; /* "B" or "" */
	uint64_t value, max;
};

#define METRICS_MAX 32

struct metrics {
	struct metric list[METRICS_MAX];
	size_t count;
};

static void add_metric(struct metrics *metrics, const char *name, const char *unit, uint64_t value,
		       uint64_t max)
{
	if (value != OBJECT_UNKNOWN && metrics->count < METRICS_MAX)
		metrics->list[metrics->count++] = (struct metric){name, unit, value, max};
}

static void collect(struct metrics *metrics, const struct figures *figures)
{
	uint64_t orphans = 0, orphan_bytes = 0, warnings = 0, criticals = 0;

	for (size_t i = 0; i < figures->limits.count; i++) {
		const struct limit *limit = &figures->limits.list[i];

		if (!limit->has_uid && !limit_is_per_object(limit->id))
			add_metric(metrics, limit_name(limit->id),
				   strcmp(limit_unit(limit->id), "bytes") ? "" : "B", limit->used,
				   limit->value);
	}
	for (int kind = 0; kind < KIND_COUNT_; kind++) {
		orphans += figures->kinds[kind].orphans;
		orphan_bytes += figures->kinds[kind].orphan_bytes;
	}
	for (int id = 0; id < FINDING_COUNT_; id++) {
		warnings += figures->findings[id][SEVERITY_WARNING];
		criticals += figures->findings[id][SEVERITY_CRITICAL];
	}
	add_metric(metrics, "orphans", "", orphans, OBJECT_UNKNOWN);
	add_metric(metrics, "orphan-bytes", "B", orphan_bytes, OBJECT_UNKNOWN);
	add_metric(metrics, "unlinked-bytes", "B", figures->unlinked_bytes, OBJECT_UNKNOWN);
	add_metric(metrics, "warnings", "", warnings, OBJECT_UNKNOWN);
	add_metric(metrics, "criticals", "", criticals, OBJECT_UNKNOWN);
}

static bool is_about(const struct threshold *threshold, const struct metric *metric)
{
	return strlen(metric->name) == (size_t)threshold->length &&
	       !strncmp(metric->name, threshold->metric, (size_t)threshold->length);
}

static const struct metric *find_metric(const struct metrics *metrics,
					const struct threshold *threshold)
{
	for (size_t i = 0; i < metrics->count; i++)
		if (is_about(threshold, &metrics->list[i]))
			return &metrics->list[i];
	return NULL;
}

/* A threshold that can't be compared with anything would be silently without effect. */
static int check_thresholds(const struct options *options, const struct metrics *metrics)
{
	for (size_t i = 0; i < options->threshold_count; i++) {
		const struct threshold *threshold = &options->thresholds[i];
		const struct metric *metric = find_metric(metrics, threshold);

		if (!metric)
			say_error("%.*s: no such metric, or it can't be measured here; ipcaudit "
				  "check "
				  "prints them",
				  threshold->length, threshold->metric);
		else if (range_has_percent(&threshold->range) && metric->max == OBJECT_UNKNOWN)
			say_error("%s: it has no limit that a percentage could be of",
				  metric->name);
		else
			continue;
		return -EINVAL;
	}
	return 0;
}

static void add_problem(struct text *text, const char *format, const char *name, uint64_t value)
{
	text_add(text, text->length ? ", " : "");
	text_add_format(text, "%s ", name);
	text_add_format(text, "%s%" PRIu64, format, value);
}

/* What is wrong, and how bad it is. */
static int judge(const struct options *options, const struct figures *figures,
		 const struct metrics *metrics, struct text *problems)
{
	int status = EXIT_FINE;

	for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_WARNING; severity--)
		for (int id = 0; id < FINDING_COUNT_; id++) {
			if (!figures->findings[id][severity])
				continue;
			add_problem(problems, "", finding_name((enum finding_id)id),
				    figures->findings[id][severity]);
			if (status < severity)
				status = severity;
		}
	for (size_t i = 0; i < options->threshold_count; i++) {
		const struct threshold *threshold = &options->thresholds[i];
		const struct metric *metric = find_metric(metrics, threshold);
		int bad = threshold->is_critical ? EXIT_CRITICAL : EXIT_WARNING;

		if (!range_is_alarm(&threshold->range, metric->value, metric->max))
			continue;
		add_problem(problems, "= ", metric->name, metric->value);
		if (status < bad)
			status = bad;
	}
	return status;
}

/* The last range given for the metric, in its own unit: percentages are for people. */
static void print_range(const struct options *options, const struct metric *metric,
			bool is_critical, FILE *out)
{
	for (size_t i = options->threshold_count; i > 0; i--) {
		const struct threshold *threshold = &options->thresholds[i - 1];

		if (threshold->is_critical == is_critical && is_about(threshold, metric)) {
			range_print(&threshold->range, metric->max, out);
			return;
		}
	}
}

static void print_metric(const struct options *options, const struct metric *metric, FILE *out)
{
	fprintf(out, " '%s'=%" PRIu64 "%s;", metric->name, metric->value, metric->unit);
	print_range(options, metric, false, out);
	fputc(';', out);
	print_range(options, metric, true, out);
	fputs(";0;", out);
	if (metric->max != OBJECT_UNKNOWN)
		fprintf(out, "%" PRIu64, metric->max);
}

static int print_line(const struct options *options, const struct metrics *metrics, int status,
		      const struct text *problems, size_t objects, FILE *out)
{
	static const char *const words[] = {"OK", "WARNING", "CRITICAL"};

	fprintf(out, "IPC %s - ", words[status]);
	if (problems->length)
		fputs(problems->bytes, out);
	else
		fprintf(out, "%zu objects, nothing wrong", objects);
	fputs(" |", out);
	for (size_t i = 0; i < metrics->count; i++)
		print_metric(options, &metrics->list[i], out);
	fputc('\n', out);
	return printed_all(out);
}

static int check(struct audit *audit, const struct figures *figures)
{
	struct metrics metrics = {0};
	struct text problems = {0};
	int status;

	collect(&metrics, figures);
	if (check_thresholds(audit->options, &metrics) < 0)
		return EXIT_ERROR;
	status = judge(audit->options, figures, &metrics, &problems);
	if (problems.failed ||
	    print_line(audit->options, &metrics, status, &problems, audit->inv.count, stdout) < 0)
		status = EXIT_ERROR;
	text_done(&problems);
	return status;
}

int command_check(const struct command_context *context)
{
	struct figures figures;
	struct audit audit;
	int r, status = EXIT_ERROR;

	if (audit_take(&audit, context, KINDS_ALL, figures_needs()) < 0)
		return EXIT_ERROR;
	r = figures_make(&figures, &audit);
	if (r < 0) {
		say_error("check: %s", strerror(-r));
	} else {
		status = check(&audit, &figures);
		figures_done(&figures);
	}
	audit_done(&audit);
	return status;
}
