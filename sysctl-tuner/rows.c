/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "object.h"

/* As it is in force and can't be raised, it doesn't do; the margin alone is no reason. */
static bool is_full(const struct value *value)
{
	return value->action == ACTION_CLAMPED && value->recommended <= value->current &&
	       is_near(value->need, value->current);
}

static void judge(struct row *row, const struct value *value)
{
	row->is_short |= value->recommended > value->current;
	row->is_full |= is_full(value);
}

static struct row row_of_sysctl(const struct analysis *analysis, enum sysctl_id id)
{
	const struct recommendation *result = &analysis->result;
	struct parameters recommended = {0}, need = {0};
	unsigned count;
	enum parameter_id first = sysctl_parameters(id, &count);
	struct row row = {
		.name = sysctl_name(id),
		.sysctl = (int)id,
		.about = ABOUT(id),
		.leader = &result->values[sysctl_leader(result, id)],
		.unit = count == 1 ? parameter_unit(first) : "semmsl semmns semopm semmni",
		.action = sysctl_action(result, id),
	};

	for (unsigned i = 0; i < count; i++) {
		const struct value *value = &result->values[first + i];

		judge(&row, value);
		parameter_set(&recommended, first + i, value->recommended);
		parameter_set(&need, first + i, value->need);
	}
	row.is_unreadable = (analysis->host.unreadable & ABOUT(id)) != 0;
	snprintf(row.label, sizeof(row.label), "%s", row.name);
	if (parameter_is_known(&analysis->host.current, first))
		sysctl_format(id, &analysis->host.current, row.current);
	sysctl_format(id, &recommended, row.recommended);
	sysctl_format(id, &need, row.need);
	return row;
}

static struct row row_of_huge(const struct analysis *analysis, size_t huge)
{
	const struct value *value = &analysis->result.huge[huge].value;
	struct row row = {
		.name = NR_HUGEPAGES,
		.sysctl = -1,
		.huge = huge,
		.leader = value,
		.unit = "pages",
		.action = value->action,
		.about = ABOUT_HUGEPAGES,
	};
	char size[SIZE_TEXT_SIZE];

	judge(&row, value);
	/* a part of what is needed may do for nobody: nothing sets it by itself */
	if (value->action == ACTION_CLAMPED) {
		row.is_short = false;
		row.is_full = true;
	}
	snprintf(row.label, sizeof(row.label), NR_HUGEPAGES " (%s)",
		 size_format(analysis->result.huge[huge].size, size));
	if (value->has_current)
		snprintf(row.current, sizeof(row.current), "%" PRIu64, value->current);
	snprintf(row.recommended, sizeof(row.recommended), "%" PRIu64, value->recommended);
	snprintf(row.need, sizeof(row.need), "%" PRIu64, value->need);
	return row;
}

size_t rows_make(struct row rows[ROWS_MAX], const struct analysis *analysis)
{
	size_t count = 0;

	for (int id = 0; id < SYSCTL_COUNT_; id++)
		rows[count++] = row_of_sysctl(analysis, (enum sysctl_id)id);
	for (size_t i = 0; i < analysis->result.huge_count; i++)
		rows[count++] = row_of_huge(analysis, i);
	return count;
}

char *row_why(const struct row *row)
{
	char *text;

	switch (row->leader->why) {
	case WHY_MEASURED:
		return strdup("measured");
	case WHY_PROFILE:
		return asprintf(&text, "profile %s", row->leader->profile->name) < 0 ? NULL : text;
	case WHY_CAP:
		return strdup("cap");
	case WHY_DEFAULT:
		break;
	}
	return strdup("default");
}
