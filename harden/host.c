/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host.h"

#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "document.h"
#include "printed.h"
#include "say.h"

static const struct {
	const char *name; /* stable */
	host_fn *check;
} checks[] = {
	{"world-access", host_check_world_access}, {"ptrace", host_check_ptrace},
	{"removeipc", host_check_removeipc},	   {"hugetlb-group", host_check_hugetlb_group},
	{"dev-shm", host_check_dev_shm},	   {"mqueue", host_check_mqueue},
	{"pam-limits", host_check_pam_limits},	   {"mqueue-limits", host_check_mqueue_limits},
	{"rmid-forced", host_check_rmid_forced},   {"init-on-free", host_check_init_on_free},
};

#define CHECK_COUNT (sizeof(checks) / sizeof(checks[0]))

static const char *state_word(enum host_state state)
{
	switch (state) {
	case HOST_FINE:
		return "fine";
	case HOST_ADVICE:
		return "advice";
	case HOST_RISK:
		return "risk";
	case HOST_NONE:
		return "none";
	}
	return "";
}

static void checks_done(struct host_check *all)
{
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		text_done(&all[i].evidence);
		text_done(&all[i].risk);
		text_done(&all[i].command);
	}
}

static const char *text_of(const struct text *text)
{
	return text->length ? text->bytes : NULL;
}

static int print_text(const struct host_check *all)
{
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		const char *risk = text_of(&all[i].risk), *command = text_of(&all[i].command);

		printf("%-7s %-14s %s\n", state_word(all[i].state), checks[i].name,
		       text_of(&all[i].evidence) ? all[i].evidence.bytes : "");
		if (risk)
			printf("%23srisk: %s\n", "", risk);
		if (command)
			printf("%23sdo: %s\n", "", command);
	}
	return printed_all(stdout);
}

static int add_json_check(struct json_object *array, const char *name,
			  const struct host_check *check)
{
	struct json_object *object = document_append_object(array);
	int r = object ? document_add_text(object, "check", name) : -ENOMEM;

	if (r == 0)
		r = document_add_text(object, "state", state_word(check->state));
	if (r == 0)
		r = document_add_text(object, "evidence", text_of(&check->evidence));
	if (r == 0)
		r = document_add_text(object, "risk", text_of(&check->risk));
	if (r == 0)
		r = document_add_text(object, "command", text_of(&check->command));
	return r;
}

static int print_json(const struct host_check *all)
{
	struct json_object *document, *array;
	int r = document_new("host", &document);

	if (r < 0)
		return r;
	array = document_add_array(document, "checks");
	r = array ? 0 : -ENOMEM;
	for (size_t i = 0; r == 0 && i < CHECK_COUNT; i++)
		r = add_json_check(array, checks[i].name, &all[i]);
	if (r == 0)
		r = document_print(document, stdout);
	document_free(document);
	return r;
}

static int status_of(const struct host_check *all)
{
	int status = EXIT_FINE;

	for (size_t i = 0; i < CHECK_COUNT; i++) {
		if (all[i].state == HOST_RISK)
			return EXIT_ERROR;
		if (all[i].state == HOST_ADVICE)
			status = EXIT_FOUND;
	}
	return status;
}

static bool has_failed(const struct host_check *all)
{
	for (size_t i = 0; i < CHECK_COUNT; i++)
		if (all[i].evidence.failed || all[i].risk.failed || all[i].command.failed)
			return true;
	return false;
}

int command_host(const struct options *options)
{
	struct host_check all[CHECK_COUNT] = {0};
	struct look look;
	const struct host host = {.root = "", .look = &look};
	int r = look_take(&look), status;

	if (r < 0) {
		say_error("the host's objects and processes: %s", strerror(-r));
		return EXIT_ERROR;
	}
	for (size_t i = 0; i < CHECK_COUNT; i++)
		checks[i].check(&host, &all[i]);
	look_done(&look);
	r = has_failed(all) ? -ENOMEM : options->is_json ? print_json(all) : print_text(all);
	status = status_of(all);
	checks_done(all);
	if (r < 0)
		say_error("the report: %s", strerror(-r));
	return r < 0 ? EXIT_ERROR : status;
}
