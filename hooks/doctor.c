/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is this host wired? Cleanup hangs on files of PAM, logind, systemd and SELinux that an update or
 * an administrator may take away without a sound: each check says what it found and, for a miss,
 * what to type. Nothing is changed, and a broken configuration is a finding like any other.
 */
#include "doctor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "doctor_checks.h"
#include "printed.h"
#include "say.h"

#define NAMES_MAX 16 /* in one line */

static const struct {
	const char *name;
	check_fn *run;
} table[] = {
	{"pam", check_pam},
	{"removeipc", check_removeipc},
	{"user-dropin", check_user_dropin},
	{"sweep", check_sweep},
	{"config", check_config},
	{"selinux", check_selinux},
	{"leases", check_leases},
	{"units", check_units},
};
#define CHECK_COUNT (sizeof(table) / sizeof(table[0]))

const char *check_state_name(enum check_state state)
{
	switch (state) {
	case CHECK_OK:
		return "ok";
	case CHECK_MISS:
		return "miss";
	case CHECK_HINT:
		return "hint";
	case CHECK_NONE:
		return "none";
	}
	return "";
}

/* Names of files and words of broken ones come from outside: safe for a terminal and for JSON. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || (unsigned char)*text >= 0x7f)
			*text = '?';
}

int check_set(struct check *check, enum check_state state, const char *fix, const char *format, ...)
{
	va_list args;
	int r;

	check->state = state;
	va_start(args, format);
	r = vasprintf(&check->detail, format, args);
	va_end(args);
	if (r < 0)
		check->detail = NULL;
	check->fix = fix ? strdup(fix) : NULL;
	if (!check->detail || (fix && !check->fix))
		return -ENOMEM;
	make_printable(check->detail);
	if (check->fix)
		make_printable(check->fix);
	return 0;
}

char *check_join(const struct string_list *names)
{
	size_t shown = names->count > NAMES_MAX ? NAMES_MAX : names->count;
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (size_t i = 0; i < shown; i++)
		fprintf(f, "%s%s", i ? ", " : "", names->items[i]);
	if (shown < names->count)
		fprintf(f, " and %zu more", names->count - shown);
	return fclose(f) == 0 ? STEAL_PTR(text) : NULL;
}

struct checks {
	struct check all[CHECK_COUNT];
};

static void checks_done(struct checks *checks)
{
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		free(checks->all[i].detail);
		free(checks->all[i].fix);
	}
}

/* quiet: only what is missing. */
static int print_lines(const struct check *checks, bool quiet)
{
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		const struct check *check = &checks[i];

		if (quiet && check->state != CHECK_MISS)
			continue;
		printf("%-12s %-5s %s\n", check->name, check_state_name(check->state),
		       check->detail);
		if (check->fix)
			printf("%-12s %-5s do: %s\n", "", "", check->fix);
	}
	return printed_all(stdout);
}

int doctor(const struct options *options)
{
	_cleanup_(checks_done) struct checks checks = {0};
	bool is_ok = true;
	int r = 0;

	for (size_t i = 0; i < CHECK_COUNT && r == 0; i++) {
		checks.all[i].name = table[i].name;
		r = table[i].run(options, &checks.all[i]);
		is_ok &= checks.all[i].state != CHECK_MISS;
	}
	if (r == 0 && options->is_json)
		r = doctor_print_json(checks.all, CHECK_COUNT, is_ok);
	else if (r == 0)
		r = print_lines(checks.all, options->is_quiet);
	if (r == -ENOSYS)
		say_error("--json: libjson-c.so.5 is not installed");
	else if (r < 0)
		say_error("doctor: %s", strerror(-r));
	return r == 0 && is_ok ? EXIT_DONE : EXIT_FAILED;
}
