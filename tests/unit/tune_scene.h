/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What tests of recommendations ask of a scene; cmocka.h comes before. */
#pragma once

#include "cleanup.h"
#include "print.h"
#include "tune_sample.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static inline void scene_assert_value(const struct scene *scene, const char *rule,
				      enum parameter_id id, uint64_t recommended,
				      enum action action)
{
	const struct value *value = scene_value(scene, id);

	if (value->recommended != recommended || value->action != action)
		print_message("%s: %s: %s to %llu, not %s to %llu\n", rule, parameter_name(id),
			      action_name(value->action), (unsigned long long)value->recommended,
			      action_name(action), (unsigned long long)recommended);
	assert_true(value->recommended == recommended);
	assert_int_equal(value->action, action);
}

static inline void scene_set_segments(struct sample *sample, const struct sample_segments *groups,
				      size_t count, const struct host *host)
{
	sample->segments = calloc(count + 1, sizeof(*groups));
	memcpy(sample->segments, groups, count * sizeof(*groups));
	sample->segment_count = count;
	sample->huge_count = 0;
	sample_add_up(sample, host);
}

static inline void scene_set_pool(struct scene *scene, uint64_t total, uint64_t pages_free,
				  uint64_t reserved)
{
	struct host *host = &scene->analysis.host;

	free(host->pools);
	host->pools = calloc(1, sizeof(*host->pools));
	host->pools[0] = (struct host_pool){2 * MIB, -1, total, pages_free, reserved, 0, 0};
	host->pool_count = 1;
	host->nr_hugepages[0] = total;
}

/* A row of the report, as text. */
static inline void scene_assert_row_says(struct scene *scene, const char *name, const char *text,
					 bool is_said)
{
	_cleanup_(text_done) struct text paragraph = {0};
	struct row rows_made[ROWS_MAX];
	size_t count = rows_make(rows_made, &scene->analysis);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(rows_made[i].name, name))
			assert_int_equal(row_text(&paragraph, &scene->analysis, &rows_made[i]), 0);
	if (!strstr(paragraph.bytes, text) == is_said)
		print_message("%s\n", paragraph.bytes);
	assert_int_equal(strstr(paragraph.bytes, text) != NULL, is_said);
}
