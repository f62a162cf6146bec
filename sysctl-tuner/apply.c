/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How does a plan come into force so that it can be undone, even by a run that was killed? Under
 * the name `begun` it is noted what there was, before the first change; when all is changed, the
 * note is called `undo`. A run that finds `begun` goes on with that note, as what it finds itself
 * is half changed.
 */
#include "apply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply_file.h"
#include "apply_run.h"
#include "cleanup.h"
#include "say.h"
#include "sysctl_files.h"

static const char *problem(int r)
{
	switch (r) {
	case -ENOENT:
		return "not a sysctl that ipctune sets";
	case -ERANGE:
		return "more than any kernel takes";
	default:
		return "not its number, or numbers";
	}
}

static int add_plan(struct apply_run *run, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_item *item = &plan->items[i];
		struct sysctl_value value;
		int r = sysctl_value_parse(&value, item->name, item->value);

		if (r == 0 && run->changes.count == SYSCTL_VALUES_MAX)
			r = -EINVAL;
		if (r < 0) {
			say_error("%s=%s: %s", item->name, item->value, problem(r));
			return APPLY_REFUSED;
		}
		r = apply_run_add(run, &value);
		if (r != 0)
			return r;
	}
	return apply_file_make(plan, &run->wanted);
}

/* What an interrupted run noted, if there was one. 0 or a negative errno. */
static int read_begun(const struct apply_run *run, struct apply_state *begun, bool *is_there)
{
	int r = run->state < 0 ? -ENOENT : apply_state_read(run->state, STATE_BEGUN, begun);

	*is_there = r == 0;
	if (r == -EBADMSG)
		say_error("%s" APPLY_STATE_DIR "/" STATE_BEGUN
			  ": is damaged: revert will know the values from now on only",
			  run->request->root);
	return r == -ENOENT || r == -EBADMSG ? 0 : r;
}

/* What revert needs: what there is; of values, what there was before an interrupted run. */
static int note(const struct apply_run *run, const struct apply_state *begun)
{
	_cleanup_(apply_state_done) struct apply_state state = {0};
	int r = apply_text_copy(&state.former, &run->present);

	if (r == 0)
		r = apply_text_copy(&state.applied, &run->wanted);
	if (r < 0)
		return r;
	for (size_t i = 0; i < begun->count; i++)
		state.values[state.count++] = begun->values[i];
	for (size_t i = 0; i < run->changes.count; i++)
		if (!apply_state_find(&state, run->changes.list[i].from.id))
			state.values[state.count++] = run->changes.list[i].from;
	return apply_state_write(run->state, STATE_BEGUN, &state);
}

/* After a failure that was undone, the note is what it was, too. */
static int take_back_note(const struct apply_run *run, const struct apply_state *begun,
			  bool has_begun)
{
	return has_begun ? apply_state_write(run->state, STATE_BEGUN, begun)
			 : apply_state_forget(run->state, STATE_BEGUN);
}

static void say_state(const struct apply_run *run, int r)
{
	if (r < 0)
		say_error("%s" APPLY_STATE_DIR ": %s", run->request->root, strerror(-r));
}

static int apply_changes(const struct apply_run *run, const struct apply_state *begun,
			 bool has_begun)
{
	int result, r = note(run, begun);

	if (r < 0) {
		say_state(run, r);
		return APPLY_REFUSED;
	}
	result = apply_run_carry_out(run);
	if (result == APPLY_DONE || result == APPLY_PARTLY)
		r = apply_state_finish(run->state);
	else if (result == APPLY_UNDONE)
		r = take_back_note(run, begun, has_begun);
	say_state(run, r);
	return result;
}

static bool is_same_value(const struct plan_item *item, const char *text)
{
	struct sysctl_value planned, other;

	return sysctl_value_parse(&planned, item->name, item->value) == 0 &&
	       sysctl_value_parse(&other, item->name, text) == 0 &&
	       sysctl_value_is_same(&planned, &other);
}

static void warn_of_override(const struct plan_item *item, const struct sysctl_line *line)
{
	if (!line->value)
		say_error("%s:%u: takes %s back after " APPLY_FILE_NAME
			  ": the next boot doesn't set it",
			  line->file, line->line, item->name);
	else if (!is_same_value(item, line->value))
		say_error("%s:%u: sets %s to %s after " APPLY_FILE_NAME ": %s brings that",
			  line->file, line->line, item->name, line->value,
			  line->is_procps_only ? "sysctl --system" : "the next boot");
}

/* Every line that has the last word over our file's. */
static void warn_of_overrides(const struct apply_request *request)
{
	struct parse_error error = {0};
	struct sysctl_files files;
	int r = sysctl_files_read(&files, request->root, &error);

	if (r < 0) {
		_cleanup_free_ char *text = parse_error_text(&error, r);

		say_error("%s", text ? text : strerror(-r));
		parse_error_done(&error);
		return;
	}
	for (size_t i = 0; i < request->plan->count; i++) {
		const struct plan_item *item = &request->plan->items[i];
		const struct sysctl_line *line =
			sysctl_files_override(&files, item->name, APPLY_FILE_NAME);

		if (line)
			warn_of_override(item, line);
	}
	sysctl_files_done(&files);
}

/* Whether the run that noted this got as far as its last change, and only its note is not done. */
static bool was_complete(const struct apply_run *run, const struct apply_state *begun)
{
	if (!apply_run_has_changes(run))
		return true;
	return apply_text_is_same(&run->present, &begun->applied) &&
	       !apply_text_is_same(&begun->former, &begun->applied);
}

static int apply_opened(struct apply_run *run)
{
	_cleanup_(apply_state_done) struct apply_state begun = {0};
	const struct apply_request *request = run->request;
	bool has_begun;
	size_t spared;
	int r = add_plan(run, request->plan);

	if (r == 0)
		r = read_begun(run, &begun, &has_begun);
	if (r != 0)
		return r;
	if (has_begun && !request->is_dry_run && was_complete(run, &begun)) {
		say_state(run, apply_state_finish(run->state));
		apply_state_done(&begun);
		has_begun = false;
	}
	if (!apply_run_has_changes(run)) {
		fputs("nothing to change\n", request->out);
		return APPLY_NOTHING;
	}
	/* all of it: what is refused is named besides */
	if (request->is_dry_run && apply_run_show(run) < 0)
		return -ENOMEM;
	spared = apply_run_spare_used(run, false);
	if (!apply_run_is_possible(run) || spared)
		return APPLY_REFUSED;
	if (request->is_dry_run)
		return APPLY_DONE;
	if (!request->plan->count)
		fputs("nothing has to be set; values in force stay until the next boot\n",
		      request->out);
	return apply_changes(run, &begun, has_begun);
}

int apply_plan(const struct apply_request *request)
{
	_cleanup_(apply_run_done) struct apply_run run;
	int r = apply_run_open(&run, request);

	if (r == 0)
		r = apply_opened(&run);
	if (r == APPLY_DONE || r == APPLY_NOTHING || r == APPLY_PARTLY)
		warn_of_overrides(request);
	return r;
}

/* The note to go back by: 0 and its name; APPLY_NOTHING, APPLY_REFUSED, both told; or an errno. */
static int find_note(const struct apply_run *run, struct apply_state *state, const char **name)
{
	int r = -ENOENT;

	*name = STATE_BEGUN;
	if (run->state >= 0)
		r = apply_state_read(run->state, STATE_BEGUN, state);
	if (run->state >= 0 && r == -ENOENT) {
		*name = STATE_UNDO;
		r = apply_state_read(run->state, STATE_UNDO, state);
	}
	if (r == -ENOENT) {
		fputs("nothing to revert\n", run->request->out);
		return APPLY_NOTHING;
	}
	if (r == -EBADMSG) {
		say_error("%s" APPLY_STATE_DIR "/%s: is damaged", run->request->root, *name);
		return APPLY_REFUSED;
	}
	return r;
}

static int add_note(struct apply_run *run, const struct apply_state *state)
{
	if (!apply_text_is_same(&run->present, &state->former) &&
	    !apply_text_is_same(&run->present, &state->applied)) {
		say_error("%s" APPLY_FILE ": was changed since apply; put it aside first",
			  run->request->root);
		return APPLY_REFUSED;
	}
	for (size_t i = 0; i < state->count; i++) {
		int r = apply_run_add(run, &state->values[i]);

		if (r != 0)
			return r;
	}
	return apply_text_copy(&run->wanted, &state->former);
}

static int revert_opened(struct apply_run *run)
{
	_cleanup_(apply_state_done) struct apply_state state = {0};
	size_t spared;
	const char *name;
	int result, r = find_note(run, &state, &name);

	if (r == 0)
		r = add_note(run, &state);
	if (r != 0)
		return r;
	if (!apply_run_has_changes(run))
		fputs("nothing to change\n", run->request->out);
	spared = apply_run_spare_used(run, true);
	if (run->request->is_dry_run && apply_run_show(run) < 0)
		return -ENOMEM;
	if (!apply_run_is_possible(run))
		return APPLY_REFUSED;
	result = run->request->is_dry_run ? APPLY_DONE : apply_run_carry_out(run);
	if (result != APPLY_DONE)
		return result;
	if (spared)
		return APPLY_PARTLY;
	if (!run->request->is_dry_run)
		say_state(run, apply_state_forget(run->state, name));
	return APPLY_DONE;
}

int apply_revert(const struct apply_request *request)
{
	_cleanup_(apply_run_done) struct apply_run run;
	int r = apply_run_open(&run, request);

	return r == 0 ? revert_opened(&run) : r;
}
