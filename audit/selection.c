/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "selection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * What one object is sorted by: text for columns of text, else a number; without one it is last.
 * Those that are equal stay in the order that they were in.
 */
struct sort_key {
	uint32_t object, position;
	bool has_number;
	uint64_t number;
	char *text;
};

static int compare_values(const struct sort_key *x, const struct sort_key *y)
{
	if (x->text && y->text)
		return strcmp(x->text, y->text);
	return (x->number > y->number) - (x->number < y->number);
}

static int in_order(const struct sort_key *x, const struct sort_key *y, int values)
{
	if (!x->text && x->has_number != y->has_number)
		return x->has_number ? -1 : 1;
	return values ? values : (x->position > y->position) - (x->position < y->position);
}

static int compare(const void *a, const void *b)
{
	return in_order(a, b, compare_values(a, b));
}

static int compare_descending(const void *a, const void *b)
{
	return in_order(a, b, compare_values(b, a));
}

static int make_key(struct sort_key *key, struct audit *audit, const struct column *sort)
{
	struct text cell = {0};

	key->text = NULL;
	key->number = 0;
	key->has_number = column_number(sort, audit, key->object, &key->number);
	if (sort->form != FORM_TEXT)
		return 0;
	column_write(sort, audit, key->object, &cell);
	key->text = cell.bytes;
	return cell.failed || !cell.bytes ? -ENOMEM : 0;
}

int selection_sort(struct selection *selection, struct audit *audit, const struct column *sort,
		   bool is_descending)
{
	struct sort_key *keys = calloc(selection->count + 1, sizeof(*keys));
	int r = keys ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < selection->count; i++) {
		keys[i].object = selection->objects[i];
		keys[i].position = (uint32_t)i;
		r = make_key(&keys[i], audit, sort);
	}
	if (r == 0)
		qsort(keys, selection->count, sizeof(*keys),
		      is_descending ? compare_descending : compare);
	for (size_t i = 0; keys && i < selection->count; i++) {
		if (r == 0)
			selection->objects[i] = keys[i].object;
		free(keys[i].text);
	}
	free(keys);
	return r;
}

unsigned selection_needs(const struct options *options)
{
	return (options->unit ? NEEDS_MAPPED | NEEDS_OPEN : 0u) |
	       (options->is_unused ? NEEDS_PROCESSES : 0u);
}

int selection_make(struct selection *selection, struct audit *audit, const struct column *sort,
		   bool is_descending)
{
	int r = 0;

	*selection = (struct selection){
		.objects = malloc((audit->inv.count + 1) * sizeof(*selection->objects))};
	if (!selection->objects)
		return -ENOMEM;
	for (size_t i = 0; i < audit->inv.count; i++)
		if (audit_is_wanted(audit, i))
			selection->objects[selection->count++] = (uint32_t)i;
	if (sort)
		r = selection_sort(selection, audit, sort, is_descending);
	if (r < 0)
		selection_done(selection);
	return r;
}

void selection_done(struct selection *selection)
{
	free(selection->objects);
	*selection = (struct selection){0};
}
