/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "target.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "say.h"

#define RECONNECT_MS 200

int target_name(const char *operand, char name[UNIT_NAME_SIZE])
{
	const char *end = strchr(operand, '.') ? "" : ".service";
	size_t length = strlen(operand);

	if (snprintf(name, UNIT_NAME_SIZE, "%s%s", operand, end) < UNIT_NAME_SIZE &&
	    unit_name_is_service(name))
		return 0;
	if (length < UNIT_NAME_SIZE && strstr(name, "@.service"))
		say_error("%s: a template, which never runs; name an instance of it", operand);
	else
		say_error("%s: not the name of a service unit", operand);
	return -EINVAL;
}

int target_connect(struct connection *c)
{
	int r = facts_connect(c, TARGET_ASK_NS);

	if (r == -ENOTCONN)
		say_error("no service manager answers: ipcharden needs systemd, and its bus where "
			  "it is not run by root");
	else if (r < 0)
		say_error("the service manager: %s", strerror(-r));
	return r;
}

int target_say(const char *unit, int r)
{
	if (r == -ENOENT)
		say_error("%s: no such unit of the system's manager; those of users' managers are "
			  "not looked at",
			  unit);
	else
		say_error("%s: the service manager does not tell: %s", unit, strerror(-r));
	return r;
}

static int check_fit(const struct target *target, enum target_use use)
{
	if (strcmp(target->facts.load_state, "loaded") != 0) {
		say_error("%s: is %s: nothing to be done", target->name, target->facts.load_state);
		return -EINVAL;
	}
	if (use == TARGET_READ)
		return 0;
	if (target->facts.is_transient) {
		say_error("%s: a transient unit, which no file defines and no restart brings back; "
			  "give its properties to systemd-run",
			  target->name);
		return -EINVAL;
	}
	if (target->facts.needs_reload) {
		say_error("%s: its files have changed since systemd read them: systemctl "
			  "daemon-reload",
			  target->name);
		return -ESTALE;
	}
	return 0;
}

/* A manager that is executed anew (systemctl daemon-reexec) drops its connections, and is back in a moment. */
int target_reconnect(struct target *target)
{
	uint64_t deadline_ns = clock_now_ns() + TARGET_ASK_NS;
	int r;

	connection_done(&target->c);
	while ((r = facts_connect(&target->c, TARGET_ASK_NS)) == -ENOTCONN &&
	       !clock_is_past(deadline_ns))
		poll(NULL, 0, RECONNECT_MS);
	return r;
}

int target_refresh(struct target *target)
{
	int r;

	unit_facts_done(&target->facts);
	facts_renew(&target->c, TARGET_ASK_NS);
	r = facts_read(&target->c, target->name, &target->facts);
	if (r == -ENOTCONN && target_reconnect(target) == 0)
		r = facts_read(&target->c, target->name, &target->facts);
	return r < 0 ? target_say(target->name, r) : 0;
}

int target_act(struct target *target, enum unit_verb verb)
{
	int r;

	facts_renew(&target->c, TARGET_ASK_NS);
	r = facts_act(&target->c, target->name, verb);
	if (r == -ENOTCONN && target_reconnect(target) == 0)
		r = facts_act(&target->c, target->name, verb);
	return r;
}

int target_open(struct target *target, const char *operand, enum target_use use)
{
	int r;

	*target = (struct target){0};
	r = target_name(operand, target->name);
	if (r == 0 && use == TARGET_CHANGE && geteuid() != 0) {
		say_error("%s: only root may change how it runs", target->name);
		r = -EPERM;
	}
	if (r == 0)
		r = target_connect(&target->c);
	if (r == 0)
		r = target_refresh(target);
	if (r == 0) {
		snprintf(target->name, sizeof(target->name), "%s", target->facts.id);
		r = check_fit(target, use);
	}
	if (r < 0)
		target_done(target);
	return r;
}

void target_done(struct target *target)
{
	unit_facts_done(&target->facts);
	connection_done(&target->c);
}
