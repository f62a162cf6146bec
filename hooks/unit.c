/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which unit, and whose? In ExecStopPost= (systemd.service(5)) the unit is that of our own cgroup
 * and the manager knows the rest; where neither is so, the administrator says it, and we say what
 * is missing.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "procs.h"
#include "say.h"

static int own_unit(char name[UNIT_NAME_SIZE])
{
	_cleanup_(procs_done) struct procs procs = {.proc_fd = -1};
	char path[CGROUP_PATH_SIZE];
	int r = procs_open(&procs);

	if (r == 0)
		r = procs_cgroup(&procs, getpid(), path);
	if (r == 0)
		r = cgroup_unit(path, name);
	/* a scope is a login session or the like: nobody has stopped it */
	return r == 0 && !unit_name_is_service(name) ? -ENOENT : r;
}

static int name_unit(const struct options *options, char name[UNIT_NAME_SIZE])
{
	const char *operand = options->operand_count ? options->operands[0] : NULL;
	const char *end = operand && !strchr(operand, '.') ? ".service" : "";

	if (!operand) {
		if (own_unit(name) == 0)
			return 0;
		name[0] = '\0';
		if (options->has_uid && options->command == COMMAND_SERVICE)
			return 0;
		say_error("%s: not run by a service: name the unit",
			  command_name(options->command));
		return -EINVAL;
	}
	if (snprintf(name, UNIT_NAME_SIZE, "%s%s", operand, end) >= UNIT_NAME_SIZE ||
	    !unit_name_is_service(name)) {
		say_error("%s: not the name of a service unit", operand);
		return -EINVAL;
	}
	return 0;
}

static int ask_manager(const struct options *options, uint64_t timeout_ns, struct unit *unit)
{
	int r = manager_read_unit(unit->name, timeout_ns, &unit->known);

	unit->has_manager = r == 0;
	/* with --uid= the manager's word is welcome, not needed */
	if (r == 0 || options->has_uid)
		return 0;
	if (r == -ENOENT)
		say_error("%s: no such unit", unit->name);
	else
		say_error("%s: no service manager answers (%s); pass the unit's user: "
			  "ipcclean %s --uid=USER %s",
			  unit->name, strerror(-r), command_name(options->command), unit->name);
	return r;
}

int unit_find(const struct options *options, uint64_t timeout_ns, struct unit *unit)
{
	int r;

	*unit = (struct unit){.uid = options->uid};
	r = name_unit(options, unit->name);
	if (r == 0 && unit->name[0])
		r = ask_manager(options, timeout_ns, unit);
	if (r < 0)
		return r;
	if (unit->has_manager && !options->has_uid) {
		if (!unit->known.has_uid) {
			say_error("%s: its user %s is not known here; pass --uid=USER", unit->name,
				  unit->known.user);
			unit_done(unit);
			return -ENOENT;
		}
		unit->uid = unit->known.uid;
	}
	unit->result = getenv("SERVICE_RESULT");
	if (!unit->result && unit->has_manager)
		unit->result = unit->known.result;
	return 0;
}

void unit_done(struct unit *unit)
{
	if (unit->has_manager)
		manager_unit_done(&unit->known);
	unit->has_manager = false;
}
