/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "in_force.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "take_back.h"

#define CALL_MAX 32

struct check {
	const struct unit_facts *facts;
	int (*fn)(const char *directive, void *data);
	void *data;
};

/* What follows the name, as "~shmget:kill shmat" or "65536"; NULL for another directive. */
static const char *value_of(const char *directive, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(directive, name, length) ? directive + length : NULL;
}

static int check_calls(const struct check *check, const char *calls)
{
	int r = 0;

	while (r == 0 && *calls) {
		size_t length = strcspn(calls, " "), name_length = strcspn(calls, ": ");
		char call[CALL_MAX], directive[CALL_MAX + sizeof("SystemCallFilter=~")];

		snprintf(call, sizeof(call), "%.*s", (int)name_length, calls);
		snprintf(directive, sizeof(directive), "SystemCallFilter=~%s", call);
		if (!manager_filter_blocks(&check->facts->filter, call))
			r = check->fn(directive, check->data);
		calls += length + (calls[length] == ' ');
	}
	return r;
}

static bool is_at_most(uint64_t limit, const char *value)
{
	return limit <= strtoull(value, NULL, 10);
}

static bool holds(const struct unit_facts *facts, const char *directive)
{
	const char *value;

	if (!strcmp(directive, "PrivateIPC=yes"))
		return facts->has_private_ipc;
	if (!strcmp(directive, "RestrictSUIDSGID=yes"))
		return facts->restricts_suid;
	if (!strcmp(directive, "UMask=0077"))
		return facts->umask == 077;
	if ((value = value_of(directive, "LimitMSGQUEUE=")))
		return is_at_most(facts->msgqueue, value);
	if ((value = value_of(directive, "LimitMEMLOCK=")))
		return is_at_most(facts->memlock, value);
	return !value_of(directive, "ExecStopPost=") || facts->cleans;
}

static int check_one(const char *directive, void *data)
{
	const struct check *check = data;
	const char *calls = value_of(directive, "SystemCallFilter=~");

	if (calls)
		return check_calls(check, calls);
	return holds(check->facts, directive) ? 0 : check->fn(directive, check->data);
}

int in_force_each_not(const char *text, const struct unit_facts *facts,
		      int (*fn)(const char *directive, void *data), void *data)
{
	struct check check = {facts, fn, data};

	return dropin_each(text, check_one, &check);
}
