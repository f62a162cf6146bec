/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "arguments.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <security/pam_ext.h>

/* The text after "name=" if the argument is that one, else NULL. */
static const char *value_of(const char *argument, const char *name)
{
	size_t length = strlen(name);

	return strncmp(argument, name, length) ? NULL : argument + length;
}

/* Decimal, and no uid_t that means "none" (setresuid(2)). */
static int read_uid(const char *text, uid_t *uid)
{
	unsigned long value;
	char *end;

	if (!*text || strspn(text, "0123456789") != strlen(text))
		return -EINVAL;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || value >= (uid_t)-1)
		return -EINVAL;
	*uid = (uid_t)value;
	return 0;
}

static bool read_flag(struct arguments *arguments, const char *text)
{
	struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{"debug", &arguments->is_debug},
		{"quiet", &arguments->is_quiet},
		{"wait", &arguments->is_waiting},
		{"dry_run", &arguments->is_dry_run},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (!strcmp(text, flags[i].name)) {
			*flags[i].flag = true;
			return true;
		}
	return false;
}

static int read_argument(struct arguments *arguments, pam_handle_t *pamh, const char *text)
{
	const char *config = value_of(text, "config="), *min_uid = value_of(text, "min_uid=");

	if (config && (*config != '/' || strlen(config) >= PATH_MAX)) {
		pam_syslog(pamh, LOG_ERR, "%.200s: not an absolute path; nothing is removed", text);
		return -EINVAL;
	}
	if (min_uid && read_uid(min_uid, &arguments->min_uid) < 0) {
		pam_syslog(pamh, LOG_ERR, "%.200s: not a uid; nothing is removed", text);
		return -EINVAL;
	}
	if (config)
		arguments->config = config;
	else if (min_uid)
		arguments->has_min_uid = true;
	else if (!read_flag(arguments, text))
		pam_syslog(pamh, LOG_WARNING,
			   "%.200s: no such argument, ignored; see pam_ipcclean(8)", text);
	return 0;
}

int arguments_parse(struct arguments *arguments, pam_handle_t *pamh, int argc, const char **argv)
{
	*arguments = (struct arguments){0};
	for (int i = 0; i < argc; i++) {
		int r = read_argument(arguments, pamh, argv[i]);

		if (r < 0)
			return r;
	}
	return 0;
}
