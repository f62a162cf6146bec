/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcaudit metrics: the figures as OpenMetrics text, all of them gauges, which the older text format
 * of Prometheus (node_exporter's textfile collector) reads as well. Labels are of a bounded number:
 * kinds, limits, findings, the ten users with most objects; never ids, pids or names of objects.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "figures.h"
#include "printed.h"
#include "say.h"
#include "textfile.h"

static void family(FILE *out, const char *name, const char *help)
{
	fprintf(out, "# HELP ipcguard_%s %s\n# TYPE ipcguard_%s gauge\n", name, help, name);
}

static void of_kind(FILE *out, const struct figures *figures, const char *name, const char *help,
		    size_t member)
{
	family(out, name, help);
	for (int kind = 0; kind < KIND_COUNT_; kind++)
		fprintf(out, "ipcguard_%s{kind=\"%s\"} %" PRIu64 "\n", name,
			kind_name((enum ipc_kind)kind),
			*(const uint64_t *)((const char *)&figures->kinds[kind] + member));
}

static void print_kinds(FILE *out, const struct figures *figures)
{
	of_kind(out, figures, "objects", "IPC objects.", offsetof(struct kind_figures, objects));
	of_kind(out, figures, "object_bytes", "Bytes that they were made for; messages of queues.",
		offsetof(struct kind_figures, bytes));
	of_kind(out, figures, "orphans", "Objects that nobody uses and whose users are gone.",
		offsetof(struct kind_figures, orphans));
	of_kind(out, figures, "orphan_bytes", "Bytes of the orphans.",
		offsetof(struct kind_figures, orphan_bytes));
	of_kind(out, figures, "oldest_orphan_age_seconds", "How long the oldest orphan is unused.",
		offsetof(struct kind_figures, oldest_orphan_s));
}

/* Limits of single users would be a label for each user: those are in the report. */
static void print_limits(FILE *out, const struct limits *limits)
{
	family(out, "limit", "A limit of the kernel, in its own unit.");
	for (size_t i = 0; i < limits->count; i++)
		if (!limits->list[i].has_uid && limits->list[i].value != OBJECT_UNKNOWN)
			fprintf(out, "ipcguard_limit{resource=\"%s\"} %" PRIu64 "\n",
				limit_name(limits->list[i].id), limits->list[i].value);
	family(out, "used", "What is used of it; of limits on single objects, by the largest.");
	for (size_t i = 0; i < limits->count; i++)
		if (!limits->list[i].has_uid && limits->list[i].used != OBJECT_UNKNOWN)
			fprintf(out, "ipcguard_used{resource=\"%s\"} %" PRIu64 "\n",
				limit_name(limits->list[i].id), limits->list[i].used);
}

static void print_findings(FILE *out, const struct figures *figures)
{
	family(out, "findings", "Findings of the audit.");
	for (int id = 0; id < FINDING_COUNT_; id++)
		for (int severity = 0; severity < 3; severity++)
			fprintf(out, "ipcguard_findings{id=\"%s\",severity=\"%s\"} %" PRIu64 "\n",
				finding_name((enum finding_id)id),
				severity_name((enum severity)severity),
				figures->findings[id][severity]);
}

/* A backslash and a quote would end the label's value. */
static void print_label(FILE *out, const char *text)
{
	for (; *text; text++)
		fprintf(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
}

static void print_user(FILE *out, const char *name, const char *user, uint64_t value)
{
	fprintf(out, "ipcguard_%s{user=\"", name);
	print_label(out, user);
	fprintf(out, "\"} %" PRIu64 "\n", value);
}

static void print_users(FILE *out, struct audit *audit, const struct figures *figures)
{
	const char *user;

	family(out, "user_objects", "Objects of the ten users with most; the rest is other.");
	for (size_t i = 0; i < figures->top_count; i++) {
		user = usernames_get(&audit->usernames, figures->top[i].uid);
		print_user(out, "user_objects", user ? user : "?", figures->top[i].objects);
	}
	/* a user of that name would have no brackets */
	print_user(out, "user_objects", "(other)", figures->others.objects);
	family(out, "user_object_bytes", "Bytes of the same.");
	for (size_t i = 0; i < figures->top_count; i++) {
		user = usernames_get(&audit->usernames, figures->top[i].uid);
		print_user(out, "user_object_bytes", user ? user : "?", figures->top[i].bytes);
	}
	print_user(out, "user_object_bytes", "(other)", figures->others.bytes);
}

static unsigned count_kinds(unsigned set)
{
	return (unsigned)__builtin_popcount(set);
}

static int print_metrics(FILE *out, struct audit *audit, const struct figures *figures)
{
	print_kinds(out, figures);
	print_limits(out, &figures->limits);
	print_findings(out, figures);
	print_users(out, audit, figures);
	family(out, "unlinked_held_bytes", "Shared memory without a name that processes hold.");
	fprintf(out, "ipcguard_unlinked_held_bytes %" PRIu64 "\n", figures->unlinked_bytes);
	family(out, "hidden_processes", "Processes that could not be looked into.");
	fprintf(out, "ipcguard_hidden_processes %zu\n", audit->holders.hidden);
	family(out, "unseen_kinds", "Kinds of objects that could not be listed.");
	fprintf(out, "ipcguard_unseen_kinds %u\n", count_kinds(audit->inv.unseen));
	family(out, "last_scan_timestamp_seconds", "When this was found out.");
	fprintf(out, "ipcguard_last_scan_timestamp_seconds %lld\n", (long long)audit->now);
	family(out, "build_info", "The version, as a label.");
	fprintf(out, "ipcguard_build_info{version=\"" VERSION "\"} 1\n# EOF\n");
	return printed_all(out);
}

static int print_to_file(const char *file, struct audit *audit, const struct figures *figures)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_fclose_ FILE *out = NULL;
	size_t size = 0;
	int r;

	out = open_memstream(&text, &size);
	r = out ? print_metrics(out, audit, figures) : -ENOMEM;
	return r < 0 ? r : textfile_replace_path(file, 0644, text, size);
}

int command_metrics(const struct command_context *context)
{
	const char *file = context->options->textfile;
	struct figures figures;
	struct audit audit;
	int r;

	if (audit_take(&audit, context, KINDS_ALL, figures_needs()) < 0)
		return EXIT_ERROR;
	r = figures_make(&figures, &audit);
	if (r == 0) {
		r = file ? print_to_file(file, &audit, &figures)
			 : print_metrics(stdout, &audit, &figures);
		figures_done(&figures);
	}
	if (r < 0)
		say_error("%s: %s", file ? file : "metrics", strerror(-r));
	audit_done(&audit);
	return r < 0 ? EXIT_ERROR : EXIT_FINE;
}
