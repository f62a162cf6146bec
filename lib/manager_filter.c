/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "manager.h"

void manager_filter_done(struct manager_filter *filter)
{
	strv_free(filter->calls);
	*filter = (struct manager_filter){0};
}

/* "shmget" is named by "shmget" and "shmget:EPERM", not by "shmget2". */
static bool is_named(const struct manager_filter *filter, const char *call)
{
	size_t length = strlen(call);

	for (size_t i = 0; filter->calls && filter->calls[i]; i++)
		if (!strncmp(filter->calls[i], call, length) &&
		    (filter->calls[i][length] == '\0' || filter->calls[i][length] == ':'))
			return true;
	return false;
}

bool manager_filter_blocks(const struct manager_filter *filter, const char *call)
{
	return is_named(filter, call) != filter->is_allow_list;
}
