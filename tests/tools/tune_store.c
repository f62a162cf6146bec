// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Samples into a database and out of it, for tests of what the file system and others do to it.
 *
 *   tune_store add FILE FIRST COUNT    adds samples FIRST, FIRST + 1 … of a series; prints each number
 *                                      before it is added, and "ok" once it was
 *   tune_store read FILE               prints how many samples there are
 *   tune_store kill FILE TIMES         a process adds samples and is killed at some time of its own, until so
 *                                      many were while they added one; all that was added must be there, or what
 *                                      is old by its maxima
 */
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "../unit/tune_series.h"
#include "cleanup.h"
#include "store.h"

#define HOUR 3600
#define DAY 86400
/* six samples an hour: every sixth thins an hour, and lists; every 144th a day, too */
static const struct series series = {42, 20000 * (time_t)DAY, 600};
/* of them are there before the first process is killed: there is something to thin at once */
#define DAYS_BEFORE 62
/* each time all of this is looked at, and everything in the end */
#define RECENT (9 * DAY)

/* One of each sort of figure: of an hour, some go. */
#define FIGURES 7

static void take(size_t n, struct sample *sample)
{
	series_sample(&series, n, sample);
	for (size_t i = FIGURES; i < FIGURE_COUNT_; i++)
		sample->figures[i] = OBJECT_UNKNOWN;
}

static int complain(const struct parse_error *error, int r)
{
	_cleanup_free_ char *text = parse_error_text(error, r);

	fprintf(stderr, "tune_store: %s\n", text ? text : "");
	return 1;
}

static int add(const char *file, size_t first, size_t count)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	_cleanup_(store_closep) struct store *store = NULL;
	int r = store_open(&store, file, STORE_WRITE, &error);

	for (size_t i = first; r == 0 && i < first + count; i++) {
		struct sample_owner owner = {.has_uid = true, .uid = (uid_t)i, .sets = i};
		struct sample sample;

		take(i, &sample);
		sample.owners = &owner;
		sample.owner_count = 1;
		dprintf(STDOUT_FILENO, "%zu\n", i);
		r = store_add(store, "host", &sample, &error);
		if (r == 0)
			dprintf(STDOUT_FILENO, "ok\n");
	}
	return r < 0 ? complain(&error, r) : 0;
}

static int read_samples(const char *file, time_t since, struct samples *samples)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	_cleanup_(store_closep) struct store *store = NULL;
	int r = store_open(&store, file, STORE_READ, &error);

	if (r == 0)
		r = store_read(store, "host", since, samples, NULL, &error);
	return r < 0 ? complain(&error, r) : 0;
}

static int print_count(const char *file)
{
	_cleanup_(samples_done) struct samples samples = {0};
	int r = read_samples(file, 0, &samples);

	if (r == 0)
		printf("%zu\n", samples.count);
	return r;
}

/* --- killed --- */

/* A number of the series. */
struct entry {
	bool is_added;
	uint64_t values[SERIES_VALUES];
};

struct trial {
	const char *file;
	struct entry *entries;
	size_t count, allocated;
	size_t inside; /* killed while a sample was being added */
};

/* What a process said: numbers begun and, behind each that was added, ok. */
struct progress {
	FILE *from;
	size_t begun, added;
};

static bool hear(struct progress *progress)
{
	char line[32];

	if (!fgets(line, sizeof(line), progress->from))
		return false;
	if (!strcmp(line, "ok\n"))
		progress->added++;
	else
		progress->begun++;
	return true;
}

/* Kills this process once it has used so much of the processor, wherever it is then. */
static void kill_after(long ns)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
	struct itimerspec spec = {.it_value = {ns / 1000000000, ns % 1000000000}};
	timer_t timer;

	if (timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) < 0 ||
	    timer_settime(timer, 0, &spec, NULL) < 0)
		_exit(2);
}

/* A process that adds so many, or as many as it can in that time (0: no end). */
static int run(const struct trial *trial, size_t count, long ns, struct progress *progress)
{
	int pipe_fds[2], status;
	pid_t pid;

	if (pipe(pipe_fds) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		dup2(pipe_fds[1], STDOUT_FILENO);
		close(pipe_fds[0]);
		if (ns)
			kill_after(ns);
		_exit(add(trial->file, trial->count, count));
	}
	close(pipe_fds[1]);
	progress->from = fdopen(pipe_fds[0], "r");
	while (progress->from && hear(progress))
		;
	fclose(progress->from);
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

static bool is_intact(const char *file)
{
	sqlite3_stmt *statement = NULL;
	sqlite3 *db = NULL;
	bool is_fine = sqlite3_open(file, &db) == SQLITE_OK &&
		       sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &statement, NULL) ==
			       SQLITE_OK &&
		       sqlite3_step(statement) == SQLITE_ROW &&
		       !strcmp((const char *)sqlite3_column_text(statement, 0), "ok");

	sqlite3_finalize(statement);
	sqlite3_close(db);
	return is_fine;
}

static time_t time_of(size_t n)
{
	return series.begin + (time_t)n * series.step;
}

/*
 * From the newest on: those of a week themselves, and the maxima since each edge of an hour, or of a day
 * where days are left.
 */
static bool has_all(const struct trial *trial, time_t since, const struct samples *samples)
{
	uint64_t raw[SERIES_VALUES], kept[SERIES_VALUES];
	time_t newest = time_of(trial->count);
	size_t at = samples->count;

	for (size_t i = 0; i < SERIES_VALUES; i++)
		raw[i] = kept[i] = OBJECT_UNKNOWN;
	for (size_t n = trial->count; n-- > 0 && time_of(n) >= since;) {
		const struct entry *entry = &trial->entries[n];
		time_t time = time_of(n);

		for (size_t i = 0; entry->is_added && i < SERIES_VALUES; i++)
			series_raise(&raw[i], entry->values[i]);
		for (; at > 0 && samples->list[at - 1].time >= time; at--)
			for (size_t i = 0; i < SERIES_VALUES; i++)
				series_raise(&kept[i], series_value(&samples->list[at - 1], i));
		if (entry->is_added && newest - time < 7 * DAY &&
		    (at == samples->count || samples->list[at].time != time))
			return false;
		if (time % (newest - time > 59 * DAY ? DAY : HOUR) == 0 &&
		    memcmp(raw, kept, sizeof(raw)) != 0)
			return false;
	}
	return true;
}

static bool make_room(struct trial *trial, size_t count)
{
	if (trial->count + count <= trial->allocated)
		return true;
	trial->allocated = 2 * (trial->count + count);
	trial->entries = realloc(trial->entries, trial->allocated * sizeof(*trial->entries));
	return trial->entries;
}

/* Notes what was said to be added. Of one that was being added only the database knows. */
static bool account(struct trial *trial, const struct progress *progress,
		    const struct samples *samples)
{
	time_t last = samples->count ? samples->list[samples->count - 1].time : 0;

	if (!make_room(trial, progress->begun))
		return false;
	for (size_t i = 0; i < progress->begun; i++) {
		struct entry *entry = &trial->entries[trial->count];
		struct sample sample;

		take(trial->count, &sample);
		for (size_t j = 0; j < SERIES_VALUES; j++)
			entry->values[j] = series_value(&sample, j);
		entry->is_added = i < progress->added || last == sample.time;
		trial->count++;
	}
	return true;
}

/* Adds so many, or for so long, and looks at what is recent. */
static bool try_once(struct trial *trial, size_t count, long ns)
{
	time_t since = trial->count ? time_of(trial->count) - RECENT : 0;
	_cleanup_(samples_done) struct samples samples = {0};
	struct progress progress = {0};
	int status = run(trial, count, ns, &progress);

	if (ns ? !WIFSIGNALED(status) : status != 0) {
		printf("the process that adds: status %d\n", status);
		return false;
	}
	trial->inside += progress.begun > progress.added;
	if (!is_intact(trial->file)) {
		printf("not intact\n");
		return false;
	}
	if (read_samples(trial->file, since, &samples) || !account(trial, &progress, &samples))
		return false;
	if (has_all(trial, since, &samples))
		return true;
	printf("of %zu samples some are missing\n", trial->count);
	return false;
}

static bool has_all_in_the_end(const struct trial *trial)
{
	_cleanup_(samples_done) struct samples samples = {0};

	if (read_samples(trial->file, 0, &samples) == 0 && has_all(trial, 0, &samples))
		return true;
	printf("in the end some are missing\n");
	return false;
}

static int kill_often(const char *file, size_t times)
{
	struct trial trial = {.file = file};
	bool is_fine = try_once(&trial, DAYS_BEFORE * DAY / (size_t)series.step, 0);
	size_t rounds;

	for (rounds = 0; is_fine && trial.inside < times; rounds++)
		is_fine = try_once(&trial, SIZE_MAX / 2, 1 + (long)(series_mix(rounds) % 30000000));
	printf("killed %zu times, %zu of them inside; %zu samples\n", rounds, trial.inside,
	       trial.count);
	is_fine = is_fine && has_all_in_the_end(&trial);
	free(trial.entries);
	return is_fine ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "add"))
		return add(argv[2], strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10));
	if (argc == 3 && !strcmp(argv[1], "read"))
		return print_count(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "kill"))
		return kill_often(argv[2], strtoul(argv[3], NULL, 10));
	fprintf(stderr, "usage: tune_store add FILE FIRST COUNT | read FILE | kill FILE TIMES\n");
	return 2;
}
