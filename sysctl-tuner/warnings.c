/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each warning is a function of its own. They speak of what is in force and of what is recommended: limits
 * that can't be reached, that are lower than the kernel's own, or near their end.
 */
#include "warnings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "failed_calls.h"
#include "known_tables.h"
#include "object.h"
#include "saturate.h"
#include "text.h"

/* Samples over less time than that, or fewer, say little about a week. */
#define WINDOW_LEAST_S 86400
#define SAMPLES_LEAST 60
/* include/uapi/linux/sem.h: larger values may fail to be allocated */
#define SEMOPM_MOST 1000

static char *place_of_line(const struct request *request, enum sysctl_id id)
{
	const struct sysctl_line *line =
		request->files ? sysctl_files_winner(request->files, sysctl_name(id), NULL) : NULL;
	char *text;

	if (!line)
		return strdup("");
	return asprintf(&text, ", set by %s:%u", line->file, line->line) < 0 ? NULL : text;
}

static int warn_below_default(struct recommendation *result, const struct request *request,
			      enum sysctl_id id)
{
	_cleanup_free_ char *place = NULL;
	unsigned count;
	enum parameter_id first = sysctl_parameters(id, &count);
	const char *whose;
	int r = 0;

	for (unsigned i = 0; r == 0 && i < count; i++) {
		const struct value *value = &result->values[first + i];

		if (!value->has_current || value->current >= value->preset)
			continue;
		free(place);
		place = place_of_line(request, id);
		if (!place)
			return -ENOMEM;
		r = recommendation_warn(result, WARNING_BELOW_DEFAULT, ABOUT(id),
					"%s is %" PRIu64 ", the kernel's own default is %" PRIu64
					"%s",
					parameter_name(first + i), value->current, value->preset,
					place);
	}
	whose = place ? known_table(id, &request->host->current) : NULL;
	return r == 0 && whose ? recommendation_warn(
					 result, WARNING_KNOWN_TABLE, ABOUT(id),
					 "%s has the value of %s, a table that lowers limits of "
					 "today's kernels",
					 sysctl_name(id), whose)
			       : r;
}

static int warn_near(struct recommendation *result, enum parameter_id id)
{
	const struct value *value = &result->values[id];

	if (!value->has_current || !value->peak.is_measured ||
	    peak_is_no_demand(id, value->peak.value) || !is_near(value->peak.value, value->current))
		return 0;
	return recommendation_warn(
		result, WARNING_NEAR, ABOUT(parameter_sysctl(id)),
		"%s: the measured peak is %" PRIu64 " of %" PRIu64 "%s; at the limit: %s",
		parameter_name(id), value->peak.value, value->current,
		value->peak.value >= value->current
			? ", and more may have been wanted than there was room for"
			: "",
		parameter_failure(id));
}

static int warn_clamped(struct recommendation *result, enum parameter_id id,
			const struct host *host)
{
	const struct value *value = &result->values[id];
	bool is_of_ids = parameter_cap(id, 64, 1) == 1;
	char wanted[48];

	if (value->action != ACTION_CLAMPED)
		return 0;
	if (value->wanted >= SATURATED)
		strcpy(wanted, "more than 2^64");
	else
		snprintf(wanted, sizeof(wanted), "%" PRIu64, value->wanted);
	return recommendation_warn(result, WARNING_CLAMPED, ABOUT(parameter_sysctl(id)),
				   "%s: %s wanted, the most is %" PRIu64 "%s", parameter_name(id),
				   wanted, value->cap,
				   is_of_ids && host->ipcmni < 1 << 24
					   ? "; the boot parameter ipcmni_extend allows 16777216"
					   : "");
}

static int warn_few_samples(struct recommendation *result, const struct request *request)
{
	const struct samples *samples = request->window.samples;
	time_t span =
		samples->count ? samples->list[samples->count - 1].time - samples->list[0].time : 0;

	if (!samples->count)
		return recommendation_warn(result, WARNING_FEW_SAMPLES, ABOUT_ALL,
					   "nothing was measured: only products and the present "
					   "values count");
	if (request->empty_database)
		return recommendation_warn(result, WARNING_FEW_SAMPLES, ABOUT_ALL,
					   "nothing is recorded in %s: what is in use just now is "
					   "all that counts",
					   request->empty_database);
	if (samples->count >= SAMPLES_LEAST && span >= WINDOW_LEAST_S)
		return 0;
	return recommendation_warn(result, WARNING_FEW_SAMPLES, ABOUT_ALL,
				   "%zu sample%s over %ld minutes: what happens once a day or a "
				   "month may not be among them",
				   samples->count, samples->count == 1 ? "" : "s",
				   (long)(span / 60));
}

static int warn_sum(struct recommendation *result, const struct request *request, unsigned target,
		    uint64_t recommended)
{
	unsigned about = ABOUT(parameter_sysctl((enum parameter_id)target));
	uint64_t sum = 0;
	size_t products = 0;

	for (size_t i = 0; i < request->needs->count; i++)
		for (size_t j = 0; j < request->needs->list[i].count; j++)
			if (request->needs->list[i].values[j].target == target) {
				saturate_add(&sum, request->needs->list[i].values[j].value);
				products++;
			}
	if (products < 2 || sum <= recommended)
		return 0;
	return recommendation_warn(
		result, WARNING_SUM, about,
		"%s: %zu products need %" PRIu64
		" if all use theirs at the same time; vendors state totals for a host, so that the "
		"greatest of them is recommended",
		parameter_name((enum parameter_id)target), products, sum);
}

static int warn_sums(struct recommendation *result, const struct request *request)
{
	int r = 0;

	for (int id = 0; r == 0 && id < PARAMETER_COUNT_; id++)
		if (target_is_shared((unsigned)id))
			r = warn_sum(result, request, (unsigned)id, result->values[id].recommended);
	return r;
}

static int warn_unreachable(struct recommendation *result, const struct host *host)
{
	const struct value *values = result->values;
	uint64_t shmmax = values[PARAMETER_SHMMAX].recommended;
	uint64_t shmall = values[PARAMETER_SHMALL].recommended;
	uint64_t semmns = values[PARAMETER_SEMMNS].recommended;
	uint64_t sems = saturate_mul(values[PARAMETER_SEMMSL].recommended,
				     values[PARAMETER_SEMMNI].recommended);
	int r = 0;

	if (shmall < pages_of(shmmax, host->page_size))
		r = recommendation_warn(result, WARNING_SHMMAX_UNREACHABLE,
					ABOUT(SYSCTL_SHMMAX) | ABOUT(SYSCTL_SHMALL),
					"shmall of %" PRIu64
					" pages is less than one segment of shmmax",
					shmall);
	if (r == 0 && sems < semmns)
		r = recommendation_warn(result, WARNING_SEMMNS_UNREACHABLE, ABOUT(SYSCTL_SEM),
					"semmns of %" PRIu64 " can't be reached: semmsl * semmni "
					"is %" PRIu64,
					semmns, sems);
	return r;
}

static int warn_messages(struct recommendation *result)
{
	const struct value *queue = &result->values[PARAMETER_MSGMNB];
	const struct value *message = &result->values[PARAMETER_MSGMAX];
	uint64_t queues = result->values[PARAMETER_MSGMNI].in_use;
	int r = 0;

	if (message->has_current && queue->has_current && message->current > queue->current)
		r = recommendation_warn(result, WARNING_MSGMAX_ABOVE_MSGMNB,
					ABOUT(SYSCTL_MSGMAX) | ABOUT(SYSCTL_MSGMNB),
					"msgmax is %" PRIu64 " and msgmnb %" PRIu64
					": the sender of a longer message than that waits for ever",
					message->current, queue->current);
	if (r == 0 && queue->recommended > queue->current && queues && queues != OBJECT_UNKNOWN)
		r = recommendation_warn(result, WARNING_MSGMNB_OLD_QUEUES, ABOUT(SYSCTL_MSGMNB),
					"a higher msgmnb is for queues made afterwards: those that "
					"are there keep theirs");
	return r;
}

static int warn_sizes(struct recommendation *result, const struct host *host)
{
	const struct value *shmall = &result->values[PARAMETER_SHMALL];
	const struct value *semopm = &result->values[PARAMETER_SEMOPM];
	int r = 0;

	if (semopm->recommended > SEMOPM_MOST)
		r = recommendation_warn(result, WARNING_SEMOPM_LARGE, ABOUT(SYSCTL_SEM),
					"semopm of %" PRIu64 ": above 1000 the kernel may fail to "
					"allocate an operation",
					semopm->recommended);
	if (r == 0 && host->ram_bytes != OBJECT_UNKNOWN &&
	    shmall->need < UNLIMITED / host->page_size &&
	    shmall->need > host->ram_bytes / host->page_size)
		r = recommendation_warn(result, WARNING_SHMALL_ABOVE_RAM, ABOUT(SYSCTL_SHMALL),
					"shmall: %" PRIu64
					" pages are needed, more than there is memory: "
					"right only where segments are not filled, as Db2 has them",
					shmall->need);
	return r;
}

/* RLIMIT_MSGQUEUE of a login: include/uapi/linux/mqueue.h, MQ_BYTES_MAX */
#define MSGQUEUE_DEFAULT 819200

static int warn_mqueue_rlimit(struct recommendation *result, const struct request *request)
{
	struct peak peak;
	int r = window_peak(&request->window, FIGURE_MQ_BYTES_OF_USER, &peak);

	if (r < 0 || !is_near(peak.value, MSGQUEUE_DEFAULT))
		return r;
	return recommendation_warn(result, WARNING_MQUEUE_RLIMIT, ABOUT(SYSCTL_MQ_QUEUES),
				   "POSIX queues of one user cost %" PRIu64
				   " bytes: the default of RLIMIT_MSGQUEUE is %d; give its units "
				   "LimitMSGQUEUE=%" PRIu64,
				   peak.value, MSGQUEUE_DEFAULT,
				   with_margin(peak.value, request->headroom));
}

static int warn_failed_call(struct recommendation *result, const struct window *window,
			    const struct failed_call *failed)
{
	uint64_t count = 0;
	char text[32] = "";
	time_t last = 0;
	struct tm tm;

	for (size_t i = 0; i < window->samples->count; i++) {
		const struct sample *sample = &window->samples->list[i];
		uint64_t of_sample = sample->figures[failed->figure];

		if (of_sample == OBJECT_UNKNOWN || !of_sample)
			continue;
		saturate_add(&count, of_sample);
		last = sample->time;
	}
	if (!count)
		return 0;
	if (localtime_r(&last, &tm))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm);
	return recommendation_warn(result, WARNING_FAILED_CALLS, failed->about,
				   "%s failed with %s at least %" PRIu64
				   " times, last before %s, as programs said in the journal: %s",
				   failed->call, failed->error, count, text, failed->limits);
}

/* The kernel takes a negative value and then refuses everything (kernel.sem), or the file can't be read. */
static int warn_unreadable(struct recommendation *result, const struct host *host)
{
	int r = 0;

	for (int id = 0; r == 0 && id < SYSCTL_COUNT_; id++)
		if (host->unreadable & ABOUT(id))
			r = recommendation_warn(
				result, WARNING_UNREADABLE, ABOUT(id),
				"%s can't be read, or is no number to count with; a "
				"negative value refuses every call",
				sysctl_name((enum sysctl_id)id));
	return r;
}

/* A document may leave out what is in force; where something is needed of it, that was a guess. */
static int warn_assumed_limits(struct recommendation *result)
{
	_cleanup_(text_done) struct text names = {0};
	unsigned about = 0;

	for (int id = 0; id < PARAMETER_COUNT_; id++) {
		const struct value *value = &result->values[id];
		enum sysctl_id sysctl = parameter_sysctl((enum parameter_id)id);

		if (value->has_current || !value->need || about & ABOUT(sysctl))
			continue;
		text_add_format(&names, "%s%s", about ? ", " : "", sysctl_name(sysctl));
		about |= ABOUT(sysctl);
	}
	if (!about)
		return 0;
	if (names.failed)
		return -ENOMEM;
	return recommendation_warn(result, WARNING_ASSUMED, about,
				   "what is in force is not told of %s: taken for the kernel's "
				   "default",
				   names.bytes);
}

static int warn_assumed(struct recommendation *result, const struct request *request)
{
	const struct host *host = request->host;
	int r = 0;

	if (host->page_size_assumed && result->values[PARAMETER_SHMALL].need)
		r = recommendation_warn(result, WARNING_ASSUMED,
					ABOUT(SYSCTL_SHMMAX) | ABOUT(SYSCTL_SHMALL),
					"page_size is not told: taken for %" PRIu64,
					host->page_size);
	if (r == 0 && host->default_hugepage_size_unknown && request->needs->count)
		r = recommendation_warn(result, WARNING_ASSUMED, ABOUT_HUGEPAGES,
					"default_hugepage_size is not told: nothing is said of "
					"what products need of huge pages");
	return r == 0 && !host->is_local ? warn_assumed_limits(result) : r;
}

static int warn_products(struct recommendation *result, const struct profile_needs *needs)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < needs->count; i++)
		if (needs->list[i].note)
			r = recommendation_warn(result, WARNING_PRODUCT, ABOUT_ALL, "%s: %s",
						needs->list[i].title, needs->list[i].note);
	for (size_t i = 0; r == 0 && i < needs->count; i++)
		if (needs->list[i].doubt)
			r = recommendation_warn(result, WARNING_DOUBTFUL, ABOUT_ALL, "%s: %s",
						needs->list[i].name, needs->list[i].doubt);
	return r;
}

int warnings_add(struct recommendation *result, const struct request *request)
{
	int r = warn_few_samples(result, request);

	for (int id = 0; r == 0 && id < SYSCTL_COUNT_; id++)
		r = warn_below_default(result, request, (enum sysctl_id)id);
	for (int id = 0; r == 0 && id < PARAMETER_COUNT_; id++) {
		r = warn_near(result, (enum parameter_id)id);
		if (r == 0)
			r = warn_clamped(result, (enum parameter_id)id, request->host);
	}
	if (r == 0)
		r = warn_sums(result, request);
	if (r == 0)
		r = warn_unreachable(result, request->host);
	if (r == 0)
		r = warn_messages(result);
	if (r == 0)
		r = warn_sizes(result, request->host);
	if (r == 0)
		r = warn_mqueue_rlimit(result, request);
	if (r == 0)
		r = warnings_add_huge(result, request);
	if (r == 0)
		r = warn_unreadable(result, request->host);
	if (r == 0)
		r = warn_assumed(result, request);
	if (r == 0)
		r = warn_products(result, request->needs);
	for (size_t i = 0; r == 0 && i < FAILED_CALLS; i++)
		r = warn_failed_call(result, &request->window, &failed_calls[i]);
	return r;
}

const char *warning_name(enum warning_id id)
{
	static const char *const names[WARNING_COUNT_] = {
		[WARNING_BELOW_DEFAULT] = "below-default",
		[WARNING_KNOWN_TABLE] = "known-table",
		[WARNING_NEAR] = "near",
		[WARNING_FEW_SAMPLES] = "few-samples",
		[WARNING_CLAMPED] = "clamped",
		[WARNING_SUM] = "sum",
		[WARNING_SHMMAX_UNREACHABLE] = "shmmax-unreachable",
		[WARNING_SEMMNS_UNREACHABLE] = "semmns-unreachable",
		[WARNING_SEMOPM_LARGE] = "semopm-large",
		[WARNING_MSGMAX_ABOVE_MSGMNB] = "msgmax-above-msgmnb",
		[WARNING_MSGMNB_OLD_QUEUES] = "msgmnb-old-queues",
		[WARNING_SHMALL_ABOVE_RAM] = "shmall-above-ram",
		[WARNING_HUGEPAGES_MISSING] = "hugepages-missing",
		[WARNING_MEMLOCK] = "memlock",
		[WARNING_MQUEUE_RLIMIT] = "mqueue-rlimit",
		[WARNING_FAILED_HUGEPAGES] = "failed-hugepages",
		[WARNING_FAILED_CALLS] = "failed-calls",
		[WARNING_UNREADABLE] = "unreadable",
		[WARNING_ASSUMED] = "assumed",
		[WARNING_HUGEPAGES_BOOT] = "hugepages-boot",
		[WARNING_HUGEPAGES_NODE] = "hugepages-node",
		[WARNING_HUGEPAGES_ABOVE_RAM] = "hugepages-above-ram",
		[WARNING_PRODUCT] = "product",
		[WARNING_DOUBTFUL] = "doubtful",
	};

	return names[id];
}
