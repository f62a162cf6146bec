/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sentences, put together in the order in which a number comes about. */
#include "explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "object.h"
#include "saturate.h"

static void add_number(struct text *text, uint64_t value)
{
	char digits[24];
	size_t length;

	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	length = strlen(digits);
	for (size_t i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			text_add_char(text, ',');
		text_add_char(text, digits[i]);
	}
}

/* A number with its unit; bytes and pages also as a size. */
static void add_amount(struct text *text, const struct host *host, enum parameter_id id,
		       uint64_t value)
{
	const char *unit = parameter_unit(id);
	uint64_t bytes = !strcmp(unit, "pages") ? saturate_mul(value, host->page_size) : value;
	char size[SIZE_TEXT_SIZE];

	add_number(text, value);
	text_add_format(text, " %s", unit);
	if ((!strncmp(unit, "bytes", 5) || !strcmp(unit, "pages")) && bytes >= 1024 &&
	    bytes < SATURATED)
		text_add_format(text, " (%s)", size_format(bytes, size));
}

static void add_time(struct text *text, time_t when)
{
	char buf[32];
	struct tm tm;

	/* a document may leave it out */
	if (when && localtime_r(&when, &tm) && strftime(buf, sizeof(buf), "%Y-%m-%d %H:%M", &tm))
		text_add_format(text, ", at %s", buf);
}

static void add_owner(struct text *text, struct analysis *analysis,
		      const struct sample_owner *owner)
{
	/* another host's users are not ours */
	if (owner->has_uid && analysis->options->from)
		text_add_format(text, "uid %u", owner->uid);
	else if (owner->has_uid)
		text_add(text, usernames_get(&analysis->usernames, owner->uid));
	if (owner->unit)
		text_add_format(text, "%s%s", owner->has_uid ? " in " : "", owner->unit);
}

static void add_culprits(struct text *text, struct analysis *analysis, enum parameter_id id)
{
	struct culprit culprits[CULPRITS_MAX];
	size_t count = analysis_culprits(analysis, id, culprits);

	for (size_t i = 0; i < count; i++) {
		text_add(text, i ? ", " : ", most by ");
		add_owner(text, analysis, culprits[i].owner);
		text_add(text, " (");
		add_number(text, culprits[i].value);
		text_add_char(text, ')');
	}
}

static void add_peak(struct text *text, struct analysis *analysis, enum parameter_id id)
{
	const struct peak *peak = &analysis->result.values[id].peak;

	if (!peak->is_measured) {
		text_add(text, id == PARAMETER_SEMOPM
				       ? "Can't be measured: the kernel keeps no account of it."
				       : "Nothing was measured.");
		return;
	}
	if (!peak->value) {
		text_add(text, "None was in use.");
		return;
	}
	text_add(text, "Measured peak: ");
	add_amount(text, &analysis->host, id, peak->value);
	add_time(text, analysis->samples.list[peak->sample].time);
	add_culprits(text, analysis, id);
	text_add_char(text, '.');
}

static void add_trend(struct text *text, const struct peak *peak)
{
	if (!peak->ahead)
		return;
	text_add(text, " It grows by ");
	add_number(text, peak->ahead);
	text_add_format(text, " in %d days, as %u days show", TREND_AHEAD_DAYS, peak->days);
	if (peak->growth) {
		text_add(text, ": ");
		add_number(text, peak->growth);
		text_add(text, " more than the peak");
	}
	text_add_char(text, '.');
}

static void add_margin(struct text *text, const struct analysis *analysis, enum parameter_id id)
{
	const struct value *value = &analysis->result.values[id];
	uint64_t measured = with_margin(saturate_sum(value->peak.value, value->peak.growth),
					analysis->options->headroom);

	if (!value->peak.is_measured || !value->peak.value || value->wanted < measured)
		return;
	text_add_format(text, " With %u %% on top: ", analysis->options->headroom);
	add_number(text, measured);
	if (id == PARAMETER_SHMMAX && value->wanted != measured && value->why == WHY_MEASURED) {
		text_add(text, ", in whole pages ");
		add_number(text, value->wanted);
	}
	text_add_char(text, '.');
}

/* A bare number says nothing twice. */
static void add_formula(struct text *text, const char *formula)
{
	if (formula[strspn(formula, "0123456789")])
		text_add_format(text, " = %s", formula);
}

static void add_products(struct text *text, const struct analysis *analysis, unsigned target)
{
	for (size_t i = 0; i < analysis->needs.count; i++) {
		const struct profile_need *need = &analysis->needs.list[i];

		for (size_t j = 0; j < need->count; j++) {
			if (need->values[j].target != target)
				continue;
			text_add_format(text, " %s: ", need->title);
			add_number(text, need->values[j].value);
			add_formula(text, need->values[j].formula);
			text_add_format(text, " (%s).", need->values[j].source);
		}
	}
}

/* recommend.c: in_whole_pages() */
static void add_whole_pages(struct text *text, const struct value *value)
{
	if (value->product_whole <= value->product)
		return;
	text_add(text, " Rounded up to whole huge pages: ");
	add_number(text, value->product_whole);
	text_add_char(text, '.');
}

/* recommend.c: join_messages() */
static void add_message(struct text *text, const struct analysis *analysis)
{
	const struct value *queue = &analysis->result.values[PARAMETER_MSGMNB];
	uint64_t message = analysis->result.values[PARAMETER_MSGMAX].recommended;
	uint64_t measured = with_margin(saturate_sum(queue->peak.value, queue->peak.growth),
					analysis->options->headroom);

	if (queue->wanted != message || message <= measured || message <= queue->product)
		return;
	text_add(text, " A queue must take a message of msgmax: ");
	add_number(text, message);
	text_add_char(text, '.');
}

static void add_cap(struct text *text, const struct value *value)
{
	if (value->wanted <= value->cap)
		return;
	if (value->wanted >= SATURATED)
		text_add(text, " That is past 2^64; the most that makes sense is ");
	else
		text_add(text, " The kernel takes at most ");
	add_number(text, value->cap);
	text_add_char(text, '.');
}

void explain_need(struct text *text, struct analysis *analysis, enum parameter_id id)
{
	const struct value *value = &analysis->result.values[id];

	add_peak(text, analysis, id);
	add_trend(text, &value->peak);
	add_margin(text, analysis, id);
	add_products(text, analysis, id);
	add_whole_pages(text, value);
	if (id == PARAMETER_MSGMNB)
		add_message(text, analysis);
	add_cap(text, value);
	text_add_format(text, " At the limit, %s.", parameter_failure(id));
}

/* Samples alike in value are many: said only where they differ. */
static void add_percentiles(struct text *text, const struct peak *peak)
{
	if (!peak->is_measured || peak->p50 == peak->value)
		return;
	text_add(text, " For information: half of the time at most ");
	add_number(text, peak->p50);
	text_add(text, ", 95 % of it ");
	add_number(text, peak->p95);
	text_add(text, ", 99 % ");
	add_number(text, peak->p99);
	text_add_char(text, '.');
}

static void add_decision(struct text *text, const struct analysis *analysis,
			 const struct value *value)
{
	uint64_t enough = value->wanted < value->cap ? value->wanted : value->cap;

	text_add(text, value->has_current ? "Now " : "Not known, taken for the default, ");
	add_number(text, value->current);
	switch (value->action) {
	case ACTION_KEEP:
		if (value->current > enough && analysis->options->is_tightening)
			text_add(text, ": nothing is known to lower it by");
		else
			text_add(text, value->current > enough
					       ? ": enough, and never lowered by itself"
					       : ": just what is needed");
		break;
	case ACTION_RAISE:
	case ACTION_CLAMPED:
		text_add(text, value->recommended > value->current ? ": to be raised to "
								   : ": stays at ");
		add_number(text, value->recommended);
		break;
	case ACTION_LOWER:
		text_add(text, ": may be lowered, as a safeguard, to ");
		add_number(text, value->recommended);
		if (value->recommended > enough)
			text_add(text, value->products_sum
					       ? ", for all products on top of what was measured"
					       : ", the most that was in use, by whomever");
		break;
	}
	text_add_char(text, '.');
}

static void add_line(struct text *text, const struct sysctl_line *line)
{
	text_add_format(text, "%s:%u (", line->file, line->line);
	text_add_escaped(text, line->value ? line->value : "");
	text_add_char(text, ')');
}

/* Which file sets a sysctl, and which lines lose. */
static void add_files(struct text *text, const struct analysis *analysis, const char *sysctl)
{
	const struct sysctl_line *winner, *line = NULL;
	bool is_first = true;

	if (!analysis->has_files)
		return;
	winner = sysctl_files_winner(&analysis->files, sysctl, NULL);
	if (winner) {
		text_add(text, "At boot it is set by ");
		add_line(text, winner);
	} else {
		text_add(text, "No file sets it at boot");
	}
	while ((line = sysctl_files_next(&analysis->files, sysctl, line))) {
		if (line == winner)
			continue;
		text_add(text, is_first ? "; without effect: " : ", ");
		add_line(text, line);
		is_first = false;
	}
	text_add(text, ". ");
}

void explain_present(struct text *text, struct analysis *analysis, enum parameter_id id)
{
	const struct value *value = &analysis->result.values[id];

	add_decision(text, analysis, value);
	add_percentiles(text, &value->peak);
}

void explain_place(struct text *text, const struct analysis *analysis, enum sysctl_id id)
{
	struct parameters preset = {0};
	char buf[SYSCTL_TEXT_SIZE];
	unsigned count;
	enum parameter_id first = sysctl_parameters(id, &count);

	for (unsigned i = 0; i < count; i++)
		parameter_set(&preset, first + i, analysis->result.values[first + i].preset);
	add_files(text, analysis, sysctl_name(id));
	text_add_format(
		text,
		"Of this IPC namespace alone: a new one, such as a container's, begins with %s.",
		sysctl_format(id, &preset, buf));
}

void explain_huge_need(struct text *text, struct analysis *analysis, size_t huge)
{
	const struct huge_value *pages = &analysis->result.huge[huge];
	char size[SIZE_TEXT_SIZE];

	size_format(pages->size, size);
	if (!pages->value.peak.value) {
		text_add_format(text, "No segment of %s pages was measured.", size);
	} else {
		text_add(text, "Measured peak: ");
		add_number(text, pages->value.peak.value);
		text_add_format(text, " pages of %s for segments", size);
		add_time(text, analysis->samples.list[pages->value.peak.sample].time);
		text_add(text, ", each rounded up to whole pages.");
	}
	if (pages->size == analysis->host.default_hugepage_size)
		add_products(text, analysis, TARGET_HUGEPAGES);
	if (pages->value.action == ACTION_CLAMPED) {
		text_add_format(text, " Of memory, at most %d %% are for all pools together: ",
				HUGEPAGES_MOST_PERCENT);
		add_number(text, pages->value.cap);
		text_add(text, " pages of this size. That may do for nobody: a segment gets all of "
			       "its pages or none, and neither apply nor a format sets it.");
	}
	if (pages->value.wanted)
		text_add(text,
			 " No margin is added: each page is taken from everybody else. At the "
			 "end of the pool, shmget: ENOMEM.");
}

/* Where the pages are now. */
static void add_nodes(struct text *text, const struct pool_nodes *nodes)
{
	for (size_t i = 0; i < nodes->count; i++) {
		const struct pool_node *node = &nodes->list[i];

		text_add_format(text, "%s node %d has ", i ? "," : " Of the NUMA nodes,",
				node->node);
		add_number(text, node->total);
		if (node->in_use) {
			text_add(text, " (");
			add_number(text, node->in_use);
			text_add(text, " in use)");
		}
	}
	text_add(text, "; new ones are spread evenly over them.");
}

void explain_huge_present(struct text *text, struct analysis *analysis, size_t huge)
{
	const struct huge_value *pages = &analysis->result.huge[huge];

	if (pages->value.action == ACTION_CLAMPED) {
		text_add(text, "Now ");
		add_number(text, pages->value.current);
		text_add_char(text, '.');
	} else {
		add_decision(text, analysis, &pages->value);
	}
	if (pages->in_use != OBJECT_UNKNOWN && pages->in_use) {
		text_add(text, " In use or promised, by whomever: ");
		add_number(text, pages->in_use);
		text_add_char(text, '.');
	}
	if (pages->value.recommended && pages->nodes.count)
		add_nodes(text, &pages->nodes);
	if (pages->would > pages->value.peak.value) {
		text_add(
			text,
			" With segments of ordinary pages that would gain from them, it would be ");
		add_number(text, pages->would);
		text_add(text, " (--huge-pages).");
	}
	text_add_char(text, ' ');
	if (pages->size == analysis->host.default_hugepage_size)
		add_files(text, analysis, NR_HUGEPAGES);
	text_add(text, "The pool is the whole host's, whatever the namespace.");
	if (*analysis->host.thp_shmem)
		text_add_format(
			text,
			" Without a pool: transparent huge pages of shared memory, shmem_enabled "
			"is %s here.",
			analysis->host.thp_shmem);
}
