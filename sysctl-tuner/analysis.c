/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analysis.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "namespaces.h"
#include "object.h"
#include "sample_take.h"
#include "say.h"
#include "store.h"
#include "who.h"

int analysis_complain(const struct parse_error *error, int r)
{
	_cleanup_free_ char *text = parse_error_text(error, r);

	if (error->what && text)
		say_error("%s", text);
	else
		say_error("%s", strerror(-r));
	return r;
}

void say_warnings(const struct analysis *analysis)
{
	for (size_t i = 0; i < analysis->result.warning_count; i++)
		say_error("%s: %s", warning_name(analysis->result.warnings[i].id),
			  analysis->result.warnings[i].text);
}

/* A container by its name, anything else by its unit: what stays the same when it is started again. */
static char *name_of_place(const struct procs *procs, pid_t pid)
{
	struct whos whos = {.procs = procs};
	const struct who *who = whos_get(&whos, pid);
	char *name = NULL;

	if (who && who->container)
		name = strdup(who->container);
	else if (who && who->unit)
		name = strdup(who->unit);
	else if (asprintf(&name, "pid-%d", pid) < 0)
		name = NULL;
	whos_done(&whos);
	return name;
}

int analysis_enter(const struct options *options, char **name, int *shm_fd)
{
	struct procs procs;
	struct place place;
	int r;

	*shm_fd = -1;
	if (!options->namespace_of) {
		*name = strdup("host");
		return *name ? 0 : -ENOMEM;
	}
	r = procs_open(&procs);
	if (r == 0)
		r = place_of(&procs, options->namespace_of, &place);
	if (r == 0) {
		*name = name_of_place(&procs, options->namespace_of);
		r = *name ? place_enter(&procs, &place, shm_fd) : -ENOMEM;
	}
	procs_done(&procs);
	if (r < 0)
		say_error("--namespace-of=%d: %s", options->namespace_of,
			  r == -ESRCH ? "no such process" : strerror(-r));
	return r;
}

/*
 * Leaves the samples of the last seconds before the newest: the clock is that of the host that took them. One
 * without a time is older than any that has one.
 */
static void leave_recent(struct samples *samples, time_t span)
{
	time_t newest = samples->count ? samples->list[samples->count - 1].time : 0;
	time_t since = newest > span ? newest - span : newest > 0;
	size_t old = 0;

	while (old < samples->count && samples->list[old].time < since)
		sample_done(&samples->list[old++]);
	samples->count -= old;
	if (old)
		memmove(samples->list, samples->list + old,
			samples->count * sizeof(*samples->list));
}

static int read_from(struct analysis *analysis)
{
	const char *from = analysis->options->from;
	bool is_pipe = !strcmp(from, "-");
	_cleanup_(parse_error_done) struct parse_error error = {0};
	_cleanup_close_ int fd = is_pipe ? dup(STDIN_FILENO) : open(from, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0) {
		r = -errno;
		say_error("--from=%s: %s", from, strerror(-r));
		return r;
	}
	r = samples_read_json(fd, is_pipe ? "standard input" : from, &analysis->host,
			      &analysis->samples, &error);
	if (r == -ENOSYS)
		say_error("libjson-c is missing: install libjson-c5, or json-c");
	else if (r < 0)
		analysis_complain(&error, r);
	else if (analysis->options->since_ns)
		leave_recent(&analysis->samples, (time_t)(analysis->options->since_ns / NS_PER_S));
	return r;
}

/* What was kept so far; a host that has kept nothing yet is measured now and is told so by a warning. */
static int read_store(struct analysis *analysis)
{
	const struct options *options = analysis->options;
	_cleanup_(parse_error_done) struct parse_error error = {0};
	_cleanup_(store_closep) struct store *store = NULL;
	time_t since = options->since_ns ? time(NULL) - (time_t)(options->since_ns / NS_PER_S) : 0;
	int r = store_open(&store, options->database, STORE_READ, &error);

	if (r == -ENOENT) {
		analysis->has_no_record = true;
		return 0;
	}
	if (r == 0)
		r = store_read(store, analysis->place, since, &analysis->samples,
			       &analysis->weights, &error);
	return r < 0 ? analysis_complain(&error, r) : 0;
}

static int add_present_sample(struct analysis *analysis, int shm_fd)
{
	struct sample *sample = samples_append(&analysis->samples);
	size_t count = analysis->samples.count;
	uint64_t *grown;
	int r;

	if (!sample)
		return -ENOMEM;
	r = sample_take(sample, &analysis->host, shm_fd);
	if (r < 0) {
		say_error("this host's IPC objects: %s", strerror(-r));
		analysis->samples.count--;
		return r;
	}
	if (!analysis->weights)
		return 0;
	grown = reallocarray(analysis->weights, count, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	analysis->weights = grown;
	grown[count - 1] = 1;
	return 0;
}

static int read_here(struct analysis *analysis)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	int shm_fd, r = analysis_enter(analysis->options, &analysis->place, &shm_fd);

	if (r == 0)
		r = host_read(&analysis->host);
	if (r == 0)
		r = read_store(analysis);
	if (r == 0)
		r = add_present_sample(analysis, shm_fd);
	/* sysctl.d is applied to the first namespace alone */
	if (r < 0 || analysis->options->namespace_of)
		return r;
	r = sysctl_files_read(&analysis->files, "", &error);
	analysis->has_files = r == 0;
	return r < 0 ? analysis_complain(&error, r) : 0;
}

static int read_profiles(struct analysis *analysis)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < analysis->options->profile_count; i++) {
		_cleanup_(parse_error_done) struct parse_error error = {0};

		r = profiles_add(&analysis->needs, analysis->options->profiles[i], &analysis->host,
				 profiles_dirs(), &error);
		if (r < 0)
			analysis_complain(&error, r);
	}
	return r;
}

/* The lists of the samples that hold a maximum; the database gives them one by one. */
static int read_lists(struct analysis *analysis)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	_cleanup_(store_closep) struct store *store = NULL;
	int r = 0;

	if (!analysis->weights)
		return 0;
	r = store_open(&store, analysis->options->database, STORE_READ, &error);
	for (int id = 0; r == 0 && id < PARAMETER_COUNT_; id++) {
		const struct peak *peak = &analysis->result.values[id].peak;
		struct sample *sample = &analysis->samples.list[peak->sample];

		if (peak->is_measured && !sample->owners && !sample->segments)
			r = store_read_lists(store, analysis->place, sample, &error);
	}
	return r < 0 ? analysis_complain(&error, r) : 0;
}

int analysis_make(struct analysis *analysis, const struct options *options)
{
	struct request request;
	int r;

	*analysis = (struct analysis){.options = options};
	host_init(&analysis->host);
	r = options->from ? read_from(analysis) : read_here(analysis);
	if (r == 0)
		r = read_profiles(analysis);
	request = (struct request){
		.host = &analysis->host,
		.window = {&analysis->samples, analysis->weights},
		.needs = &analysis->needs,
		.headroom = options->headroom,
		.is_tightening = options->is_tightening,
		.has_huge_pages = options->has_huge_pages,
		.files = analysis->has_files ? &analysis->files : NULL,
		.empty_database = analysis->has_no_record ? options->database : NULL,
	};
	if (r == 0) {
		r = recommend(&analysis->result, &request);
		if (r < 0)
			say_error("%s", strerror(-r));
	}
	if (r == 0)
		r = read_lists(analysis);
	if (r < 0)
		analysis_done(analysis);
	return r;
}

void analysis_done(struct analysis *analysis)
{
	recommendation_done(&analysis->result);
	usernames_done(&analysis->usernames);
	if (analysis->has_files)
		sysctl_files_done(&analysis->files);
	profile_needs_done(&analysis->needs);
	samples_done(&analysis->samples);
	free(analysis->weights);
	free(analysis->place);
	host_done(&analysis->host);
}

/* An owner's part of what a parameter bounds. */
static uint64_t part_of(const struct sample_owner *owner, enum parameter_id id)
{
	switch (id) {
	case PARAMETER_SHMMAX:
		return owner->largest_segment;
	case PARAMETER_SHMALL:
		return owner->pages;
	case PARAMETER_SHMMNI:
		return owner->segments;
	case PARAMETER_SEMMSL:
		return owner->largest_set;
	case PARAMETER_SEMMNS:
		return owner->semaphores;
	case PARAMETER_SEMMNI:
		return owner->sets;
	case PARAMETER_MSGMNB:
		return owner->largest_queue;
	case PARAMETER_MSGMNI:
		return owner->queues;
	case PARAMETER_MQ_QUEUES:
		return owner->mqueues;
	case PARAMETER_SEMOPM:
	case PARAMETER_MSGMAX:
	case PARAMETER_MQ_MSG:
	case PARAMETER_MQ_MSGSIZE:
	case PARAMETER_COUNT_:
		break;
	}
	return 0;
}

size_t analysis_culprits(const struct analysis *analysis, enum parameter_id id,
			 struct culprit culprits[CULPRITS_MAX])
{
	const struct peak *peak = &analysis->result.values[id].peak;
	const struct sample *sample;
	size_t count = 0;

	if (!peak->is_measured)
		return 0;
	sample = &analysis->samples.list[peak->sample];
	for (size_t i = 0; i < sample->owner_count; i++) {
		uint64_t value = part_of(&sample->owners[i], id);
		size_t at = count;

		if (!value)
			continue;
		while (at > 0 && culprits[at - 1].value < value) {
			if (at < CULPRITS_MAX)
				culprits[at] = culprits[at - 1];
			at--;
		}
		if (at < CULPRITS_MAX)
			culprits[at] = (struct culprit){&sample->owners[i], value};
		if (count < CULPRITS_MAX)
			count++;
	}
	return count;
}
