/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recommend.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "object.h"
#include "recommend_internal.h"
#include "saturate.h"
#include "warnings.h"

/* include/linux/ipc_namespace.h: what mq_open(3) makes a queue of that is given no attributes */
#define MQ_DEFAULT_MSG 10
#define MQ_DEFAULT_MSGSIZE 8192

uint64_t with_margin(uint64_t value, unsigned percent)
{
	unsigned __int128 more = (unsigned __int128)value * (100 + percent);

	more = (more + 99) / 100;
	return more > SATURATED ? SATURATED : (uint64_t)more;
}

bool is_near(uint64_t used, uint64_t limit)
{
	return limit && (unsigned __int128)used * 100 >= (unsigned __int128)limit * 90;
}

enum figure_id parameter_figure(enum parameter_id id)
{
	static const enum figure_id figures[PARAMETER_COUNT_] = {
		[PARAMETER_SHMMAX] = FIGURE_SHM_LARGEST,
		[PARAMETER_SHMALL] = FIGURE_SHM_PAGES,
		[PARAMETER_SHMMNI] = FIGURE_SHM_SEGMENTS,
		[PARAMETER_SEMMSL] = FIGURE_SEM_LARGEST_SET,
		[PARAMETER_SEMMNS] = FIGURE_SEM_SEMAPHORES,
		/* the kernel keeps no account of it */
		[PARAMETER_SEMOPM] = FIGURE_COUNT_,
		[PARAMETER_SEMMNI] = FIGURE_SEM_SETS,
		[PARAMETER_MSGMAX] = FIGURE_MSG_LARGEST_MESSAGE,
		[PARAMETER_MSGMNB] = FIGURE_MSG_LARGEST_QUEUE,
		[PARAMETER_MSGMNI] = FIGURE_MSG_QUEUES,
		[PARAMETER_MQ_QUEUES] = FIGURE_MQ_QUEUES,
		[PARAMETER_MQ_MSG] = FIGURE_MQ_LARGEST_MAXMSG,
		[PARAMETER_MQ_MSGSIZE] = FIGURE_MQ_LARGEST_MSGSIZE,
	};

	return figures[id];
}

static uint64_t newest_of(const struct window *window, enum figure_id figure)
{
	for (size_t i = window->samples->count; i > 0; i--)
		if (window->samples->list[i - 1].figures[figure] != OBJECT_UNKNOWN)
			return window->samples->list[i - 1].figures[figure];
	return OBJECT_UNKNOWN;
}

/* msgmnb bounds the bytes of a queue, and the number of its messages too (ipc/msg.c: msg_fits_inqueue). */
static int read_msgmnb(struct value *value, const struct window *window)
{
	uint64_t in_use = newest_of(window, FIGURE_MSG_LARGEST_QUEUE_MESSAGES);
	struct peak messages;
	int r = window_peak(window, FIGURE_MSG_LARGEST_QUEUE_MESSAGES, &messages);

	if (r < 0 || !messages.is_measured)
		return r;
	if (!value->peak.is_measured || messages.value > value->peak.value)
		value->peak = messages;
	if (value->in_use == OBJECT_UNKNOWN || (in_use != OBJECT_UNKNOWN && in_use > value->in_use))
		value->in_use = in_use;
	return 0;
}

static int read_measured(struct value *value, enum parameter_id id, const struct window *window)
{
	enum figure_id figure = parameter_figure(id);
	int r;

	value->in_use = OBJECT_UNKNOWN;
	if (figure == FIGURE_COUNT_)
		return 0;
	r = window_peak(window, figure, &value->peak);
	value->in_use = newest_of(window, figure);
	return r == 0 && id == PARAMETER_MSGMNB ? read_msgmnb(value, window) : r;
}

bool target_is_shared(unsigned target)
{
	return target == PARAMETER_SHMALL || target == PARAMETER_SHMMNI ||
	       target == PARAMETER_SEMMNS || target == PARAMETER_SEMMNI ||
	       target == PARAMETER_MSGMNI || target == TARGET_HUGEPAGES;
}

/* A formula is taken as it stands; but what is to be in huge pages takes whole ones. */
static uint64_t in_whole_pages(const struct profile_need *need, const struct profile_value *said,
			       const struct host *host)
{
	uint64_t pages = profile_need_of(need, TARGET_HUGEPAGES);
	uint64_t size = host->default_hugepage_size, least = said->value;

	if (!pages || !size)
		return said->value;
	if (said->target == PARAMETER_SHMMAX)
		least = saturate_mul(pages_of(said->value, size), size);
	else if (said->target == PARAMETER_SHMALL)
		least = saturate_mul(pages, size / host->page_size);
	return least > said->value ? least : said->value;
}

void read_products(struct value *value, unsigned target, const struct request *request)
{
	const struct profile_needs *needs = request->needs;

	for (size_t i = 0; i < needs->count; i++)
		for (size_t j = 0; j < needs->list[i].count; j++) {
			const struct profile_value *said = &needs->list[i].values[j];
			uint64_t whole;

			if (said->target != target)
				continue;
			whole = in_whole_pages(&needs->list[i], said, request->host);
			if (whole > value->product_whole)
				value->product_whole = whole;
			saturate_add(&value->products_sum, whole);
			if (value->profile && said->value <= value->product)
				continue;
			value->product = said->value;
			value->profile = &needs->list[i];
			value->profile_value = said;
		}
}

/* Segments of huge pages take whole ones: the largest size in use is the grain. */
static uint64_t grain_of_shmmax(const struct request *request)
{
	uint64_t grain = request->host->page_size;

	for (size_t i = 0; i < request->window.samples->count; i++) {
		const struct sample *sample = &request->window.samples->list[i];

		for (size_t h = 0; h < sample->huge_count; h++)
			if (sample->huge[h].pages && sample->huge[h].size > grain)
				grain = sample->huge[h].size;
	}
	return grain;
}

static uint64_t rounded(const struct request *request, enum parameter_id id, uint64_t value)
{
	if (id != PARAMETER_SHMMAX || !value)
		return value;
	return saturate_mul(pages_of(value, grain_of_shmmax(request)), grain_of_shmmax(request));
}

/* What a queue has that is made without attributes; it asks for nothing, whatever the limit. 0: no such limit. */
static uint64_t attribute_preset(enum parameter_id id)
{
	return id == PARAMETER_MQ_MSG	    ? MQ_DEFAULT_MSG
	       : id == PARAMETER_MQ_MSGSIZE ? MQ_DEFAULT_MSGSIZE
					    : 0;
}

bool peak_is_no_demand(enum parameter_id id, uint64_t peak)
{
	return peak <= attribute_preset(id);
}

static uint64_t wanted_by_measure(const struct request *request, enum parameter_id id,
				  const struct peak *peak)
{
	uint64_t preset = attribute_preset(id), wanted;

	if (!peak->is_measured)
		return 0;
	wanted = rounded(request, id,
			 with_margin(saturate_sum(peak->value, peak->growth), request->headroom));
	return peak->value <= preset && wanted > preset ? preset : wanted;
}

static void read_bounds(struct value *value, enum parameter_id id, const struct host *host)
{
	value->preset = parameter_default(id, host->long_bits);
	value->cap = parameter_cap(id, host->long_bits, host->ipcmni);
	value->has_current = parameter_is_known(&host->current, id);
	value->current = value->has_current ? host->current.value[id] : value->preset;
}

/* Which of them it is that counts most. */
static void find_why(struct value *value, uint64_t measured)
{
	if (value->wanted > value->cap)
		value->why = WHY_CAP;
	else if (value->profile && value->product_whole >= measured)
		value->why = WHY_PROFILE;
	else
		value->why = measured ? WHY_MEASURED : WHY_DEFAULT;
}

void want(struct value *value, uint64_t measured, bool is_shared)
{
	value->need = value->product > value->peak.value ? value->product : value->peak.value;
	value->wanted = value->product_whole > measured ? value->product_whole : measured;
	value->together =
		is_shared && value->products_sum ? saturate_sum(measured, value->products_sum) : 0;
	find_why(value, measured);
}

static void act(struct value *value)
{
	if (value->recommended > value->current)
		value->action = ACTION_RAISE;
	else if (value->recommended < value->current)
		value->action = ACTION_LOWER;
	else
		value->action = ACTION_KEEP;
	if (value->wanted > value->cap && value->wanted > value->current)
		value->action = ACTION_CLAMPED;
}

void settle(struct value *value, bool may_lower)
{
	uint64_t enough = value->wanted < value->cap ? value->wanted : value->cap;
	/* a product may be what was measured, or come on top of it */
	uint64_t least = value->together > enough ? value->together : enough;

	value->may_lower = may_lower;
	/* above the cap and more is wanted than that: lowered to the cap it would be too little */
	if (!may_lower || value->wanted > value->cap || least > value->current)
		least = value->current;
	value->recommended = enough > least ? enough : least;
	act(value);
}

/*
 * Whether the evidence bears a cap: what wasn't measured may be used all the same, who used none would get
 * none, and the size of messages is known by their mean only.
 */
static bool bears_cap(const struct value *value, enum parameter_id id)
{
	return id != PARAMETER_MSGMAX && !peak_is_no_demand(id, value->peak.value);
}

static int recommend_one(struct recommendation *result, enum parameter_id id,
			 const struct request *request)
{
	struct value *value = &result->values[id];
	int r = read_measured(value, id, &request->window);

	if (r < 0)
		return r;
	read_products(value, id, request);
	read_bounds(value, id, request->host);
	want(value, wanted_by_measure(request, id, &value->peak), target_is_shared(id));
	settle(value, request->is_tightening && bears_cap(value, id));
	return 0;
}

/*
 * A message of msgmax that is longer than msgmnb would block its sender for ever. It is wanted whether it is
 * in force already or not: else the plan would leave it out once it was applied.
 */
static void join_messages(struct recommendation *result, bool is_tightening)
{
	const struct value *message = &result->values[PARAMETER_MSGMAX];
	struct value *queue = &result->values[PARAMETER_MSGMNB];

	if (queue->wanted >= message->recommended)
		return;
	queue->wanted = message->recommended;
	queue->why = message->why;
	queue->profile = message->profile;
	settle(queue, is_tightening && bears_cap(queue, PARAMETER_MSGMNB));
}

int recommend(struct recommendation *result, const struct request *request)
{
	int r = 0;

	*result = (struct recommendation){0};
	for (int id = 0; r == 0 && id < PARAMETER_COUNT_; id++)
		r = recommend_one(result, (enum parameter_id)id, request);
	if (r == 0)
		join_messages(result, request->is_tightening);
	for (size_t i = 0; r == 0 && i < request->host->hugepage_size_count; i++)
		r = recommend_huge(result, i, request);
	if (r == 0)
		r = warnings_add(result, request);
	if (r < 0)
		recommendation_done(result);
	return r;
}

void recommendation_done(struct recommendation *result)
{
	for (size_t i = 0; i < result->warning_count; i++)
		free(result->warnings[i].text);
	free(result->warnings);
	for (size_t i = 0; i < result->huge_count; i++)
		pool_nodes_done(&result->huge[i].nodes);
	*result = (struct recommendation){0};
}

const char *action_name(enum action action)
{
	static const char *const names[] = {
		[ACTION_KEEP] = "keep",
		[ACTION_RAISE] = "raise",
		[ACTION_LOWER] = "lower",
		[ACTION_CLAMPED] = "clamped",
	};

	return names[action];
}

int recommendation_warn(struct recommendation *result, enum warning_id id, unsigned about,
			const char *format, ...)
{
	struct warning *grown =
		reallocarray(result->warnings, result->warning_count + 1, sizeof(*grown));
	va_list args;
	char *text;
	int n;

	if (!grown)
		return -ENOMEM;
	result->warnings = grown;
	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return -ENOMEM;
	grown[result->warning_count++] = (struct warning){id, about, text};
	return 0;
}

enum action sysctl_action(const struct recommendation *result, enum sysctl_id id)
{
	/* what changes most decides: a set of four is written in one go */
	static const unsigned rank[] = {
		[ACTION_KEEP] = 0, [ACTION_LOWER] = 1, [ACTION_RAISE] = 2, [ACTION_CLAMPED] = 3};
	enum action action = ACTION_KEEP;
	unsigned count;
	enum parameter_id first = sysctl_parameters(id, &count);

	for (unsigned i = 0; i < count; i++)
		if (rank[result->values[first + i].action] > rank[action])
			action = result->values[first + i].action;
	return action;
}

enum parameter_id sysctl_leader(const struct recommendation *result, enum sysctl_id id)
{
	unsigned count;
	enum parameter_id first = sysctl_parameters(id, &count), leader = first;
	enum action action = sysctl_action(result, id);

	for (unsigned i = count; i > 0; i--) {
		const struct value *value = &result->values[first + i - 1];

		if (value->action == action && (action != ACTION_KEEP || value->need))
			leader = first + i - 1;
	}
	return leader;
}
