/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Samples by a seed: the same number, the same sample. */
#pragma once

#include <stdint.h>
#include <string.h>

#include "object.h"
#include "sample.h"

struct series {
	uint64_t seed;
	time_t begin, step; /* seconds */
};

/* splitmix64 */
static inline uint64_t series_mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static inline uint64_t series_noise(const struct series *series, size_t n, size_t figure)
{
	return series_mix(series->seed ^ series_mix(n * 64 + figure));
}

/* Figures of all sorts: constant, at random, rare spikes, growth, steps, gaps, never measured. */
static inline uint64_t series_figure(const struct series *series, size_t n, size_t figure)
{
	uint64_t noise = series_noise(series, n, figure);

	switch ((figure + 1) % 7) {
	case 0:
		return 4096 * figure;
	case 1:
		return noise >> 1;
	case 2:
		return noise % 500 ? 10 : noise >> 20;
	case 3:
		return n * 10 + noise % 100;
	case 4:
		return n / 50 % 5;
	case 5:
		return noise % 3 ? noise % 1000 : OBJECT_UNKNOWN;
	default:
		return OBJECT_UNKNOWN;
	}
}

static inline void series_sample(const struct series *series, size_t n, struct sample *sample)
{
	sample_init(sample);
	sample->time = series->begin + (time_t)n * series->step;
	for (size_t i = 0; i < FIGURE_COUNT_; i++)
		sample->figures[i] = series_figure(series, n, i);
	sample->failed_hugepages = n / 100;
	sample->huge_count = 2;
	sample->huge[0].size = UINT64_C(2) << 20;
	sample->huge[0].pages = series_noise(series, n, 60) % 100;
	sample->huge[0].would = series_noise(series, n, 61) % 10;
	sample->huge[1].size = UINT64_C(1) << 30;
	sample->huge[1].pages = series_noise(series, n, 62) % 5;
	sample->huge[1].would = 0;
}

/* Values of a sample one after the other: figures, failed huge pages, pages and would of each size. */
#define SERIES_VALUES (FIGURE_COUNT_ + 5)

static inline uint64_t series_huge(const struct sample *sample, uint64_t size, size_t would)
{
	for (size_t i = 0; i < sample->huge_count; i++)
		if (sample->huge[i].size == size)
			return would ? sample->huge[i].would : sample->huge[i].pages;
	return 0;
}

static inline uint64_t series_value(const struct sample *sample, size_t i)
{
	if (i < FIGURE_COUNT_)
		return sample->figures[i];
	i -= FIGURE_COUNT_;
	if (i == 0)
		return sample->failed_hugepages;
	return series_huge(sample, i <= 2 ? UINT64_C(2) << 20 : UINT64_C(1) << 30, (i - 1) % 2);
}

/* Raises the maximum; OBJECT_UNKNOWN is none yet. */
static inline void series_raise(uint64_t *highest, uint64_t value)
{
	if (value != OBJECT_UNKNOWN && (*highest == OBJECT_UNKNOWN || value > *highest))
		*highest = value;
}
