/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which units get the drop-in, and with which lines? Those named, or all of a user. A unit that
 * shares its user with others needs a baseline of what was there before it started (DESIGN.md:
 * "Whose is it"); where the manager can't be asked whether it does, it gets one.
 */
#include "enable.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "clock.h"
#include "commands.h"
#include "config.h"
#include "dropin.h"
#include "manager.h"
#include "options.h"
#include "program.h"
#include "say.h"

#define ASK_NS (30 * NS_PER_S)
/* reading all unit files again may take long on a large host */
#define RELOAD_NS (8 * NS_PER_S)

/* One unit that is to be switched. */
struct candidate {
	char name[UNIT_NAME_SIZE];
	bool is_known; /* facts are the manager's */
	struct manager_unit facts;
};

struct candidates {
	struct candidate *all;
	size_t count;
};

static void candidates_done(struct candidates *units)
{
	for (size_t i = 0; i < units->count; i++)
		manager_unit_done(&units->all[i].facts);
	free(units->all);
}

static void tell(const struct enable_options *options, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void tell(const struct enable_options *options, const char *format, ...)
{
	va_list args;

	if (options->is_quiet)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
}

/* With root given, the files below it are asked about, not the manager of this machine. */
static int ask_unit(const struct enable_options *options, struct candidate *unit)
{
	int r = options->root ? -ENOTCONN : manager_read_unit(unit->name, ASK_NS, &unit->facts);

	unit->is_known = r == 0;
	if (r == 0)
		/* the drop-in of an alias is read only where the alias leads */
		snprintf(unit->name, sizeof(unit->name), "%s", unit->facts.id);
	if (r == -ENOTCONN)
		r = dropin_unit_exists(options->root, unit->name) ? 0 : -ENOENT;
	if (r == -ENOENT)
		say_error("%s: no such unit", unit->name);
	else if (r < 0)
		say_error("%s: the service manager does not tell: %s", unit->name, strerror(-r));
	return r;
}

/* For disable, which also works on units that are gone. */
static void resolve_alias(const struct enable_options *options, struct candidate *unit)
{
	unit->is_known = !options->root && manager_read_unit(unit->name, ASK_NS, &unit->facts) == 0;
	if (unit->is_known)
		snprintf(unit->name, sizeof(unit->name), "%s", unit->facts.id);
}

static int name_candidate(const char *text, struct candidate *unit)
{
	const char *end = strchr(text, '.') ? "" : ".service";

	*unit = (struct candidate){0};
	if ((size_t)snprintf(unit->name, sizeof(unit->name), "%s%s", text, end) <
		    sizeof(unit->name) &&
	    unit_name_is_service(unit->name))
		return 0;
	say_error("%s: not the name of a service unit", text);
	return -EINVAL;
}

/* Checks every name before anything is written. must_exist: for enable. */
static int add_names(char *const *names, size_t count, bool must_exist,
		     const struct enable_options *options, struct candidates *units)
{
	int result = 0;

	if (!count)
		return 0;
	units->all = calloc(count, sizeof(*units->all));
	if (!units->all)
		return -ENOMEM;
	for (; units->count < count; units->count++) {
		struct candidate *unit = &units->all[units->count];
		int r = name_candidate(names[units->count], unit);

		if (r == 0 && must_exist)
			r = ask_unit(options, unit);
		else if (r == 0)
			resolve_alias(options, unit);
		result = result ? result : r;
	}
	return result;
}

/* --all-of-user=: the names of the user's services, to be freed with strv_free. */
static int list_of_user(const char *user, char ***names)
{
	uid_t uid;
	int r = program_parse_user(user, &uid);

	if (r < 0) {
		say_error("%s: no such user", user);
		return r;
	}
	if (uid == 0) {
		say_error("%s: objects of root are never removed", user);
		return -EINVAL;
	}
	r = manager_units_of_user(uid, ASK_NS, names);
	if (r < 0)
		say_error("--all-of-user=%s: the service manager does not tell: %s", user,
			  strerror(-r));
	else if (!(*names)[0])
		say_error("--all-of-user=%s: no service runs as this user", user);
	return r < 0 || (*names)[0] ? r : -ENOENT;
}

static void strv_freep(char ***strv)
{
	strv_free(*strv);
}

static int collect(char *const *names, size_t count, bool must_exist,
		   const struct enable_options *options, struct candidates *units)
{
	_cleanup_(strv_freep) char **of_user = NULL;
	int r;

	if (!options->all_of_user && !count) {
		say_error("no unit named");
		return -EINVAL;
	}
	if (!options->all_of_user)
		return add_names(names, count, must_exist, options, units);
	if (count) {
		say_error("name units or give --all-of-user=, not both");
		return -EINVAL;
	}
	r = list_of_user(options->all_of_user, &of_user);
	if (r < 0)
		return r;
	while (of_user[count])
		count++;
	return add_names(of_user, count, must_exist, options, units);
}

/* Whether processes that are not the unit's may own objects of its user. */
static bool may_share_user(const struct candidate *unit, uid_t min_uid)
{
	_cleanup_(strv_freep) char **others = NULL;

	if (!unit->is_known || !unit->facts.has_uid || strchr(unit->name, '@'))
		return true;
	if (unit->facts.uid >= min_uid && !unit->facts.is_dynamic_user)
		return true;
	return manager_units_of_user(unit->facts.uid, ASK_NS, &others) < 0 ||
	       (others[0] && others[1]);
}

static void warn(const struct candidate *unit)
{
	if (!unit->is_known)
		return;
	if (unit->facts.has_uid && unit->facts.uid == 0)
		say_error(
			"%s: runs as root, whose objects are never removed; if its work is done by "
			"another user, set in a drop-in of your own "
			"ExecStopPost=-+" BINDIR "/ipcclean service -q --uid=USER %%n",
			unit->name);
	if (unit->facts.has_private_ipc)
		say_error(
			"%s: has PrivateIPC=yes: its System V objects and message queues end with "
			"it, only /dev/shm is cleaned",
			unit->name);
}

static int enable_one(const struct candidate *unit, const struct enable_options *options)
{
	bool with_baseline = may_share_user(unit, options->min_uid);
	const char *user = unit->is_known && unit->facts.user[0] ? unit->facts.user : "root";
	int r = dropin_write(options->root, unit->name, with_baseline);

	if (r == -EEXIST)
		say_error("%s: " DROPIN_DIR "/%s.d/" DROPIN_NAME
			  " was not written by ipcclean and stays as it is",
			  unit->name, unit->name);
	else if (r < 0)
		say_error("%s: no drop-in written in " DROPIN_DIR "/%s.d: %s", unit->name,
			  unit->name, strerror(-r));
	if (r < 0)
		return r;
	if (unit->is_known)
		tell(options,
		     "enabled %s (runs as %s): IPC objects it leaves are removed when it "
		     "stops\n",
		     unit->name, user);
	else
		tell(options, "enabled %s: IPC objects it leaves are removed when it stops\n",
		     unit->name);
	warn(unit);
	return 0;
}

static int disable_one(const struct candidate *unit, const struct enable_options *options)
{
	int r = dropin_remove(options->root, unit->name);

	if (r == -EEXIST)
		say_error("%s: " DROPIN_DIR "/%s.d/" DROPIN_NAME
			  " was not written by ipcclean and stays as it is",
			  unit->name, unit->name);
	else if (r < 0)
		say_error("%s: the drop-in is not removed: %s", unit->name, strerror(-r));
	else if (r == 0)
		tell(options, "%s was not enabled\n", unit->name);
	else
		tell(options, "disabled %s: IPC objects it leaves stay\n", unit->name);
	return r < 0 ? r : 0;
}

static void reload(const struct enable_options *options)
{
	int r = options->root ? -ENOTCONN : manager_reload(RELOAD_NS);

	if (r == -ENOTCONN)
		say_error("no service manager answers; where one runs: systemctl daemon-reload");
	else if (r < 0)
		say_error("the service manager has not read the drop-ins: %s; run: systemctl "
			  "daemon-reload",
			  strerror(-r));
}

static int switch_units(char *const *names, size_t count, const struct enable_options *options,
			bool is_enable)
{
	_cleanup_(candidates_done) struct candidates units = {0};
	size_t failed = 0;

	if (collect(names, count, is_enable, options, &units) < 0)
		return EXIT_USAGE;
	for (size_t i = 0; i < units.count; i++) {
		int r = is_enable ? enable_one(&units.all[i], options)
				  : disable_one(&units.all[i], options);

		failed += r < 0;
	}
	if (failed < units.count)
		reload(options);
	return fflush(stdout) == 0 && !failed ? EXIT_DONE : EXIT_FAILED;
}

int enable_units(char *const *names, size_t count, const struct enable_options *options)
{
	return switch_units(names, count, options, true);
}

int disable_units(char *const *names, size_t count, const struct enable_options *options)
{
	return switch_units(names, count, options, false);
}
