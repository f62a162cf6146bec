/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts, windows and products by hand, and the recommendation for them. */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"
#include "object.h"

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define DAY 86400

/* 2^64 - 2^24 - 1, the kernel's default of shmmax and shmall */
#define SHM_DEFAULT UINT64_C(18446744073692774399)

/* What is asked, all of it, and the answer. */
struct scene {
	struct options options;
	struct analysis analysis;
};

static inline void scene_init(struct scene *scene)
{
	*scene = (struct scene){.options = {.headroom = 25, .from = "-"}};
	scene->analysis.options = &scene->options;
	host_init(&scene->analysis.host);
	scene->analysis.host.ram_bytes = 64 * GIB;
}

/* The limits of a kernel that nobody has touched. */
static inline void scene_set_defaults(struct scene *scene)
{
	struct host *host = &scene->analysis.host;

	for (int id = 0; id < PARAMETER_COUNT_; id++)
		parameter_set(&host->current, (enum parameter_id)id,
			      parameter_default((enum parameter_id)id, host->long_bits));
}

static inline struct sample *scene_add(struct scene *scene, time_t time)
{
	struct sample *sample = samples_append(&scene->analysis.samples);

	if (!sample)
		abort();
	sample->time = time;
	return sample;
}

/* Samples of one figure, `step` seconds apart. */
static inline void scene_add_figures(struct scene *scene, enum figure_id figure, time_t step,
				     const uint64_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		scene_add(scene, (time_t)(i + 1) * step)->figures[figure] = values[i];
}

static inline void scene_add_one(struct scene *scene, enum figure_id figure, uint64_t value)
{
	scene_add_figures(scene, figure, 1, &value, 1);
}

static inline void scene_add_product(struct scene *scene, const char *text)
{
	static const char *const dirs[] = {"sysctl-tuner/profiles", NULL};
	struct parse_error error = {0};

	if (profiles_add(&scene->analysis.needs, text, &scene->analysis.host, dirs, &error) < 0) {
		fprintf(stderr, "%s: %s\n", text, error.what);
		abort();
	}
}

static inline void scene_recommend(struct scene *scene)
{
	struct analysis *analysis = &scene->analysis;
	struct request request = {
		.host = &analysis->host,
		.window = {&analysis->samples, NULL},
		.needs = &analysis->needs,
		.headroom = scene->options.headroom,
		.is_tightening = scene->options.is_tightening,
		.has_huge_pages = scene->options.has_huge_pages,
	};

	recommendation_done(&analysis->result);
	if (recommend(&analysis->result, &request) < 0)
		abort();
}

/* What is recommended comes into force. */
static inline void scene_obey(struct scene *scene)
{
	const struct recommendation *result = &scene->analysis.result;
	struct host *host = &scene->analysis.host;

	for (int id = 0; id < PARAMETER_COUNT_; id++)
		parameter_set(&host->current, (enum parameter_id)id,
			      result->values[id].recommended);
	for (size_t i = 0; i < result->huge_count; i++)
		host->nr_hugepages[host_hugepage_index(host, result->huge[i].size)] =
			result->huge[i].value.recommended;
}

static inline const struct value *scene_value(const struct scene *scene, enum parameter_id id)
{
	return &scene->analysis.result.values[id];
}

/* The text of the first warning of that sort; NULL: there is none. */
static inline const char *scene_warning(const struct scene *scene, enum warning_id id)
{
	const struct recommendation *result = &scene->analysis.result;

	for (size_t i = 0; i < result->warning_count; i++)
		if (result->warnings[i].id == id)
			return result->warnings[i].text;
	return NULL;
}

static inline void scene_done(struct scene *scene)
{
	recommendation_done(&scene->analysis.result);
	profile_needs_done(&scene->analysis.needs);
	samples_done(&scene->analysis.samples);
	if (scene->analysis.has_files)
		sysctl_files_done(&scene->analysis.files);
	host_done(&scene->analysis.host);
}
