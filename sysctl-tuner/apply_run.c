/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What happens between "this is wanted" and "this is so": whatever can be known beforehand is
 * looked at before anything is touched, and what goes wrong after that is undone.
 */
#include "apply_run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "apply_file.h"
#include "cleanup.h"
#include "linediff.h"
#include "object.h"
#include "say.h"

static int refuse(const struct apply_run *run, const char *what, int r)
{
	say_error("%s%s: %s", run->request->root, what, strerror(-r));
	return APPLY_REFUSED;
}

static bool is_missing_in_dry_run(const struct apply_run *run, int r)
{
	return run->request->is_dry_run && r == -ENOENT;
}

int apply_run_open(struct apply_run *run, const struct apply_request *request)
{
	const char *root = request->root;
	int r;

	*run = (struct apply_run){.request = request, .proc_sys = -1, .dir = -1, .state = -1};
	run->proc_sys = sysctl_values_open(root);
	if (run->proc_sys < 0)
		return refuse(run, "/proc/sys", run->proc_sys);
	run->state = apply_state_open(root, !request->is_dry_run);
	if (run->state < 0 && !is_missing_in_dry_run(run, run->state))
		return refuse(run, APPLY_STATE_DIR, run->state);
	run->dir = apply_file_open_dir(root, !request->is_dry_run);
	if (run->dir < 0)
		return is_missing_in_dry_run(run, run->dir) ? 0 : refuse(run, APPLY_DIR, run->dir);
	r = apply_file_read(run->dir, &run->present);
	if (r == -ELOOP) {
		say_error("%s%s: is a link, which ipctune has not made", root, APPLY_FILE);
		return APPLY_REFUSED;
	}
	return r < 0 ? refuse(run, APPLY_FILE, r) : 0;
}

void apply_run_done(struct apply_run *run)
{
	cleanup_close_(&run->proc_sys);
	cleanup_close_(&run->dir);
	cleanup_close_(&run->state);
	free(run->present.bytes);
	free(run->wanted.bytes);
}

int apply_run_add(struct apply_run *run, const struct sysctl_value *wanted)
{
	struct value_change change = {.from = *wanted, .to = *wanted};
	int r = sysctl_value_read(run->proc_sys, &change.from);

	if (r < 0) {
		say_error("%s: can't be read: %s", sysctl_value_name(wanted), strerror(-r));
		return APPLY_REFUSED;
	}
	if (!sysctl_value_is_same(&change.from, &change.to))
		run->changes.list[run->changes.count++] = change;
	return 0;
}

static bool has_new_file(const struct apply_run *run)
{
	return !apply_text_is_same(&run->present, &run->wanted);
}

bool apply_run_has_changes(const struct apply_run *run)
{
	return run->changes.count || has_new_file(run);
}

/* The i-th number of a value; not of huge pages, which are no parameter. */
static enum parameter_id parameter_at(const struct sysctl_value *value, size_t i)
{
	unsigned count;

	return sysctl_parameters((enum sysctl_id)value->id, &count) + (unsigned)i;
}

/* How much of the i-th number of a value is in use; false where nobody knows. */
static bool find_use(const struct apply_request *request, const struct sysctl_value *value,
		     size_t i, uint64_t *used)
{
	enum parameter_id id;

	if (value->id == SYSCTL_HUGEPAGES) {
		*used = request->hugepages_used;
		return *used != OBJECT_UNKNOWN;
	}
	id = parameter_at(value, i);
	*used = request->use->value[id];
	return parameter_is_known(request->use, id);
}

/* "kernel.shmmni: 2"; of several numbers, which one: "kernel.sem, semmni: 2". */
static void say_in_use(const struct value_change *change, size_t i, bool is_known, uint64_t used)
{
	const struct sysctl_value *to = &change->to;
	bool is_huge = to->id == SYSCTL_HUGEPAGES, is_part = to->count > 1;
	const char *name = sysctl_value_name(to), *comma = is_part ? ", " : "";
	const char *part = is_part ? parameter_name(parameter_at(to, i)) : "";
	const char *unit = is_huge ? "pages" : parameter_unit(parameter_at(to, i));

	if (is_known)
		say_error("%s%s%s: %" PRIu64 " is below the %" PRIu64 " %s in use", name, comma,
			  part, to->numbers[i], used, unit);
	else
		say_error("%s%s%s: %" PRIu64 " is below the present %" PRIu64
			  ", and how much is in use is not known",
			  name, comma, part, to->numbers[i], change->from.numbers[i]);
}

static bool is_used(const struct apply_run *run, const struct value_change *change,
		    bool lowers_unknown)
{
	bool result = false;

	for (size_t i = 0; i < change->to.count; i++) {
		uint64_t used;
		bool is_known = find_use(run->request, &change->to, i, &used);

		if (change->to.numbers[i] >= change->from.numbers[i])
			continue;
		if (is_known ? change->to.numbers[i] >= used : lowers_unknown)
			continue;
		say_in_use(change, i, is_known, used);
		result = true;
	}
	return result;
}

size_t apply_run_spare_used(struct apply_run *run, bool lowers_unknown)
{
	struct value_changes *changes = &run->changes;
	size_t kept = 0, before = changes->count;

	for (size_t i = 0; i < before; i++)
		if (!is_used(run, &changes->list[i], lowers_unknown))
			changes->list[kept++] = changes->list[i];
	changes->count = kept;
	return before - kept;
}

bool apply_run_is_possible(const struct apply_run *run)
{
	bool is_possible = true;
	int r;

	for (size_t i = 0; i < run->changes.count; i++) {
		const struct sysctl_value *value = &run->changes.list[i].to;

		r = sysctl_value_try(run->proc_sys, value);
		if (r < 0)
			say_error("%s: can't be written: %s", sysctl_value_name(value),
				  strerror(-r));
		is_possible = is_possible && r == 0;
	}
	r = has_new_file(run) && run->dir >= 0 ? apply_file_try(run->dir) : 0;
	if (r < 0)
		refuse(run, APPLY_DIR, r);
	return is_possible && r == 0;
}

static void show_values(const struct apply_run *run)
{
	char from[SYSCTL_TEXT_SIZE], to[SYSCTL_TEXT_SIZE];

	for (size_t i = 0; i < run->changes.count; i++) {
		const struct value_change *change = &run->changes.list[i];

		fprintf(run->request->out, "%s: %s -> %s\n", sysctl_value_name(&change->to),
			sysctl_value_print(&change->from, from),
			sysctl_value_print(&change->to, to));
	}
}

int apply_run_show(const struct apply_run *run)
{
	_cleanup_free_ char *name = NULL;

	if (asprintf(&name, "%s" APPLY_FILE, run->request->root) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	show_values(run);
	return linediff_print(run->request->out, name, run->present.bytes, run->present.size,
			      run->wanted.bytes, run->wanted.size);
}

static void say_failure(const struct value_failure *failure, const struct sysctl_value *wanted)
{
	char text[SYSCTL_TEXT_SIZE], got[SYSCTL_TEXT_SIZE];

	sysctl_value_print(wanted, text);
	if (failure->error)
		say_error("%s: %s is refused: %s", sysctl_value_name(wanted), text,
			  strerror(-failure->error));
	else
		say_error("%s: %s was written, and %s is in force", sysctl_value_name(wanted), text,
			  sysctl_value_print(&failure->got, got));
}

/* Where the new file is in place and only its name is not safe on the disk yet, it goes as well. */
static int put_file_back(const struct apply_run *run)
{
	struct apply_text now = {0};
	int r = apply_file_read(run->dir, &now);

	if (r == 0 && !apply_text_is_same(&now, &run->present))
		r = apply_file_install(run->dir, &run->present);
	free(now.bytes);
	if (r < 0)
		refuse(run, APPLY_FILE, r);
	return r;
}

static int roll_back(const struct apply_run *run)
{
	struct value_failure failure;
	int values = value_changes_undo(run->proc_sys, &run->changes, &failure);
	int file = put_file_back(run);

	if (values < 0)
		say_failure(&failure, &failure.change->from);
	if (values < 0 || file < 0) {
		say_error("not everything could be put back; `ipctune revert` tries it again");
		return APPLY_BROKEN;
	}
	say_error("everything is again what it was");
	return APPLY_UNDONE;
}

/* The huge pages that there are, where they are not all. */
static int report(const struct apply_run *run, uint64_t granted)
{
	const struct value_changes *changes = &run->changes;
	uint64_t wanted = 0;

	show_values(run);
	if (has_new_file(run))
		fprintf(run->request->out, "%s" APPLY_FILE ": %s\n", run->request->root,
			run->wanted.bytes ? "written" : "removed");
	if (granted == OBJECT_UNKNOWN)
		return APPLY_DONE;
	for (size_t i = 0; i < changes->count; i++)
		if (changes->list[i].to.id == SYSCTL_HUGEPAGES)
			wanted = changes->list[i].to.numbers[0];
	say_error(NR_HUGEPAGES ": granted %" PRIu64 " of %" PRIu64
			       ": memory is too full, or too fragmented; a boot grants them first",
		  granted, wanted);
	return APPLY_PARTLY;
}

int apply_run_carry_out(const struct apply_run *run)
{
	struct value_failure failure;
	uint64_t granted;
	int r = value_changes_do(run->proc_sys, &run->changes, &granted, &failure);

	if (r < 0) {
		say_failure(&failure, &failure.change->to);
	} else if (has_new_file(run)) {
		r = apply_file_install(run->dir, &run->wanted);
		if (r < 0)
			refuse(run, APPLY_FILE, r);
	}
	return r < 0 ? roll_back(run) : report(run, granted);
}
