// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The shortest history that still fails in the same way: parts are left out, large ones first
 * (delta debugging, Zeller & Hildebrandt 2002), and what is left is lived again from a clean
 * beginning. Operations name workers and objects by numbers of their own, so one whose ground is
 * gone is just refused.
 */
#include <string.h>

#include "model.h"

/* A race may need several tries to fail again. */
#define TRIES_RACING 6
#define LIVES_MAX 800

struct shrinking {
	struct history *trial;
	struct op ops[OPS_MAX]; /* the shortest so far */
	unsigned count;
	enum failure failure;
	char message[512];
	bool has_race;
	unsigned lives;
	const char *ipcclean;
	unsigned lane;
};

const char *failure_name(enum failure failure)
{
	static const char *const names[] = {
		[FAIL_NONE] = "none",
		[FAIL_FALSE_REMOVAL] = "false removal",
		[FAIL_LEFTOVER] = "missed leftover",
		[FAIL_WRONG_REASON] = "wrong reason",
		[FAIL_WRONG_REPORT] = "wrong report",
		[FAIL_TOOL] = "ipcclean failed",
		[FAIL_HARNESS] = "the test failed",
	};

	return names[failure];
}

static bool fails_again(struct shrinking *s)
{
	for (unsigned i = 0; i < (s->has_race ? TRIES_RACING : 1); i++) {
		if (s->lives++ >= LIVES_MAX)
			return false;
		live(s->trial, true, s->ipcclean, s->lane);
		if (s->trial->failure == s->failure)
			return true;
	}
	return false;
}

static bool fails_without(struct shrinking *s, unsigned from, unsigned length)
{
	struct history *trial = s->trial;

	trial->count = s->count - length;
	memcpy(trial->ops, s->ops, from * sizeof(s->ops[0]));
	memcpy(trial->ops + from, s->ops + from + length,
	       (s->count - from - length) * sizeof(s->ops[0]));
	if (!fails_again(s))
		return false;
	s->count = trial->count;
	memcpy(s->ops, trial->ops, s->count * sizeof(s->ops[0]));
	memcpy(s->message, trial->message, sizeof(s->message));
	return true;
}

static bool pass(struct shrinking *s, unsigned length)
{
	bool is_shorter = false;

	for (unsigned from = 0; from + length <= s->count;)
		if (fails_without(s, from, length))
			is_shorter = true;
		else
			from += length;
	return is_shorter;
}

/* Operations after the failing one were never lived. */
void shrink(struct history *history, const char *ipcclean, unsigned lane)
{
	static struct shrinking s;

	s = (struct shrinking){.trial = history,
			       .count = history->count,
			       .failure = history->failure,
			       .ipcclean = ipcclean,
			       .lane = lane};
	memcpy(s.ops, history->ops, sizeof(s.ops));
	memcpy(s.message, history->message, sizeof(s.message));
	for (unsigned i = 0; i < s.count; i++)
		s.has_race |= s.ops[i].action >= ACT_USER && s.ops[i].other & RUN_RACES;
	for (unsigned length = s.count / 2; length; length /= 2)
		while (pass(&s, length) && length == 1)
			;
	history->count = s.count;
	history->failure = s.failure;
	memcpy(history->ops, s.ops, sizeof(s.ops));
	memcpy(history->message, s.message, sizeof(s.message));
}
