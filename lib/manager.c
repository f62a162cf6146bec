/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What does the service manager know of a unit? Asked over D-Bus (org.freedesktop.systemd1(5)); a
 * manager that doesn't answer in time is as good as none.
 */
#include "manager.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "cleanup.h"
#include "connection.h"
#include "object.h"
#include "optional.h"

#define DESTINATION "org.freedesktop.systemd1"
#define MANAGER_PATH "/org/freedesktop/systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"
#define UNIT "org.freedesktop.systemd1.Unit"
#define SERVICE "org.freedesktop.systemd1.Service"

#define US_PER_S 1000000
#define UID_NONE ((uint32_t)-1)

OPTIONAL_FUNCTION(sd_bus_call_method);
OPTIONAL_FUNCTION(sd_bus_get_property);
OPTIONAL_FUNCTION(sd_bus_get_property_string);
OPTIONAL_FUNCTION(sd_bus_message_read);
OPTIONAL_FUNCTION(sd_bus_message_read_array);
OPTIONAL_FUNCTION(sd_bus_message_enter_container);
OPTIONAL_FUNCTION(sd_bus_message_unref);

static const struct optional_symbol symbols[] = {
	OPTIONAL_SYMBOL(sd_bus_call_method),
	OPTIONAL_SYMBOL(sd_bus_get_property),
	OPTIONAL_SYMBOL(sd_bus_get_property_string),
	OPTIONAL_SYMBOL(sd_bus_message_read),
	OPTIONAL_SYMBOL(sd_bus_message_read_array),
	OPTIONAL_SYMBOL(sd_bus_message_enter_container),
	OPTIONAL_SYMBOL(sd_bus_message_unref),
};

static void message_done(sd_bus_message **message)
{
	if (*message)
		sym_sd_bus_message_unref(*message);
}

static int connection_open(struct connection *c, uint64_t timeout_ns)
{
	int r = optional_open("libsystemd.so.0", symbols, sizeof(symbols) / sizeof(symbols[0]));

	return r < 0 ? -ENOTCONN : connection_open_manager(c, timeout_ns);
}

static int get_string(const struct connection *c, const char *path, const char *interface,
		      const char *name, char **value)
{
	int r;

	connection_limit_call(c);
	r = sym_sd_bus_get_property_string(c->bus, DESTINATION, path, interface, name, NULL, value);
	return r < 0 ? connection_error(r) : 0;
}

static int get_number(const struct connection *c, const char *path, const char *interface,
		      const char *name, char type, void *value)
{
	return connection_get(c, DESTINATION, path, interface, name, type, value);
}

/* A property that only newer managers have: false where it is missing. */
static bool has_yes(const struct connection *c, const char *path, const char *name)
{
	int value = 0;

	return get_number(c, path, SERVICE, name, 'b', &value) == 0 && value;
}

static int get_time(const struct connection *c, const char *path, const char *interface,
		    const char *name, time_t *value)
{
	uint64_t us = 0;
	int r = get_number(c, path, interface, name, 't', &us);

	*value = (time_t)(us / US_PER_S);
	return r;
}

static int get_invocation(const struct connection *c, const char *path, char **value)
{
	_cleanup_(message_done) sd_bus_message *reply = NULL;
	const void *bytes = NULL;
	size_t size = 0;
	int r;

	connection_limit_call(c);
	r = sym_sd_bus_get_property(c->bus, DESTINATION, path, UNIT, "InvocationID", NULL, &reply,
				    "ay");
	if (r >= 0)
		r = sym_sd_bus_message_read_array(reply, 'y', &bytes, &size);
	if (r < 0)
		return connection_error(r);
	*value = calloc(size + 1, 2);
	if (!*value)
		return -ENOMEM;
	for (size_t i = 0; i < size; i++)
		snprintf(*value + 2 * i, 3, "%02x", ((const unsigned char *)bytes)[i]);
	return 0;
}

/* The object path of a unit, which is loaded if it isn't; -ENOENT where no file defines it. */
static int load_unit(const struct connection *c, const char *name, char **path)
{
	_cleanup_(message_done) sd_bus_message *reply = NULL;
	_cleanup_free_ char *found = NULL, *state = NULL;
	const char *text = NULL;
	int r;

	connection_limit_call(c);
	r = sym_sd_bus_call_method(c->bus, DESTINATION, MANAGER_PATH, MANAGER, "LoadUnit", NULL,
				   &reply, "s", name);
	if (r >= 0)
		r = sym_sd_bus_message_read(reply, "o", &text);
	if (r < 0)
		return connection_error(r);
	found = strdup(text);
	if (!found)
		return -ENOMEM;
	r = get_string(c, found, UNIT, "LoadState", &state);
	if (r < 0)
		return r;
	if (!strcmp(state, "not-found"))
		return -ENOENT;
	*path = STEAL_PTR(found);
	return 0;
}

static int lookup_dynamic(const struct connection *c, const char *user, uint32_t *uid)
{
	_cleanup_(message_done) sd_bus_message *reply = NULL;
	int r;

	connection_limit_call(c);
	r = sym_sd_bus_call_method(c->bus, DESTINATION, MANAGER_PATH, MANAGER,
				   "LookupDynamicUserByName", NULL, &reply, "s", user);
	return r < 0 ? r : sym_sd_bus_message_read(reply, "u", uid);
}

static bool lookup_user(const char *user, uid_t *uid)
{
	struct passwd entry, *found = NULL;
	char buf[16384];

	if (uid_parse(user, uid) == 0)
		return true;
	if (getpwnam_r(user, &entry, buf, sizeof(buf), &found) != 0 || !found)
		return false;
	*uid = found->pw_uid;
	return true;
}

/*
 * The uid that the unit's processes have or had (property UID, set from their start until the unit
 * is dead, so in ExecStopPost= too); before that, what User= says.
 */
static int read_user(const struct connection *c, const char *path, struct manager_unit *out)
{
	uint32_t uid = UID_NONE;
	int r = get_string(c, path, SERVICE, "User", &out->user);

	if (r < 0)
		return r;
	out->is_dynamic_user = has_yes(c, path, "DynamicUser");
	if (get_number(c, path, SERVICE, "UID", 'u', &uid) < 0)
		uid = UID_NONE;
	if (uid == UID_NONE && out->is_dynamic_user && lookup_dynamic(c, out->user, &uid) < 0)
		uid = UID_NONE;
	if (uid != UID_NONE) {
		out->uid = uid;
		out->has_uid = true;
	} else if (!*out->user) {
		/* no User= is root, but a dynamic user that nobody knows is not */
		out->has_uid = !out->is_dynamic_user;
	} else {
		out->has_uid = lookup_user(out->user, &out->uid);
	}
	return 0;
}

static int read_process(const struct connection *c, const char *path, struct manager_unit *out)
{
	uint32_t pid = 0;
	int r = get_number(c, path, SERVICE, "ExecMainPID", 'u', &pid);

	out->main_pid = (pid_t)pid;
	if (r == 0)
		r = get_time(c, path, SERVICE, "ExecMainStartTimestamp", &out->main_started);
	if (r == 0)
		r = get_time(c, path, SERVICE, "ExecMainExitTimestamp", &out->main_exited);
	if (r == 0)
		r = get_time(c, path, UNIT, "InactiveExitTimestamp", &out->activating_since);
	return r;
}

static int read_unit(const struct connection *c, const char *path, struct manager_unit *out)
{
	int r = get_string(c, path, UNIT, "Id", &out->id);

	if (r == 0)
		r = read_user(c, path, out);
	if (r == 0)
		r = get_string(c, path, SERVICE, "Result", &out->result);
	if (r == 0)
		r = get_string(c, path, UNIT, "ActiveState", &out->active_state);
	if (r == 0)
		r = get_invocation(c, path, &out->invocation);
	if (r == 0)
		r = read_process(c, path, out);
	out->has_private_ipc = r == 0 && has_yes(c, path, "PrivateIPC");
	return r;
}

/* Connects, and finds the service; the connection is for connection_done() in any case. */
static int open_unit(struct connection *c, const char *unit, uint64_t timeout_ns, char **path)
{
	int r = unit_name_is_service(unit) ? connection_open(c, timeout_ns) : -EINVAL;

	return r < 0 ? r : load_unit(c, unit, path);
}

int manager_read_unit(const char *unit, uint64_t timeout_ns, struct manager_unit *out)
{
	_cleanup_(connection_done) struct connection c = {0};
	_cleanup_free_ char *path = NULL;
	int r;

	*out = (struct manager_unit){0};
	r = open_unit(&c, unit, timeout_ns, &path);
	if (r == 0)
		r = read_unit(&c, path, out);
	if (r < 0)
		manager_unit_done(out);
	return r;
}

void manager_unit_done(struct manager_unit *unit)
{
	free(unit->id);
	free(unit->user);
	free(unit->result);
	free(unit->invocation);
	free(unit->active_state);
	*unit = (struct manager_unit){0};
}

void strv_free(char **strv)
{
	for (size_t i = 0; strv && strv[i]; i++)
		free(strv[i]);
	free(strv);
}

struct names {
	char **all;
	size_t count;
};

static void names_done(struct names *names)
{
	strv_free(names->all);
}

static int names_add(struct names *names, const char *name)
{
	char **grown;

	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->all[i], name))
			return 0;
	grown = reallocarray(names->all, names->count + 2, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	names->all = grown;
	grown[names->count] = strdup(name);
	if (!grown[names->count])
		return -ENOMEM;
	grown[++names->count] = NULL;
	return 0;
}

/* Reads the array of an answer; a unit file's row has its path first, a unit's row its name. */
static int read_rows(sd_bus_message *reply, bool is_file, struct names *names)
{
	int r = sym_sd_bus_message_enter_container(reply, 'a', is_file ? "(ss)" : "(ssssssouso)");

	while (r >= 0) {
		const char *name = NULL, *slash, *s = NULL;
		uint32_t u;

		r = is_file ? sym_sd_bus_message_read(reply, "(ss)", &name, &s)
			    : sym_sd_bus_message_read(reply, "(ssssssouso)", &name, &s, &s, &s, &s,
						      &s, &s, &u, &s, &s);
		if (r <= 0)
			break;
		slash = strrchr(name, '/');
		name = slash ? slash + 1 : name;
		/* a template file is no unit; its instances are, once loaded */
		if (unit_name_is_service(name))
			r = names_add(names, name);
	}
	return r < 0 ? r : 0;
}

static int list_services(const struct connection *c, bool is_file, struct names *names)
{
	const char *method = is_file ? "ListUnitFilesByPatterns" : "ListUnitsByPatterns";
	_cleanup_(message_done) sd_bus_message *reply = NULL;
	int r;

	connection_limit_call(c);
	r = sym_sd_bus_call_method(c->bus, DESTINATION, MANAGER_PATH, MANAGER, method, NULL, &reply,
				   "asas", 0, 1, "*.service");
	return r < 0 ? connection_error(r) : read_rows(reply, is_file, names);
}

/* Adds the unit's full name if it runs as uid. */
static int add_if_of_user(const struct connection *c, const char *name, uid_t uid,
			  struct names *found)
{
	_cleanup_(manager_unit_done) struct manager_unit unit = {0};
	_cleanup_free_ char *path = NULL;
	int r = load_unit(c, name, &path);

	if (r == 0)
		r = get_string(c, path, UNIT, "Id", &unit.id);
	if (r == 0)
		r = read_user(c, path, &unit);
	if (r == -ENOTCONN || r == -ENOMEM)
		return r;
	/* a unit that can't be loaded runs as nobody */
	return r == 0 && unit.has_uid && unit.uid == uid ? names_add(found, unit.id) : 0;
}

int manager_units_of_user(uid_t uid, uint64_t timeout_ns, char ***names)
{
	_cleanup_(connection_done) struct connection c = {0};
	_cleanup_(names_done) struct names all = {0}, found = {0};
	int r = connection_open(&c, timeout_ns);

	if (r == 0)
		r = list_services(&c, false, &all);
	if (r == 0)
		r = list_services(&c, true, &all);
	for (size_t i = 0; i < all.count && r == 0; i++)
		r = add_if_of_user(&c, all.all[i], uid, &found);
	if (r == 0 && !found.all && !(found.all = calloc(1, sizeof(*found.all))))
		r = -ENOMEM;
	if (r == 0)
		*names = STEAL_PTR(found.all);
	return r;
}

int manager_unit_state(const char *unit, uint64_t timeout_ns, char **active_state)
{
	_cleanup_(connection_done) struct connection c = {0};
	_cleanup_free_ char *path = NULL;
	int r = connection_open(&c, timeout_ns);

	if (r == 0)
		r = load_unit(&c, unit, &path);
	return r < 0 ? r : get_string(&c, path, UNIT, "ActiveState", active_state);
}

/* The property is (is an allow-list, names); no filter at all is a deny-list of nothing. */
static int read_filter(const struct connection *c, const char *path, struct manager_filter *filter)
{
	_cleanup_(message_done) sd_bus_message *reply = NULL;
	_cleanup_(names_done) struct names calls = {0};
	const char *name;
	int r, is_allow_list = 0;

	connection_limit_call(c);
	r = sym_sd_bus_get_property(c->bus, DESTINATION, path, SERVICE, "SystemCallFilter", NULL,
				    &reply, "(bas)");
	if (r >= 0)
		r = sym_sd_bus_message_enter_container(reply, 'r', "bas");
	if (r >= 0)
		r = sym_sd_bus_message_read(reply, "b", &is_allow_list);
	if (r >= 0)
		r = sym_sd_bus_message_enter_container(reply, 'a', "s");
	if (r < 0)
		return connection_error(r);
	while ((r = sym_sd_bus_message_read(reply, "s", &name)) > 0) {
		r = names_add(&calls, name);
		if (r < 0)
			return r;
	}
	if (r < 0)
		return connection_error(r);
	filter->is_allow_list = is_allow_list != 0;
	filter->calls = STEAL_PTR(calls.all);
	return 0;
}

int manager_read_filter(const char *unit, uint64_t timeout_ns, struct manager_filter *filter)
{
	_cleanup_(connection_done) struct connection c = {0};
	_cleanup_free_ char *path = NULL;
	int r = open_unit(&c, unit, timeout_ns, &path);

	*filter = (struct manager_filter){0};
	return r < 0 ? r : read_filter(&c, path, filter);
}

int manager_reload(uint64_t timeout_ns)
{
	_cleanup_(connection_done) struct connection c = {0};
	int r = connection_open(&c, timeout_ns);

	if (r < 0)
		return r;
	connection_limit_call(&c);
	r = sym_sd_bus_call_method(c.bus, DESTINATION, MANAGER_PATH, MANAGER, "Reload", NULL, NULL,
				   "");
	return r < 0 ? connection_error(r) : 0;
}

int manager_logind_removes_ipc(uint64_t timeout_ns, bool *does)
{
	_cleanup_(connection_done) struct connection c = {0};
	int r = connection_open_system(&c, timeout_ns), value = 0;

	if (r == 0)
		r = connection_get(&c, "org.freedesktop.login1", "/org/freedesktop/login1",
				   "org.freedesktop.login1.Manager", "RemoveIPC", 'b', &value);
	*does = value != 0;
	return r;
}
