/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A list of owned strings: globs of the configuration and the catalogue. */
#include "stringlist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int string_list_add(struct string_list *list, const char *text)
{
	char *copy = strdup(text);
	char **grown = copy ? reallocarray(list->items, list->count + 1, sizeof(*grown)) : NULL;

	if (!grown) {
		free(copy);
		return -ENOMEM;
	}
	list->items = grown;
	grown[list->count++] = copy;
	return 0;
}

bool string_list_has(const struct string_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], text))
			return true;
	return false;
}

void string_list_done(struct string_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct string_list){0};
}
