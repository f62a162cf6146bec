/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcaudit without a command, and orphans, permissions …: the findings, for people or as one
 * document with the objects. A host that leaks has thousands of the same finding: people are shown
 * the first ones of each owner, and how many more there are.
 */
#include <errno.h>
#include <string.h>

#include "commands.h"
#include "findings.h"
#include "object_json.h"
#include "output.h"
#include "printed.h"
#include "say.h"
#include "words.h"

/* So many of one kind and owner are shown; all with -v. */
#define SHOWN_MAX 5

static void print_number(uint64_t number, FILE *out)
{
	if (number == OBJECT_UNKNOWN)
		fputs("unknown", out);
	else
		fprintf(out, "%llu", (unsigned long long)number);
}

static void print_one(const struct evidence *evidence, FILE *out)
{
	switch (evidence->form) {
	case EVIDENCE_NUMBER:
	case EVIDENCE_TIME:
		print_number(evidence->number, out);
		break;
	case EVIDENCE_TEXT:
		fprintf(out, "'%s'", evidence->text ? evidence->text : "");
		break;
	case EVIDENCE_FLAG:
		fputs(evidence->number ? "yes" : "no", out);
		break;
	case EVIDENCE_TABLE:
		fprintf(out, "%zu (--json lists them)", evidence->row_count);
		break;
	case EVIDENCE_DRAWING:
		break;
	}
}

static void print_evidence(const struct finding *finding, FILE *out)
{
	bool is_first = true;

	for (size_t i = 0; i < finding->evidence_count; i++) {
		const struct evidence *evidence = &finding->evidence[i];

		if (evidence->form == EVIDENCE_DRAWING)
			continue;
		fprintf(out, "%s%s=", is_first ? "          evidence: " : " ", evidence->name);
		print_one(evidence, out);
		is_first = false;
	}
	if (!is_first)
		fputc('\n', out);
}

static void print_drawing(const struct finding *finding, FILE *out)
{
	for (size_t i = 0; i < finding->evidence_count; i++) {
		const char *line = finding->evidence[i].text;

		if (finding->evidence[i].form != EVIDENCE_DRAWING)
			continue;
		while (line && *line) {
			int length = (int)strcspn(line, "\n");

			fprintf(out, "            %.*s\n", length, line);
			line += length;
			line += *line == '\n';
		}
	}
}

static void print_finding(const struct finding *finding, bool verbose, FILE *out)
{
	static const char *const titles[] = {"INFO    ", "WARNING ", "CRITICAL"};

	fprintf(out, "%s  %s", titles[finding->severity], finding_name(finding->id));
	if (finding->object)
		fprintf(out, "  %s", finding->object);
	fprintf(out, "\n          %s\n", finding->summary);
	print_drawing(finding, out);
	if (finding->owner)
		fprintf(out, "          owner: %s\n", finding->owner);
	if (finding->fix)
		fprintf(out, "          do: %s\n", finding->fix);
	if (verbose)
		print_evidence(finding, out);
}

static bool is_alike(const struct finding *a, const struct finding *b)
{
	return a->id == b->id && a->severity == b->severity && a->uid == b->uid;
}

static void print_findings(const struct findings *findings, bool verbose, FILE *out)
{
	size_t alike = 0;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];
		bool ends = i + 1 == findings->count || !is_alike(finding, finding + 1);

		if (verbose || alike < SHOWN_MAX)
			print_finding(finding, verbose, out);
		alike++;
		if (!ends)
			continue;
		if (!verbose && alike > SHOWN_MAX)
			fprintf(out,
				"          ... and %zu more like these, of %s (-v shows all)\n",
				alike - SHOWN_MAX, finding->owner ? finding->owner : "the host");
		alike = 0;
	}
}

static int print_summary(const struct audit *audit, const struct findings *findings, FILE *out)
{
	size_t counts[3] = {0};

	for (size_t i = 0; i < findings->count; i++)
		counts[findings->list[i].severity]++;
	fprintf(out, "%zu critical, %zu warning, %zu info; %zu objects, %zu processes seen\n",
		counts[SEVERITY_CRITICAL], counts[SEVERITY_WARNING], counts[SEVERITY_INFO],
		audit->inv.count, audit->procs.count);
	return printed_all(out);
}

static int print_json(struct audit *audit, const struct findings *findings)
{
	struct output output;
	int r = output_begin(&output, audit, command_name(audit->options->command));

	for (size_t i = 0; r == 0 && i < audit->inv.count; i++)
		if (audit_is_wanted(audit, i))
			r = object_json_put(output.objects, audit, i, OBJECT_JSON_LIST);
	if (r == 0)
		r = output_begin_findings(&output);
	if (r == 0)
		r = findings_put_json(output.findings, findings, audit->place);
	return r == 0 ? output_end(&output) : r;
}

static int report(struct audit *audit, uint64_t wanted)
{
	struct findings findings;
	int r = findings_make(&findings, audit, wanted), status = EXIT_FINE;

	if (r == 0 && audit->options->is_json) {
		r = print_json(audit, &findings);
	} else if (r == 0) {
		print_findings(&findings, audit->options->is_verbose, stdout);
		r = print_summary(audit, &findings, stdout);
	}
	if (r < 0) {
		say_error("%s: %s", command_name(audit->options->command),
			  r == -ENOSYS ? "--json needs libjson-c.so.5" : strerror(-r));
		status = EXIT_ERROR;
	} else if (findings.count && findings.list[0].severity > SEVERITY_INFO) {
		/* the worst is the first */
		status = findings.list[0].severity == SEVERITY_CRITICAL ? EXIT_CRITICAL
									: EXIT_WARNING;
	}
	findings_done(&findings);
	return status;
}

int command_report(const struct command_context *context)
{
	const struct options *options = context->options;
	uint64_t wanted = findings_of_command(options->command);
	unsigned needs = findings_needs(wanted) | NEEDS_PROCESSES;
	struct audit audit;
	int status;

	if (options->is_json || options->unit)
		needs |= NEEDS_RESIDENT | NEEDS_MAPPED | NEEDS_OPEN;
	if (audit_take(&audit, context, options->kinds, needs) < 0)
		return EXIT_ERROR;
	audit_tell_gaps(&audit);
	status = report(&audit, wanted);
	audit_done(&audit);
	return status;
}
