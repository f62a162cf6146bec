/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "take_back.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

#define UMASK_DEFAULT 022

int dropin_each(const char *text, int (*fn)(const char *directive, void *data), void *data)
{
	_cleanup_free_ char *copy = strdup(text);
	char *rest = copy, *line;
	int r = 0;

	if (!copy)
		return -ENOMEM;
	while (r == 0 && (line = strsep(&rest, "\n")))
		if (*line && *line != '#' && *line != '[')
			r = fn(line, data);
	return r;
}

static bool is_named(const char *call, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(call, name, length) && (call[length] == '\0' || call[length] == ':');
}

/* Out of a deny-list. */
static void remove_call(struct manager_filter *filter, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; filter->calls && filter->calls[i]; i++) {
		if (is_named(filter->calls[i], name))
			free(filter->calls[i]);
		else
			filter->calls[kept++] = filter->calls[i];
	}
	if (filter->calls)
		filter->calls[kept] = NULL;
}

/* Back into an allow-list. */
static int add_call(struct manager_filter *filter, const char *name)
{
	size_t count = 0;
	char **grown;

	while (filter->calls && filter->calls[count])
		count++;
	grown = reallocarray(filter->calls, count + 2, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	filter->calls = grown;
	grown[count] = strdup(name);
	if (!grown[count])
		return -ENOMEM;
	grown[count + 1] = NULL;
	return 0;
}

static int take_back_calls(struct manager_filter *filter, const char *names)
{
	_cleanup_free_ char *copy = strdup(names);
	char *rest = copy, *name;
	int r = copy ? 0 : -ENOMEM;

	while (r == 0 && (name = strsep(&rest, " "))) {
		if (!*name)
			continue;
		if (filter->is_allow_list)
			r = add_call(filter, name);
		else
			remove_call(filter, name);
	}
	return r;
}

static int take_back(const char *directive, void *data)
{
	static const char filter[] = "SystemCallFilter=~";
	struct unit_facts *facts = data;

	if (!strncmp(directive, filter, strlen(filter)))
		return take_back_calls(&facts->filter, directive + strlen(filter));
	if (!strcmp(directive, "PrivateIPC=yes"))
		facts->has_private_ipc = false;
	else if (!strcmp(directive, "RestrictSUIDSGID=yes"))
		facts->restricts_suid = false;
	else if (!strcmp(directive, "UMask=0077"))
		facts->umask = UMASK_DEFAULT;
	else if (!strncmp(directive, "ExecStopPost=", strlen("ExecStopPost=")))
		facts->cleans = false;
	else if (!strncmp(directive, "LimitMSGQUEUE=", strlen("LimitMSGQUEUE=")))
		facts->msgqueue = LIMIT_INFINITY;
	else if (!strncmp(directive, "LimitMEMLOCK=", strlen("LimitMEMLOCK=")))
		facts->memlock = LIMIT_INFINITY;
	return 0;
}

int facts_take_back(struct unit_facts *facts, const char *text)
{
	return dropin_each(text, take_back, facts);
}
