/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ipctune record: one sample, into the database or as JSON. */
#include <errno.h>
#include <string.h>

#include "analysis.h"
#include "cleanup.h"
#include "clock.h"
#include "commands.h"
#include "failed_calls.h"
#include "sample_json.h"
#include "sample_take.h"
#include "say.h"
#include "store.h"

#define JOURNAL_MAX_S 600

/* What was kept of that time, each with the lists that it has. */
static int read_kept(const struct options *options, const char *place, struct samples *samples)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	_cleanup_(store_closep) struct store *store = NULL;
	time_t since = time(NULL) - (time_t)(options->since_ns / NS_PER_S);
	int r = store_open(&store, options->database, STORE_READ, &error);

	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = store_read(store, place, since, samples, NULL, &error);
	for (size_t i = 0; r == 0 && i < samples->count; i++)
		r = store_read_lists(store, place, &samples->list[i], &error);
	return r < 0 ? analysis_complain(&error, r) : 0;
}

static int print(const struct host *host, const struct samples *samples)
{
	int r = samples_print_json(stdout, host, samples);

	if (r == -ENOSYS)
		say_error("libjson-c is missing: install libjson-c5, or json-c");
	else if (r < 0)
		say_error("standard output: %s", strerror(-r));
	return r;
}

/* The journal is read from where the last sample left it; not far back, after the timer has rested. */
static int read_failed_calls(struct store *store, const char *place, struct sample *sample,
			     struct parse_error *error)
{
	_cleanup_(samples_done) struct samples recent = {0};
	time_t since = sample->time - JOURNAL_MAX_S;
	int r = store_read(store, place, since, &recent, NULL, error);

	if (r < 0)
		return r;
	if (recent.count)
		since = recent.list[recent.count - 1].time;
	failed_calls_read(sample, since, sample->time);
	return 0;
}

static int keep(const struct options *options, const char *place, struct sample *sample)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	_cleanup_(store_closep) struct store *store = NULL;
	int r = store_open(&store, options->database, STORE_WRITE, &error);

	/* what the host's journal says is of the host's namespace */
	if (r == 0 && !options->namespace_of)
		r = read_failed_calls(store, place, sample, &error);
	if (r == 0)
		r = store_add(store, place, sample, &error);
	return r < 0 ? analysis_complain(&error, r) : r;
}

static int take(const struct options *options, struct host *host, struct samples *samples)
{
	_cleanup_free_ char *place = NULL;
	struct sample *sample;
	int shm_fd, r = analysis_enter(options, &place, &shm_fd);

	if (r == 0 && options->since_ns)
		r = read_kept(options, place, samples);
	if (r < 0)
		return r;
	r = host_read(host);
	sample = r == 0 ? samples_append(samples) : NULL;
	if (sample)
		r = sample_take(sample, host, shm_fd);
	if (r < 0 || !sample) {
		say_error("this host's IPC objects: %s", strerror(r < 0 ? -r : ENOMEM));
		return -EIO;
	}
	return options->is_json ? print(host, samples) : keep(options, place, sample);
}

int command_record(const struct options *options)
{
	struct samples samples = {0};
	struct host host;
	int r;

	host_init(&host);
	r = take(options, &host, &samples);
	samples_done(&samples);
	host_done(&host);
	return r < 0 ? EXIT_ERROR : EXIT_FINE;
}
