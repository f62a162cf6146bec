/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was asked for? Reads ipcavc's command line (getopt_long(3)) and its help text. */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "commandline.h"
#include "object.h"
#include "say.h"

static const char help[] =
	"Usage: ipcavc [OPTION...] [FILE...|-]\n"
	"\n"
	"Tells SELinux denials on IPC objects: what was denied, on which object, whose it is.\n"
	"Without FILE, reads the audit logs of this host; - is standard input.\n"
	"\n"
	"  FILE is audit.log, or what ausearch, journalctl, dmesg or laurel print, compressed or "
	"not.\n"
	"\n"
	"Which denials:\n"
	"      --key=KEY        on the object of this key: 0xa11, 2577, -1093557504\n"
	"      --since=TIME     from then on: 2h (ago), 03:10, 2026-11-24 03:10, @SECONDS\n"
	"      --until=TIME     up to then\n"
	"      --class=CLASS    of this class: shm, sem, msgq, msg, file ...\n"
	"      --domain=TYPE    of this source or target type: httpd_t\n"
	"      --live-only      on objects that are there now\n"
	"\n"
	"      --follow         go on, and tell each denial as it comes\n"
	"      --checkpoint=FILE  with --follow: begin where the run before had ended\n"
	"      --plugin         be a plugin of auditd: records on standard input, denials to "
	"syslog\n"
	"      --policy=FILE    the policy to be asked, instead of this host's\n"
	"      --suggest        what to do about them, the narrowest first\n"
	"      --json           print one JSON document\n"
	"  -h, --help           print this text\n"
	"      --version        print the version\n"
	"\n"
	"Exit status: 0 no denial, 1 denials were found, 2 error.\n"
	"See ipcavc(8).\n";

enum {
	OPT_CHECKPOINT = 256,
	OPT_CLASS,
	OPT_DOMAIN,
	OPT_FOLLOW,
	OPT_JSON,
	OPT_KEY,
	OPT_LIVE_ONLY,
	OPT_PLUGIN,
	OPT_POLICY,
	OPT_SINCE,
	OPT_SUGGEST,
	OPT_UNTIL,
	OPT_VERSION,
};

static const struct option long_options[] = {
	{"checkpoint", required_argument, NULL, OPT_CHECKPOINT},
	{"class", required_argument, NULL, OPT_CLASS},
	{"domain", required_argument, NULL, OPT_DOMAIN},
	{"follow", no_argument, NULL, OPT_FOLLOW},
	{"help", no_argument, NULL, 'h'},
	{"json", no_argument, NULL, OPT_JSON},
	{"key", required_argument, NULL, OPT_KEY},
	{"live-only", no_argument, NULL, OPT_LIVE_ONLY},
	{"plugin", no_argument, NULL, OPT_PLUGIN},
	{"policy", required_argument, NULL, OPT_POLICY},
	{"since", required_argument, NULL, OPT_SINCE},
	{"suggest", no_argument, NULL, OPT_SUGGEST},
	{"until", required_argument, NULL, OPT_UNTIL},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

static int read_clock(const char *text, struct tm *tm)
{
	int end = 0;

	tm->tm_sec = 0;
	if (sscanf(text, "%2d:%2d%n", &tm->tm_hour, &tm->tm_min, &end) != 2)
		return -EINVAL;
	text += end;
	if (*text == ':') {
		if (sscanf(text, ":%2d%n", &tm->tm_sec, &end) != 1)
			return -EINVAL;
		text += end;
	}
	return *text || tm->tm_hour > 23 || tm->tm_min > 59 || tm->tm_sec > 60 ? -EINVAL : 0;
}

/* A date with a time of day, or one of both. */
static int read_local(const char *text, time_t now, time_t *out)
{
	struct tm tm;
	int year, month, day, end = 0;

	if (!localtime_r(&now, &tm))
		return -EINVAL;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) == 3 && end) {
		if (month < 1 || month > 12 || day < 1 || day > 31)
			return -EINVAL;
		tm.tm_year = year - 1900;
		tm.tm_mon = month - 1;
		tm.tm_mday = day;
		text += end;
		text += *text == ' ' || *text == 'T';
		if (*text && read_clock(text, &tm) < 0)
			return -EINVAL;
	} else if (read_clock(text, &tm) < 0) {
		return -EINVAL;
	}
	*out = mktime(&tm);
	return *out > 0 ? 0 : -EINVAL;
}

int options_read_time(const char *text, time_t now, time_t *out)
{
	uint64_t ago;
	char *end;

	if (*text == '@') {
		*out = (time_t)strtoll(text + 1, &end, 10);
		return text[1] && !*end && *out > 0 ? 0 : -EINVAL;
	}
	if (span_parse(text, &ago) == 0) {
		*out = now - (time_t)(ago / NS_PER_S);
		return *out > 0 ? 0 : -EINVAL;
	}
	return read_local(text, now, out);
}

static int read_time(const struct commandline *line, int opt, const char *value, time_t *out)
{
	if (options_read_time(value, time(NULL), out) == 0)
		return 0;
	return commandline_bad_value(line, opt, value,
				     "not a time such as 2h, 03:10 or 2026-11-24 03:10");
}

static int read_option(const struct commandline *line, struct options *options, int opt,
		       const char *value)
{
	switch (opt) {
	case OPT_CHECKPOINT:
		options->checkpoint = value;
		return 0;
	case OPT_CLASS:
		options->class = value;
		return 0;
	case OPT_DOMAIN:
		options->domain = value;
		return 0;
	case OPT_FOLLOW:
		options->is_following = true;
		return 0;
	case OPT_JSON:
		options->is_json = true;
		return 0;
	case OPT_KEY:
		options->has_key = true;
		return key_parse(value, &options->key) < 0
			       ? commandline_bad_value(line, opt, value,
						       "not a key such as 0xa11 or 2577")
			       : 0;
	case OPT_LIVE_ONLY:
		options->is_live_only = true;
		return 0;
	case OPT_PLUGIN:
		options->is_plugin = options->is_following = true;
		return 0;
	case OPT_POLICY:
		options->policy = value;
		return 0;
	case OPT_SINCE:
		return read_time(line, opt, value, &options->since);
	case OPT_SUGGEST:
		options->is_suggesting = true;
		return 0;
	case OPT_UNTIL:
		return read_time(line, opt, value, &options->until);
	}
	/* getopt_long has said what is wrong */
	return -EINVAL;
}

/* What can't be together. Returns a sentence, or NULL. */
static const char *find_conflict(const struct options *options)
{
	if (options->is_plugin && (options->file_count || options->checkpoint))
		return "--plugin reads standard input";
	if (options->checkpoint && !options->is_following)
		return "--checkpoint= is of --follow";
	if (options->is_following && options->file_count > 1)
		return "--follow takes one log";
	if (options->checkpoint && options->file_count && !strcmp(options->files[0], "-"))
		return "--checkpoint= is of a log, not of standard input";
	return NULL;
}

enum options_next options_parse(struct options *options, int argc, char **argv)
{
	struct commandline line = {.options = long_options};
	const char *conflict;
	int opt;

	*options = (struct options){0};
	while ((opt = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		if (opt == 'h' || opt == OPT_VERSION) {
			const char *text = opt == 'h' ? help : "ipcavc " VERSION "\n";

			return fputs(text, stdout) < 0 || fflush(stdout) < 0 ? OPTIONS_USAGE
									     : OPTIONS_DONE;
		}
		if (read_option(&line, options, opt, optarg) < 0)
			return OPTIONS_USAGE;
	}
	options->files = argv + optind;
	options->file_count = (size_t)(argc - optind);
	conflict = find_conflict(options);
	if (conflict)
		say_error("%s", conflict);
	return conflict ? OPTIONS_USAGE : OPTIONS_RUN;
}
