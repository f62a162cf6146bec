/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `ipcharden apply`, `revert`, `diff`: the drop-in that stays, /etc/systemd/system/UNIT.d/50-ipcharden.conf. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "dropins_of_ours.h"
#include "in_force.h"
#include "propose.h"
#include "say.h"
#include "take_back.h"

/* What was tried is applied, and not what would be proposed by now. */
static int find_text(struct target *target, char **text, bool *was_tried)
{
	struct observation observation = {0};
	struct proposal proposal = {0};
	int r = dropins_read(&dropin_tried, target->name, text);

	*was_tried = r == 0;
	if (r != -ENOENT)
		return r < 0 ? target_say(target->name, r) : 0;
	r = propose_for(target, &observation, &proposal);
	if (r == 0 && !proposal.lines.count) {
		say_error("%s: nothing is proposed; nothing was changed", target->name);
		r = -ENODATA;
	}
	if (r == 0) {
		*text = proposal_text(&proposal, &observation);
		r = *text ? 0 : -ENOMEM;
	}
	proposal_done(&proposal);
	observation_done(&observation);
	return r;
}

static int apply(struct target *target)
{
	_cleanup_free_ char *text = NULL;
	bool was_tried;
	int r = find_text(target, &text, &was_tried);

	if (r == 0)
		r = dropins_put(target, &dropin_applied, text, NULL);
	if (r == 0 && was_tried)
		r = dropins_take_away(target, &dropin_tried);
	if (r < 0)
		return r;
	printf("%s: applied in " DROPIN_PERMANENT_DIR "/%s.d/" DROPIN_PERMANENT "%s%s\n",
	       target->name, target->name,
	       was_tried ? ", as it was tried"
			 : "; it was not tried, and holds from: systemctl restart ",
	       was_tried ? "" : target->name);
	return 0;
}

static int revert(struct target *target)
{
	_cleanup_free_ char *applied = NULL, *tried = NULL;
	bool is_there = dropins_read(&dropin_applied, target->name, &applied) != -ENOENT ||
			dropins_read(&dropin_tried, target->name, &tried) != -ENOENT;
	int r = dropins_take_away(target, &dropin_applied), other;

	other = dropins_take_away(target, &dropin_tried);
	r = r < 0 ? r : other;
	if (r == 0 && is_there)
		printf("%s: reverted; it holds from: systemctl restart %s\n", target->name,
		       target->name);
	else if (r == 0)
		printf("%s: nothing was applied\n", target->name);
	return r;
}

static int with_target(const struct options *options, int (*fn)(struct target *target))
{
	struct target target;
	int r = target_open(&target, options->operands[0], TARGET_CHANGE);

	if (r < 0)
		return EXIT_ERROR;
	r = dropins_clear_up(&target);
	if (r == 0)
		r = fn(&target);
	target_done(&target);
	return r < 0 || fflush(stdout) != 0 ? EXIT_ERROR : EXIT_FINE;
}

int command_apply(const struct options *options)
{
	return with_target(options, apply);
}

int command_revert(const struct options *options)
{
	return with_target(options, revert);
}

static bool has_line(const struct proposal_list *list, const char *directive)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->all[i].directive, directive))
			return true;
	return false;
}

static int is_that(const char *directive, void *data)
{
	return !strcmp(directive, data);
}

struct difference {
	const struct proposal *proposal;
	size_t count;
};

static int print_if_gone(const char *directive, void *data)
{
	struct difference *difference = data;

	if (has_line(&difference->proposal->lines, directive))
		return 0;
	difference->count++;
	printf("-%s\n", directive);
	return 0;
}

static int print_not_in_force(const char *directive, void *data)
{
	size_t *count = data;

	++*count;
	printf("!%s\n# has no effect: another drop-in is read after it\n", directive);
	return 0;
}

/* Returns how many lines differ, or a negative errno. */
static int print_diff(const char *text, const struct proposal *proposal, size_t without_effect)
{
	struct difference difference = {.proposal = proposal, .count = without_effect};
	int r = dropin_each(text, print_if_gone, &difference);

	for (size_t i = 0; r >= 0 && i < proposal->lines.count; i++) {
		r = dropin_each(text, is_that, proposal->lines.all[i].directive);
		if (r == 0) {
			difference.count++;
			printf("+%s\n# %s\n", proposal->lines.all[i].directive,
			       proposal->lines.all[i].reason);
		}
	}
	return r < 0 ? r : (int)difference.count;
}

static int diff(struct target *target)
{
	_cleanup_free_ char *text = NULL;
	struct observation observation = {0};
	struct proposal proposal = {0};
	size_t without_effect = 0;
	int r = dropins_read(&dropin_applied, target->name, &text);

	if (r == -ENOENT)
		r = dropins_read(&dropin_tried, target->name, &text);
	if (r == -ENOENT)
		say_error("%s: nothing is applied", target->name);
	else if (r < 0)
		say_error("%s: " DROPIN_PERMANENT ": %s", target->name, strerror(-r));
	/* before what is in place is taken back from the facts */
	if (r == 0)
		r = in_force_each_not(text, &target->facts, print_not_in_force, &without_effect);
	if (r == 0)
		r = propose_for(target, &observation, &proposal);
	if (r == 0)
		r = print_diff(text, &proposal, without_effect);
	proposal_done(&proposal);
	observation_done(&observation);
	return r;
}

int command_diff(const struct options *options)
{
	struct target target;
	int r = target_open(&target, options->operands[0], TARGET_READ);

	if (r < 0)
		return EXIT_ERROR;
	r = diff(&target);
	target_done(&target);
	if (r < 0 || fflush(stdout) != 0)
		return EXIT_ERROR;
	return r ? EXIT_FOUND : EXIT_FINE;
}
