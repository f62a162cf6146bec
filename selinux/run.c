/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run.h"

#include <string.h>

static bool is_type(const char *context, const char *type)
{
	return span_is(context_type(context), type);
}

/* The filters that need no look at the host. */
static bool is_wanted(const struct options *options, const struct denial *denial)
{
	if (options->has_key && (denial->key_source == KEY_NONE || denial->key != options->key))
		return false;
	if (options->class && strcmp(options->class, denial->class))
		return false;
	if (options->domain && !is_type(denial->scontext, options->domain) &&
	    !is_type(denial->tcontext, options->domain))
		return false;
	/* a time that can't be told is no reason to hide the denial */
	if (denial->time && options->since && denial->time < options->since)
		return false;
	return !denial->time || !options->until || denial->time <= options->until;
}

/* Without it, what the log tells is told all the same. */
static struct sighting find(struct run *run, const struct denial *denial)
{
	if (!run->is_live_tried)
		run->has_live = live_take(&run->live) == 0;
	run->is_live_tried = true;
	return run->has_live ? live_find(&run->live, denial) : (struct sighting){0};
}

bool run_takes(struct run *run, const struct denial *denial, struct sighting *seen)
{
	if (!is_wanted(run->options, denial))
		return false;
	*seen = find(run, denial);
	if (run->options->is_live_only && seen->match == MATCH_NONE)
		return false;
	run->denials++;
	return true;
}

void run_forget_live(struct run *run)
{
	if (run->has_live)
		live_done(&run->live);
	else
		removals_free(run->live.removals);
	run->live.removals = NULL;
	run->has_live = run->is_live_tried = false;
}
