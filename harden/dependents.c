/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dependents.h"

#include <errno.h>
#include <string.h>

#include "say.h"

/* More than that is no host that is run by hand. */
#define DEPENDENTS_MAX 256

static int add_if_running(struct string_list *running, const struct connection *c, const char *name)
{
	struct unit_facts facts;
	int r = facts_read_unit(c, name, &facts);

	if (r == 0 && unit_runs(&facts) && !string_list_has(running, facts.id))
		r = string_list_add(running, facts.id);
	unit_facts_done(&facts);
	return r;
}

static int add_those_of(struct string_list *running, const struct target *target, const char *name)
{
	struct unit_facts facts;
	int r = facts_read_unit(&target->c, name, &facts);

	for (size_t i = 0; r == 0 && i < facts.dependents.count; i++)
		if (strcmp(facts.dependents.items[i], target->name) != 0)
			r = add_if_running(running, &target->c, facts.dependents.items[i]);
	unit_facts_done(&facts);
	return r;
}

int dependents_read(struct string_list *running, const struct target *target)
{
	int r = add_those_of(running, target, target->name);

	for (size_t i = 0; r == 0 && i < running->count && running->count < DEPENDENTS_MAX; i++)
		r = add_those_of(running, target, running->items[i]);
	return r;
}

static int start(struct target *target, const char *name)
{
	struct unit_facts facts;
	bool has_to;
	int r;

	facts_renew(&target->c, TARGET_ASK_NS);
	r = facts_read_unit(&target->c, name, &facts);
	has_to = r == 0 && !unit_runs(&facts);
	unit_facts_done(&facts);
	if (has_to)
		r = facts_act(&target->c, name, UNIT_START);
	if (r < 0)
		say_error("%s: it was stopped along with %s, and can't be started: %s", name,
			  target->name, strerror(-r));
	return r;
}

int dependents_start(const struct string_list *were_running, struct target *target)
{
	for (size_t i = 0; i < were_running->count; i++)
		if (start(target, were_running->items[i]) == -ENOTCONN)
			return -ENOTCONN;
	return 0;
}
