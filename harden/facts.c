/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All properties of an interface come in one answer; what this systemd doesn't have is missing there,
 * and says so by its default.
 */
#include "facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "clock.h"
#include "optional.h"
#include "program.h"
#include "stringlist.h"

#define DESTINATION "org.freedesktop.systemd1"
#define MANAGER_PATH "/org/freedesktop/systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"
#define UNIT "org.freedesktop.systemd1.Unit"
#define SERVICE "org.freedesktop.systemd1.Service"
#define PROPERTIES "org.freedesktop.DBus.Properties"

#define UID_NONE ((uint32_t)-1)

OPTIONAL_FUNCTION(sd_bus_call_method);
OPTIONAL_FUNCTION(sd_bus_message_read);
OPTIONAL_FUNCTION(sd_bus_message_enter_container);
OPTIONAL_FUNCTION(sd_bus_message_exit_container);
OPTIONAL_FUNCTION(sd_bus_message_skip);
OPTIONAL_FUNCTION(sd_bus_message_unref);

static const struct optional_symbol symbols[] = {
	OPTIONAL_SYMBOL(sd_bus_call_method),
	OPTIONAL_SYMBOL(sd_bus_message_read),
	OPTIONAL_SYMBOL(sd_bus_message_enter_container),
	OPTIONAL_SYMBOL(sd_bus_message_exit_container),
	OPTIONAL_SYMBOL(sd_bus_message_skip),
	OPTIONAL_SYMBOL(sd_bus_message_unref),
};

static void message_done(sd_bus_message **message)
{
	if (*message)
		sym_sd_bus_message_unref(*message);
}

void unit_facts_done(struct unit_facts *facts)
{
	free(facts->id);
	free(facts->load_state);
	free(facts->active_state);
	free(facts->cgroup);
	free(facts->user);
	string_list_done(&facts->dependents);
	manager_filter_done(&facts->filter);
	*facts = (struct unit_facts){0};
}

bool unit_runs(const struct unit_facts *facts)
{
	return !strcmp(facts->active_state, "active") ||
	       !strcmp(facts->active_state, "activating") ||
	       !strcmp(facts->active_state, "reloading");
}

int facts_connect(struct connection *c, uint64_t timeout_ns)
{
	int r = optional_open("libsystemd.so.0", symbols, sizeof(symbols) / sizeof(symbols[0]));

	return r < 0 ? -ENOTCONN : connection_open_manager(c, timeout_ns);
}

void facts_renew(struct connection *c, uint64_t timeout_ns)
{
	c->deadline_ns = clock_now_ns() + timeout_ns;
}

/* --- single properties: the message stands in the variant --- */

static int take_text(sd_bus_message *m, const char *type, char **value)
{
	const char *text;
	int r = sym_sd_bus_message_read(m, type, &text);

	if (r < 0)
		return r;
	free(*value);
	*value = strdup(text);
	return *value ? 0 : -ENOMEM;
}

static int take_flag(sd_bus_message *m, bool *flag)
{
	int value = 0, r = sym_sd_bus_message_read(m, "b", &value);

	*flag = value != 0;
	return r;
}

static int add_call(struct string_list *calls, const char *call)
{
	/* the list ends with NULL for strv_free(), which string_list has no room for */
	char **grown = reallocarray(calls->items, calls->count + 2, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	calls->items = grown;
	grown[calls->count] = strdup(call);
	if (!grown[calls->count])
		return -ENOMEM;
	grown[++calls->count] = NULL;
	return 0;
}

/* (is an allow-list, names); gives the number of names, too. */
static int take_filter(sd_bus_message *m, struct manager_filter *filter, size_t *count)
{
	struct string_list calls = {0};
	int is_allow_list = 0, r = sym_sd_bus_message_enter_container(m, 'r', "bas");
	const char *name;

	if (r >= 0)
		r = sym_sd_bus_message_read(m, "b", &is_allow_list);
	if (r >= 0)
		r = sym_sd_bus_message_enter_container(m, 'a', "s");
	while (r >= 0 && (r = sym_sd_bus_message_read(m, "s", &name)) > 0)
		r = add_call(&calls, name);
	if (r >= 0)
		r = sym_sd_bus_message_exit_container(m);
	if (r >= 0)
		r = sym_sd_bus_message_exit_container(m);
	*count = calls.count;
	filter->is_allow_list = is_allow_list != 0;
	filter->calls = calls.items;
	return r;
}

static bool is_ipcclean(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !strcmp(slash ? slash + 1 : path, "ipcclean");
}

static int take_exec(sd_bus_message *m, bool *cleans)
{
	int r = sym_sd_bus_message_enter_container(m, 'a', "(sasbttttuii)");

	while (r >= 0 && (r = sym_sd_bus_message_enter_container(m, 'r', "sasbttttuii")) > 0) {
		const char *path;

		r = sym_sd_bus_message_read(m, "s", &path);
		if (r >= 0) {
			*cleans |= is_ipcclean(path);
			r = sym_sd_bus_message_skip(m, "asbttttuii");
		}
		if (r >= 0)
			r = sym_sd_bus_message_exit_container(m);
	}
	return r < 0 ? r : sym_sd_bus_message_exit_container(m);
}

static int take_job(sd_bus_message *m, bool *pending)
{
	const char *path;
	uint32_t id = 0;
	int r = sym_sd_bus_message_read(m, "(uo)", &id, &path);

	*pending = id != 0;
	return r;
}

static int take_joined(sd_bus_message *m, bool *shares)
{
	const char *name;
	int r = sym_sd_bus_message_enter_container(m, 'a', "s");

	while (r >= 0 && (r = sym_sd_bus_message_read(m, "s", &name)) > 0)
		*shares = true;
	return r < 0 ? r : sym_sd_bus_message_exit_container(m);
}

static int take_path(sd_bus_message *m, bool *shares)
{
	const char *path = "";
	int r = sym_sd_bus_message_read(m, "s", &path);

	*shares |= r >= 0 && *path;
	return r;
}

static int take_dependents(sd_bus_message *m, struct string_list *dependents)
{
	const char *name;
	int r = sym_sd_bus_message_enter_container(m, 'a', "s");

	while (r >= 0 && (r = sym_sd_bus_message_read(m, "s", &name)) > 0)
		r = unit_name_is_clean(name) ? string_list_add(dependents, name) : 0;
	return r < 0 ? r : sym_sd_bus_message_exit_container(m);
}

static int take_number32(sd_bus_message *m, uint32_t *number)
{
	return sym_sd_bus_message_read(m, "u", number);
}

static int take_unit_property(sd_bus_message *m, const char *name, struct unit_facts *facts)
{
	if (!strcmp(name, "Id"))
		return take_text(m, "s", &facts->id);
	if (!strcmp(name, "LoadState"))
		return take_text(m, "s", &facts->load_state);
	if (!strcmp(name, "ActiveState"))
		return take_text(m, "s", &facts->active_state);
	if (!strcmp(name, "Transient"))
		return take_flag(m, &facts->is_transient);
	if (!strcmp(name, "NeedDaemonReload"))
		return take_flag(m, &facts->needs_reload);
	if (!strcmp(name, "Job"))
		return take_job(m, &facts->has_pending_job);
	if (!strcmp(name, "JoinsNamespaceOf"))
		return take_joined(m, &facts->shares_ipc);
	if (!strcmp(name, "RequiredBy") || !strcmp(name, "BoundBy") || !strcmp(name, "ConsistsOf"))
		return take_dependents(m, &facts->dependents);
	return sym_sd_bus_message_skip(m, NULL);
}

static int take_log(sd_bus_message *m, struct unit_facts *facts)
{
	struct manager_filter log = {0};
	size_t count = 0;
	int r = take_filter(m, &log, &count);

	facts->knows_call_log = true;
	facts->logs_calls = count > 0;
	manager_filter_done(&log);
	return r;
}

static int take_ids(sd_bus_message *m, const char *name, struct unit_facts *facts)
{
	uint32_t number = 0;
	int r = take_number32(m, &number);

	if (!strcmp(name, "MainPID"))
		facts->main_pid = (pid_t)number;
	else if (!strcmp(name, "NRestarts"))
		facts->restarts = number;
	else if (!strcmp(name, "UMask"))
		facts->umask = number;
	else if (number != UID_NONE) {
		facts->uid = number;
		facts->has_uid = true;
	}
	return r;
}

static int take_service_flag(sd_bus_message *m, const char *name, struct unit_facts *facts)
{
	if (!strcmp(name, "PrivateIPC")) {
		facts->knows_private_ipc = true;
		return take_flag(m, &facts->has_private_ipc);
	}
	if (!strcmp(name, "PrivateTmp"))
		return take_flag(m, &facts->has_private_tmp);
	if (!strcmp(name, "RestrictSUIDSGID"))
		return take_flag(m, &facts->restricts_suid);
	if (!strcmp(name, "NoNewPrivileges"))
		return take_flag(m, &facts->has_no_new_privileges);
	if (!strcmp(name, "RemoveIPC"))
		return take_flag(m, &facts->removes_ipc);
	return sym_sd_bus_message_skip(m, NULL);
}

static int take_word(sd_bus_message *m, const char *name, struct unit_facts *facts)
{
	const char *word = "";
	int r = sym_sd_bus_message_read(m, "s", &word);

	if (!strcmp(name, "Type"))
		facts->is_oneshot = !strcmp(word, "oneshot");
	else
		facts->leaves_processes = strcmp(word, "control-group") && strcmp(word, "mixed");
	return r;
}

static int take_service_property(sd_bus_message *m, const char *name, struct unit_facts *facts)
{
	size_t count;

	if (!strcmp(name, "UID") || !strcmp(name, "MainPID") || !strcmp(name, "NRestarts") ||
	    !strcmp(name, "UMask"))
		return take_ids(m, name, facts);
	if (!strcmp(name, "Type") || !strcmp(name, "KillMode"))
		return take_word(m, name, facts);
	if (!strcmp(name, "User"))
		return take_text(m, "s", &facts->user);
	if (!strcmp(name, "ControlGroup"))
		return take_text(m, "s", &facts->cgroup);
	if (!strcmp(name, "SystemCallFilter"))
		return take_filter(m, &facts->filter, &count);
	if (!strcmp(name, "SystemCallLog"))
		return take_log(m, facts);
	if (!strcmp(name, "SystemCallErrorNumber"))
		return sym_sd_bus_message_read(m, "i", &facts->error_number);
	if (!strcmp(name, "LimitMSGQUEUE"))
		return sym_sd_bus_message_read(m, "t", &facts->msgqueue);
	if (!strcmp(name, "LimitMEMLOCK"))
		return sym_sd_bus_message_read(m, "t", &facts->memlock);
	if (!strcmp(name, "ExecStopPost"))
		return take_exec(m, &facts->cleans);
	if (!strcmp(name, "IPCNamespacePath"))
		return take_path(m, &facts->shares_ipc);
	return take_service_flag(m, name, facts);
}

typedef int property_fn(sd_bus_message *m, const char *name, struct unit_facts *facts);

static int take_all(const struct connection *c, const char *path, const char *interface,
		    property_fn *take, struct unit_facts *facts)
{
	_cleanup_(message_done) sd_bus_message *m = NULL;
	int r;

	connection_limit_call(c);
	r = sym_sd_bus_call_method(c->bus, DESTINATION, path, PROPERTIES, "GetAll", NULL, &m, "s",
				   interface);
	if (r >= 0)
		r = sym_sd_bus_message_enter_container(m, 'a', "{sv}");
	while (r >= 0 && (r = sym_sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
		const char *name;

		r = sym_sd_bus_message_read(m, "s", &name);
		if (r >= 0)
			r = sym_sd_bus_message_enter_container(m, 'v', NULL);
		if (r >= 0)
			r = take(m, name, facts);
		if (r >= 0)
			r = sym_sd_bus_message_exit_container(m);
		if (r >= 0)
			r = sym_sd_bus_message_exit_container(m);
	}
	return r < 0 ? connection_error(r) : 0;
}

static int find_path(const struct connection *c, const char *unit, char **path)
{
	_cleanup_(message_done) sd_bus_message *m = NULL;
	const char *text = NULL;
	int r;

	connection_limit_call(c);
	r = sym_sd_bus_call_method(c->bus, DESTINATION, MANAGER_PATH, MANAGER, "LoadUnit", NULL, &m,
				   "s", unit);
	if (r >= 0)
		r = sym_sd_bus_message_read(m, "o", &text);
	if (r < 0)
		return connection_error(r);
	*path = strdup(text);
	return *path ? 0 : -ENOMEM;
}

/* Before its first start a unit has no UID property, only what User= says. */
static void resolve_user(struct unit_facts *facts)
{
	if (facts->has_uid)
		return;
	if (facts->user && *facts->user)
		facts->has_uid = program_parse_user(facts->user, &facts->uid) == 0;
	else
		facts->has_uid = true;
}

/* As facts_read_unit(), and what it is as a service if `service` is. */
static int read_facts(const struct connection *c, const char *unit, bool service,
		      struct unit_facts *facts)
{
	_cleanup_free_ char *path = NULL;
	int r = find_path(c, unit, &path);

	*facts = (struct unit_facts){
		.umask = 022, .msgqueue = LIMIT_INFINITY, .memlock = LIMIT_INFINITY};
	if (r == 0)
		r = take_all(c, path, UNIT, take_unit_property, facts);
	if (r == 0 && service)
		r = take_all(c, path, SERVICE, take_service_property, facts);
	if (r == 0 && (!facts->id || !facts->load_state || !facts->active_state ||
		       (service && (!facts->user || !facts->cgroup))))
		r = -EBADMSG;
	if (r == 0 && !strcmp(facts->load_state, "not-found"))
		r = -ENOENT;
	if (r < 0)
		unit_facts_done(facts);
	return r;
}

int facts_read_unit(const struct connection *c, const char *unit, struct unit_facts *facts)
{
	return read_facts(c, unit, false, facts);
}

int facts_read(const struct connection *c, const char *unit, struct unit_facts *facts)
{
	int r = read_facts(c, unit, true, facts);

	if (r == 0)
		resolve_user(facts);
	return r;
}

int facts_list_active(const struct connection *c, char ***names)
{
	_cleanup_(message_done) sd_bus_message *m = NULL;
	struct string_list list = {0};
	const char *name, *s;
	uint32_t u;
	int r;

	connection_limit_call(c);
	r = sym_sd_bus_call_method(c->bus, DESTINATION, MANAGER_PATH, MANAGER,
				   "ListUnitsByPatterns", NULL, &m, "asas", 1, "active", 1,
				   "*.service");
	if (r >= 0)
		r = sym_sd_bus_message_enter_container(m, 'a', "(ssssssouso)");
	while (r >= 0 && (r = sym_sd_bus_message_read(m, "(ssssssouso)", &name, &s, &s, &s, &s, &s,
						      &s, &u, &s, &s)) > 0)
		r = unit_name_is_service(name) ? add_call(&list, name) : 0;
	if (r >= 0 && !list.items && !(list.items = calloc(1, sizeof(*list.items))))
		r = -ENOMEM;
	if (r < 0) {
		strv_free(list.items);
		return connection_error(r);
	}
	*names = list.items;
	return 0;
}

int facts_reload(const struct connection *c)
{
	int r;

	connection_limit_call(c);
	r = sym_sd_bus_call_method(c->bus, DESTINATION, MANAGER_PATH, MANAGER, "Reload", NULL, NULL,
				   "");
	return r < 0 ? connection_error(r) : 0;
}

int facts_act(const struct connection *c, const char *unit, enum unit_verb verb)
{
	static const char *const methods[] = {[UNIT_START] = "StartUnit",
					      [UNIT_STOP] = "StopUnit",
					      [UNIT_RESTART] = "RestartUnit",
					      [UNIT_RESET_FAILED] = "ResetFailedUnit"};
	int r;

	connection_limit_call(c);
	if (verb == UNIT_RESET_FAILED)
		r = sym_sd_bus_call_method(c->bus, DESTINATION, MANAGER_PATH, MANAGER,
					   methods[verb], NULL, NULL, "s", unit);
	else
		r = sym_sd_bus_call_method(c->bus, DESTINATION, MANAGER_PATH, MANAGER,
					   methods[verb], NULL, NULL, "ss", unit, "replace");
	return r < 0 ? connection_error(r) : 0;
}
