/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `ipcharden report`: what IPC does each service have and may do, and what is worth doing first? */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "report_units.h"
#include "say.h"
#include "target.h"

static void strv_freep(char ***strv)
{
	strv_free(*strv);
}

/* The operands as full names; *names is NULL for none. */
static int read_names(const struct options *options, char ***names)
{
	_cleanup_(strv_freep) char **list = NULL;

	if (!options->operand_count)
		return 0;
	list = calloc(options->operand_count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < options->operand_count; i++) {
		char name[UNIT_NAME_SIZE];
		int r = target_name(options->operands[i], name);

		if (r < 0)
			return r;
		list[i] = strdup(name);
		if (!list[i])
			return -ENOMEM;
	}
	*names = STEAL_PTR(list);
	return 0;
}

static int read_rows(const struct options *options, struct rows *rows)
{
	_cleanup_(connection_done) struct connection c = {0};
	_cleanup_(strv_freep) char **names = NULL;
	_cleanup_free_ char *unit = NULL;
	int r = read_names(options, &names);

	if (r == 0)
		r = target_connect(&c);
	if (r < 0)
		return r;
	r = rows_read(rows, &c, names, options->operand_count, &unit);
	return r < 0 ? target_say(unit ? unit : "units", r) : 0;
}

static void tell_gaps(const struct look *look)
{
	for (int kind = 0; kind < KIND_COUNT_; kind++)
		if (look->inv.unseen & KIND_BIT(kind))
			say_error("%s: not all of them can be seen: %s",
				  kind_title((enum ipc_kind)kind),
				  strerror(-look->inv.unseen_error[kind]));
	if (look->holders.hidden || look->procs.is_partial)
		say_error("some processes can't be looked into, so what units use may be missing; "
			  "root sees all");
}

static int print(const struct options *options, const struct rows *rows, const struct look *look)
{
	if (options->is_json)
		return report_units_json(rows, look, stdout);
	return options->is_verbose ? report_units_pages(rows, look, stdout)
				   : report_units_table(rows, stdout);
}

int command_report(const struct options *options)
{
	_cleanup_(rows_done) struct rows rows = {0};
	struct look look;
	int r = read_rows(options, &rows);

	if (r < 0)
		return EXIT_ERROR;
	r = look_take(&look);
	if (r < 0) {
		say_error("the host's objects and processes: %s", strerror(-r));
		return EXIT_ERROR;
	}
	r = rows_join(&rows, &look);
	if (r == 0)
		r = print(options, &rows, &look);
	if (r < 0)
		say_error("the report: %s", strerror(-r));
	tell_gaps(&look);
	look_done(&look);
	return r < 0 ? EXIT_ERROR : EXIT_FINE;
}
