/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A list of owned strings that grows. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct string_list {
	char **items;
	size_t count;
};

/* Appends a copy. Returns 0 or -ENOMEM. */
int string_list_add(struct string_list *list, const char *text);
bool string_list_has(const struct string_list *list, const char *text);
void string_list_done(struct string_list *list);
