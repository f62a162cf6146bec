/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void item_done(struct plan_item *item)
{
	free(item->name);
	free(item->value);
	free(item->comment);
}

int plan_add(struct plan *plan, const char *name, const char *value, const char *comment,
	     bool is_global)
{
	struct plan_item item = {strdup(name), strdup(value), strdup(comment), is_global};
	struct plan_item *grown = reallocarray(plan->items, plan->count + 1, sizeof(*grown));

	if (grown)
		plan->items = grown;
	if (!grown || !item.name || !item.value || !item.comment) {
		item_done(&item);
		return -ENOMEM;
	}
	grown[plan->count++] = item;
	return 0;
}

void plan_done(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		item_done(&plan->items[i]);
	free(plan->items);
	*plan = (struct plan){0};
}
