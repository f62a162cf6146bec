/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A recommendation as JSON, schema ipcguard/1: values are decimal strings, for they pass 2^53. */
#include <errno.h>
#include <string.h>

#include "alignment.h"
#include "cleanup.h"
#include "document.h"
#include "explain.h"
#include "object.h"
#include "print.h"
#include "saturate.h"

static void free_document(struct json_object **document)
{
	document_free(*document);
}

static int add_peak(struct json_object *to, const struct analysis *analysis,
		    const struct peak *peak)
{
	int r = 0;

	if (!peak->is_measured)
		return document_add_null(to, "peak");
	r |= document_add_decimal(to, "peak", peak->value);
	r |= document_add_time(to, "peak_time", analysis->samples.list[peak->sample].time);
	r |= document_add_decimal(to, "p50", peak->p50);
	r |= document_add_decimal(to, "p95", peak->p95);
	r |= document_add_decimal(to, "p99", peak->p99);
	r |= document_add_uint(to, "days", peak->days);
	r |= document_add_decimal(to, "growth_per_day", peak->ahead / TREND_AHEAD_DAYS);
	return r | document_add_decimal(to, "growth", peak->growth);
}

static int add_culprits(struct json_object *to, const struct analysis *analysis,
			enum parameter_id id)
{
	struct culprit culprits[CULPRITS_MAX];
	size_t count = analysis_culprits(analysis, id, culprits);
	struct json_object *array = document_add_array(to, "by");
	int r = array ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i++) {
		const struct sample_owner *owner = culprits[i].owner;
		struct json_object *element = document_append_object(array);

		if (!element)
			return -ENOMEM;
		r |= owner->has_uid ? document_add_uint(element, "uid", owner->uid)
				    : document_add_null(element, "uid");
		r |= document_add_text(element, "unit", owner->unit);
		r |= document_add_decimal(element, "value", culprits[i].value);
	}
	return r;
}

static int add_profiles(struct json_object *to, const struct analysis *analysis, unsigned target)
{
	struct json_object *array = document_add_array(to, "profiles");
	int r = array ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < analysis->needs.count; i++) {
		const struct profile_need *need = &analysis->needs.list[i];

		for (size_t j = 0; r == 0 && j < need->count; j++) {
			struct json_object *element;

			if (need->values[j].target != target)
				continue;
			element = document_append_object(array);
			if (!element)
				return -ENOMEM;
			r |= document_add_text(element, "profile", need->name);
			r |= document_add_decimal(element, "value", need->values[j].value);
			r |= document_add_text(element, "formula", need->values[j].formula);
			r |= document_add_text(element, "source", need->values[j].source);
		}
	}
	return r;
}

static int add_value(struct json_object *to, const struct analysis *analysis,
		     const struct value *value, enum parameter_id id)
{
	int r = document_add_text(to, "name", parameter_name(id));

	r |= document_add_decimal(to, "need", value->need);
	r |= add_peak(to, analysis, &value->peak);
	r |= add_culprits(to, analysis, id);
	r |= document_add_decimal(to, "in_use", value->in_use);
	r |= document_add_decimal(to, "wanted", value->wanted);
	r |= document_add_decimal(to, "default", value->preset);
	r |= document_add_decimal(to, "cap", value->cap);
	r |= document_add_text(to, "failure", parameter_failure(id));
	return r | add_profiles(to, analysis, id);
}

static int add_line(struct json_object *to, const char *key, const struct sysctl_line *line)
{
	struct json_object *at;

	if (!line)
		return document_add_null(to, key);
	at = document_add_object(to, key);
	if (!at)
		return -ENOMEM;
	return document_add_text(at, "file", line->file) |
	       document_add_uint(at, "line", line->line) |
	       document_add_text(at, "value", line->value);
}

static int add_losers(struct json_object *to, const struct analysis *analysis, const char *name,
		      const struct sysctl_line *winner)
{
	struct json_object *array = document_add_array(to, "without_effect");
	const struct sysctl_line *line = NULL;
	int r = array ? 0 : -ENOMEM;

	while (r == 0 && (line = sysctl_files_next(&analysis->files, name, line))) {
		struct json_object *element;

		if (line == winner)
			continue;
		element = document_append_object(array);
		if (!element)
			return -ENOMEM;
		r |= document_add_text(element, "file", line->file);
		r |= document_add_uint(element, "line", line->line);
		r |= document_add_text(element, "value", line->value);
	}
	return r;
}

static int add_files(struct json_object *to, const struct analysis *analysis, const char *name)
{
	const struct sysctl_line *winner;

	if (!analysis->has_files)
		return 0;
	winner = sysctl_files_winner(&analysis->files, name, NULL);
	return add_line(to, "set_by", winner) | add_losers(to, analysis, name, winner);
}

static int add_evidence_of_sysctl(struct json_object *to, const struct analysis *analysis,
				  enum sysctl_id id)
{
	unsigned count;
	enum parameter_id first = sysctl_parameters(id, &count);
	struct json_object *array = document_add_array(to, "values");
	int r = array ? 0 : -ENOMEM;

	for (unsigned i = 0; r == 0 && i < count; i++) {
		struct json_object *element = document_append_object(array);

		if (!element)
			return -ENOMEM;
		r = add_value(element, analysis, &analysis->result.values[first + i], first + i);
	}
	return r | document_add_text(to, "scope", "ipc-namespace");
}

static int add_nodes(struct json_object *to, const struct pool_nodes *nodes)
{
	struct json_object *array = document_add_array(to, "nodes");
	int r = array ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < nodes->count; i++) {
		const struct pool_node *node = &nodes->list[i];
		struct json_object *element = document_append_object(array);

		if (!element)
			return -ENOMEM;
		r |= document_add_int(element, "node", node->node);
		r |= document_add_decimal(element, "total", node->total);
		r |= document_add_decimal(element, "in_use", node->in_use);
		r |= document_add_decimal(element, "even", node->even);
		r |= document_add_decimal(element, "share", node->share);
	}
	return r;
}

static int add_evidence_of_huge(struct json_object *to, const struct analysis *analysis,
				size_t huge)
{
	const struct huge_value *pages = &analysis->result.huge[huge];
	int r = document_add_decimal(to, "peak", pages->value.peak.value);

	r |= document_add_decimal(to, "would", pages->would);
	r |= document_add_decimal(to, "in_use", pages->in_use);
	r |= document_add_decimal(to, "used", pages->used);
	r |= document_add_decimal(to, "cap",
				  pages->value.cap < SATURATED ? pages->value.cap : OBJECT_UNKNOWN);
	r |= document_add_text(to, "failure", "shmget: ENOMEM");
	r |= document_add_text(to, "scope", "host");
	r |= add_nodes(to, &pages->nodes);
	if (pages->size == analysis->host.default_hugepage_size)
		r |= add_profiles(to, analysis, TARGET_HUGEPAGES);
	return r;
}

static int add_evidence(struct json_object *to, const struct analysis *analysis,
			const struct row *row)
{
	struct json_object *evidence = document_add_object(to, "evidence");
	int r;

	if (!evidence)
		return -ENOMEM;
	r = document_add_uint(evidence, "headroom", analysis->options->headroom);
	r |= row->sysctl >= 0
		     ? add_evidence_of_sysctl(evidence, analysis, (enum sysctl_id)row->sysctl)
		     : add_evidence_of_huge(evidence, analysis, row->huge);
	if (row->sysctl >= 0 ||
	    analysis->result.huge[row->huge].size == analysis->host.default_hugepage_size)
		r |= add_files(evidence, analysis, row->name);
	return r;
}

static int add_row(struct json_object *array, struct analysis *analysis, const struct row *row)
{
	struct json_object *element = document_append_object(array);
	_cleanup_(text_done) struct text text = {0};
	_cleanup_free_ char *why = row_why(row);
	int r;

	if (!element || !why || row_text(&text, analysis, row) < 0)
		return -ENOMEM;
	r = document_add_text(element, "name", row->name);
	if (row->sysctl < 0)
		r |= document_add_uint(element, "hugepage_size",
				       analysis->result.huge[row->huge].size);
	r |= document_add_text(element, "current", *row->current ? row->current : NULL);
	r |= document_add_text(element, "recommended", row->recommended);
	r |= document_add_text(element, "need", row->need);
	r |= document_add_text(element, "unit", row->unit);
	r |= document_add_text(element, "action", action_name(row->action));
	r |= document_add_text(element, "why", why);
	r |= document_add_text(element, "text", text.bytes);
	return r | add_evidence(element, analysis, row);
}

static int add_warnings(struct json_object *document, const struct analysis *analysis,
			unsigned about)
{
	struct json_object *array = document_add_array(document, "warnings");
	int r = array ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < analysis->result.warning_count; i++) {
		const struct warning *warning = &analysis->result.warnings[i];
		struct json_object *element;

		if (!(warning->about & about))
			continue;
		element = document_append_object(array);
		if (!element)
			return -ENOMEM;
		r = document_add_text(element, "id", warning_name(warning->id)) |
		    document_add_text(element, "text", warning->text);
	}
	return r;
}

static int add_drifts(struct json_object *document, const struct drifts *drifts)
{
	struct json_object *array = document_add_array(document, "drift");
	int r = array ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < drifts->count; i++) {
		const struct drift *drift = &drifts->list[i];
		struct json_object *element = document_append_object(array);

		if (!element)
			return -ENOMEM;
		r |= document_add_text(element, "name", drift->name);
		r |= document_add_text(element, "current", drift->current);
		r |= add_line(element, "ours", drift->ours);
		r |= add_line(element, "overridden_by", drift->winner);
	}
	return r;
}

static int add_alignments(struct json_object *document, const struct analysis *analysis)
{
	struct alignment rows[ALIGNMENTS_MAX];
	size_t count = alignments_find(rows, analysis);
	struct json_object *array = document_add_array(document, "segments");
	int r = array ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i++) {
		struct json_object *element = document_append_object(array);

		if (!element)
			return -ENOMEM;
		r |= document_add_decimal(element, "bytes", rows[i].bytes);
		r |= document_add_exact(element, "count", rows[i].count);
		r |= document_add_bool(element, "is_huge", rows[i].is_huge);
		r |= document_add_uint(element, "hugepage_size", rows[i].size);
		r |= document_add_decimal(element, "pages", rows[i].pages);
		r |= document_add_decimal(element, "waste_bytes", rows[i].waste);
		r |= document_add_decimal(element, "aligned_bytes", rows[i].aligned);
	}
	return r;
}

int print_json(FILE *out, struct analysis *analysis, const struct drifts *drifts,
	       const struct row *only)
{
	_cleanup_(free_document) struct json_object *document = NULL;
	struct json_object *array;
	struct row rows[ROWS_MAX];
	size_t count = rows_make(rows, analysis);
	int r = document_new(command_name(analysis->options->command), &document);

	if (r < 0)
		return r;
	array = document_add_array(document, "parameters");
	if (!array)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < count; i++)
		if (!only || (rows[i].sysctl == only->sysctl && !strcmp(rows[i].name, only->name)))
			r = add_row(array, analysis, &rows[i]);
	if (r == 0 && !only)
		r = add_alignments(document, analysis);
	if (r == 0 && drifts)
		r = add_drifts(document, drifts);
	if (r == 0)
		r = add_warnings(document, analysis, only ? only->about : ABOUT_ALL);
	return r ? -ENOMEM : document_print(document, out);
}
