/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is the rest in place: the sweep, our own files, what the kernel must allow, the services? */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "config.h"
#include "doctor_checks.h"
#include "dropin.h"
#include "manager.h"
#include "patterns.h"
#include "textfile.h"

#define SWEEP "ipcguard-sweep.timer"
#define USER_DROPIN_DIR "user@.service.d"

int check_sweep(const struct options *options, struct check *check)
{
	static const char fix[] = "systemctl enable --now " SWEEP;
	_cleanup_free_ char *state = NULL;
	int r;

	(void)options;
	if (access("/run/systemd/system", F_OK) < 0)
		return check_set(check, CHECK_NONE, NULL, "no systemd runs here");
	r = manager_unit_state(SWEEP, CHECK_ASK_NS, &state);
	if (r == -ENOMEM)
		return r;
	if (r == -ENOENT)
		return check_set(check, CHECK_MISS, fix, SWEEP " is not installed");
	if (r < 0)
		return check_set(check, CHECK_HINT, "systemctl status " SWEEP,
				 "the service manager doesn't tell: %s", strerror(-r));
	if (strcmp(state, "active") != 0)
		return check_set(check, CHECK_MISS, fix, SWEEP " is %s", state);
	return check_set(check, CHECK_OK, NULL, SWEEP " is active");
}

static int set_parse_error(struct check *check, const struct parse_error *error, int r)
{
	_cleanup_free_ char *text = parse_error_text(error, r);

	return text ? check_set(check, CHECK_MISS, "correct it: until then nothing is removed",
				"%s", text)
		    : -ENOMEM;
}

int check_config(const struct options *options, struct check *check)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	_cleanup_(patterns_freep) struct patterns *patterns = NULL;
	_cleanup_(config_done) struct config config = {0};
	int r = config_load(&config, options->config_file, NULL, &error);

	if (r == 0)
		r = patterns_load(&patterns, NULL, &error);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return set_parse_error(check, &error, r);
	if (!patterns_count(patterns))
		return check_set(check, CHECK_HINT, "install the catalogue again",
				 "valid, but /usr/lib/ipcguard/patterns.d is empty: no well-known "
				 "name is protected");
	return check_set(check, CHECK_OK, NULL, "valid, with %zu known names in the catalogue",
			 patterns_count(patterns));
}

int check_leases(const struct options *options, struct check *check)
{
	_cleanup_free_ char *text = NULL;
	int r = textfile_read("/proc/sys/fs/leases-enable", 16, &text);

	(void)options;
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return check_set(check, CHECK_HINT, NULL, "/proc/sys/fs/leases-enable: %s",
				 strerror(-r));
	if (text[0] == '0')
		return check_set(check, CHECK_MISS, "sysctl fs.leases-enable=1",
				 "fs.leases-enable=0: nobody can tell whether a POSIX object is "
				 "open, so all are kept");
	return check_set(check, CHECK_OK, NULL, "fs.leases-enable=%.*s", (int)strcspn(text, "\n"),
			 text);
}

/* Adds the unit of a drop-in's path: DIR/UNIT.d/FILE. */
static int add_unit(const char *path, struct string_list *units)
{
	const char *name = path + strlen(DROPIN_DIR "/"), *end = strrchr(name, '/');
	_cleanup_free_ char *unit = NULL;

	if (!strncmp(name, USER_DROPIN_DIR "/", sizeof(USER_DROPIN_DIR)) ||
	    !dropin_runs_ipcclean(path))
		return 0;
	unit = strndup(name, (size_t)(end - name) - strlen(".d"));
	return unit ? string_list_add(units, unit) : -ENOMEM;
}

int check_units(const struct options *options, struct check *check)
{
	_cleanup_(string_list_done) struct string_list units = {0};
	_cleanup_free_ char *text = NULL;
	glob_t found = {0};
	int r = 0;

	(void)options;
	if (glob(DROPIN_DIR "/*.d/" DROPIN_NAME, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc && r == 0; i++)
			r = add_unit(found.gl_pathv[i], &units);
	globfree(&found);
	if (r < 0)
		return r;
	if (!units.count)
		return check_set(check, CHECK_NONE, NULL,
				 "no unit is cleaned after; see ipcclean enable UNIT");
	text = check_join(&units);
	return text ? check_set(check, CHECK_OK, NULL, "%zu enabled: %s", units.count, text)
		    : -ENOMEM;
}
