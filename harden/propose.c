/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `ipcharden propose`: the drop-in, and what was weighed and left out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "document.h"
#include "dropins_of_ours.h"
#include "printed.h"
#include "propose.h"
#include "say.h"
#include "take_back.h"

/* What is in place by us is no setting of the unit's own: it is weighed as without it. */
static int take_back(struct target *target, const struct unit_dropin *dropin)
{
	_cleanup_free_ char *text = NULL;
	int r = dropins_read(dropin, target->name, &text);

	if (r == -ENOENT || r == -EEXIST || r == -EINVAL)
		return 0;
	return r < 0 ? r : facts_take_back(&target->facts, text);
}

static int weigh(struct target *target, const struct observation *observation,
		 struct proposal *proposal)
{
	int r = take_back(target, &dropin_applied);

	if (r == 0)
		r = take_back(target, &dropin_tried);
	return r == 0 ? proposal_make(proposal, &target->facts, observation) : r;
}

static void say_unread(const char *unit, int r, const struct parse_error *error)
{
	_cleanup_free_ char *text = r == -EINVAL ? parse_error_text(error, r) : NULL;

	if (r == -ENOENT)
		say_error("%s: not observed yet; first: ipcharden observe %s", unit, unit);
	else
		say_error("%s: " OBSERVATION_DIR "/%s.json: %s%s; observe it anew", unit, unit,
			  text ? "damaged: " : "", text ? text : strerror(-r));
}

int propose_for(struct target *target, struct observation *observation, struct proposal *proposal)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	int r = observation_load(observation, NULL, target->name, &error);

	*proposal = (struct proposal){0};
	if (r < 0) {
		say_unread(target->name, r, &error);
		return r;
	}
	r = weigh(target, observation, proposal);
	if (r < 0) {
		say_error("%s: %s", target->name, strerror(-r));
		observation_done(observation);
	}
	return r;
}

static void print_list(const char *heading, const struct proposal_list *list)
{
	if (!list->count)
		return;
	printf("# %s:\n", heading);
	for (size_t i = 0; i < list->count; i++)
		printf("#   %s: %s\n", list->all[i].directive, list->all[i].reason);
}

static int print_text(const struct proposal *proposal, const struct observation *observation)
{
	_cleanup_free_ char *text = proposal_text(proposal, observation);

	if (!text)
		return -ENOMEM;
	printf("%s\n", text);
	print_list("not proposed", &proposal->omitted);
	print_list("without need, if the program is yours", &proposal->advice);
	return printed_all(stdout);
}

static int add_list(struct json_object *to, const char *key, const char *name,
		    const struct proposal_list *list)
{
	struct json_object *array = document_add_array(to, key);
	int r = array ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < list->count; i++) {
		struct json_object *line = document_append_object(array);

		r = line ? document_add_text(line, name, list->all[i].directive) : -ENOMEM;
		if (r == 0)
			r = document_add_text(line, "reason", list->all[i].reason);
	}
	return r;
}

static int fill_document(struct json_object *document, const struct proposal *proposal,
			 const struct observation *observation, const char *text)
{
	int r = document_add_text(document, "unit", observation->unit);

	if (r == 0)
		r = document_add_text(document, "dropin", text);
	if (r == 0)
		r = add_list(document, "proposed", "directive", &proposal->lines);
	if (r == 0)
		r = add_list(document, "not_proposed", "directive", &proposal->omitted);
	return r == 0 ? add_list(document, "advice", "object", &proposal->advice) : r;
}

static int print_json(const struct proposal *proposal, const struct observation *observation)
{
	_cleanup_free_ char *text = proposal_text(proposal, observation);
	struct json_object *document;
	int r = text ? document_new("propose", &document) : -ENOMEM;

	if (r < 0)
		return r;
	r = fill_document(document, proposal, observation, text);
	if (r == 0)
		r = document_print(document, stdout);
	document_free(document);
	return r;
}

int command_propose(const struct options *options)
{
	struct observation observation = {0};
	struct proposal proposal = {0};
	struct target target;
	int r = target_open(&target, options->operands[0], TARGET_READ);

	if (r < 0)
		return EXIT_ERROR;
	r = propose_for(&target, &observation, &proposal);
	if (r == 0) {
		r = options->is_json ? print_json(&proposal, &observation)
				     : print_text(&proposal, &observation);
		if (r < 0)
			say_error("the proposal: %s", strerror(-r));
	}
	proposal_done(&proposal);
	observation_done(&observation);
	target_done(&target);
	return r < 0 ? EXIT_ERROR : EXIT_FINE;
}
