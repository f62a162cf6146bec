// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * How large does the database get, and how long does a tick or reading take? Adds a sample for every minute of
 * so many days and prints the file's bytes, the median and the longest time of adding one, and the time
 * to read them all, in nanoseconds.
 *
 *   tune_store FILE DAYS calm|busy|wild
 *
 * calm: a host where nothing changes; busy: figures that go up and down, and three owners; wild: each figure
 * anything each minute, and as many owners as a sample keeps, all of them others.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../tests/unit/tune_series.h"
#include "cleanup.h"
#include "clock.h"
#include "store.h"

#define MINUTES 1440
/* times are counted in steps of this, up to a second */
#define STEP_NS 1000
#define STEPS 1000000

enum kind { CALM, BUSY, WILD };

struct times {
	unsigned *counts; /* of each step */
	uint64_t longest;
	size_t count;
};

static const struct series series = {7, 20000 * (time_t)86400, 60};

static uint64_t figure(enum kind kind, size_t n, size_t id)
{
	uint64_t noise = series_noise(&series, n, id);

	switch (kind) {
	case CALM:
		return 4096 * id;
	case BUSY:
		/* some never change; others about a daily wave */
		return id % 3 == 0 ? 100 * id : (1 + n % MINUTES / 60) * 1000 + noise % 200;
	case WILD:
		return noise >> 1;
	}
	return 0;
}

static size_t owners(enum kind kind, size_t n, struct sample_owner *list, char units[][32])
{
	size_t count = kind == WILD ? SAMPLE_DETAIL_MAX : 3;

	for (size_t i = 0; i < count; i++) {
		uint64_t noise = series_noise(&series, kind == CALM ? 0 : n, 30 + i);

		snprintf(units[i], 32, "some-program@%u.service",
			 (unsigned)(kind == WILD ? noise >> 40 : i));
		list[i] = (struct sample_owner){.has_uid = true,
						.uid = (uid_t)(1000 + i),
						.unit = units[i],
						.segments = noise % 100,
						.pages = noise % 100000,
						.largest_segment = noise % 1000000000,
						.sets = noise % 7,
						.semaphores = noise % 70};
	}
	return count;
}

static int add(struct store *store, enum kind kind, size_t n, struct parse_error *error)
{
	struct sample_owner list[SAMPLE_DETAIL_MAX];
	char units[SAMPLE_DETAIL_MAX][32];
	struct sample sample;

	series_sample(&series, n, &sample);
	for (size_t i = 0; i < FIGURE_COUNT_; i++)
		sample.figures[i] = figure(kind, n, i);
	if (kind != WILD)
		sample.huge_count = 0;
	sample.failed_hugepages = 0;
	sample.owners = list;
	sample.owner_count = owners(kind, n, list, units);
	return store_add(store, "host", &sample, error);
}

static int fill(const char *file, size_t count, enum kind kind, struct times *times,
		struct parse_error *error)
{
	_cleanup_(store_closep) struct store *store = NULL;
	int r = store_open(&store, file, STORE_WRITE, error);

	for (size_t n = 0; r == 0 && n < count; n++) {
		uint64_t begin = clock_now_ns(), took;

		r = add(store, kind, n, error);
		took = clock_now_ns() - begin;
		times->counts[took / STEP_NS < STEPS ? took / STEP_NS : STEPS - 1]++;
		times->longest = took > times->longest ? took : times->longest;
		times->count++;
	}
	return r;
}

static uint64_t median(const struct times *times)
{
	size_t below = 0, step = 0;

	while (step < STEPS && below + times->counts[step] <= times->count / 2)
		below += times->counts[step++];
	return step * STEP_NS;
}

static int read_all(const char *file, uint64_t *took, size_t *count, struct parse_error *error)
{
	_cleanup_(store_closep) struct store *store = NULL;
	_cleanup_(samples_done) struct samples samples = {0};
	_cleanup_free_ uint64_t *weights = NULL;
	uint64_t begin = clock_now_ns();
	int r = store_open(&store, file, STORE_READ, error);

	if (r == 0)
		r = store_read(store, "host", 0, &samples, &weights, error);
	*took = clock_now_ns() - begin;
	*count = samples.count;
	return r;
}

static int measure(const char *file, size_t days, enum kind kind, struct parse_error *error)
{
	struct times times = {.counts = calloc(STEPS, sizeof(*times.counts))};
	uint64_t took = 0;
	size_t count = 0;
	struct stat st;
	int r = times.counts ? fill(file, days * MINUTES, kind, &times, error) : -ENOMEM;

	if (r == 0)
		r = read_all(file, &took, &count, error);
	if (r == 0 && stat(file, &st) == 0)
		printf("%jd bytes, %zu samples, add %llu ns, longest %llu ns, read %llu ns\n",
		       (intmax_t)st.st_size, count, (unsigned long long)median(&times),
		       (unsigned long long)times.longest, (unsigned long long)took);
	free(times.counts);
	return r;
}

int main(int argc, char **argv)
{
	static const char *const kinds[] = {"calm", "busy", "wild"};
	_cleanup_(parse_error_done) struct parse_error error = {0};
	int r;

	for (int kind = CALM; argc == 4 && kind <= WILD; kind++) {
		if (strcmp(argv[3], kinds[kind]) != 0)
			continue;
		r = measure(argv[1], strtoul(argv[2], NULL, 10), (enum kind)kind, &error);
		if (r < 0)
			fprintf(stderr, "tune_store: %s\n", error.what ? error.what : strerror(-r));
		return r < 0;
	}
	fprintf(stderr, "usage: tune_store FILE DAYS calm|busy|wild\n");
	return 2;
}
