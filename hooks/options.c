/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was asked for? Reads ipcclean's command line (getopt_long(3)) and its help text. */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commandline.h"
#include "program.h"
#include "say.h"

static const struct command_syntax commands[] = {
	[COMMAND_USER] = {"user", 1, 1, "a user's name or uid"},
	[COMMAND_SERVICE] = {"service", 0, 1, "at most one unit"},
	[COMMAND_ORPHANS] = {"orphans", 0, 0, "no operand"},
	[COMMAND_BASELINE] = {"baseline", 0, 1, "at most one unit"},
	[COMMAND_ENABLE] = {"enable", 0, SIZE_MAX, "units"},
	[COMMAND_DISABLE] = {"disable", 0, SIZE_MAX, "units"},
	[COMMAND_DOCTOR] = {"doctor", 0, 0, "no operand"},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

#define FOR(command) (UINT64_C(1) << COMMAND_##command)
#define FOR_SWITCHES (FOR(ENABLE) | FOR(DISABLE))
/* doctor removes nothing: what says how to remove is not for it */
#define FOR_REMOVERS (~FOR(DOCTOR))

static const char help[] =
	"Usage: ipcclean user NAME|UID [OPTION...]\n"
	"       ipcclean service [UNIT] [--uid=USER] [OPTION...]\n"
	"       ipcclean orphans [--yes] [OPTION...]\n"
	"       ipcclean baseline [UNIT] [--uid=USER]\n"
	"       ipcclean enable|disable UNIT... | --all-of-user=USER\n"
	"       ipcclean doctor [--json] [-q]\n"
	"\n"
	"Removes IPC objects that a user or a service left behind; never one in use.\n"
	"\n"
	"Commands:\n"
	"  user       a user whose last session has ended\n"
	"  service    a unit that has stopped (its own unit, in ExecStopPost=)\n"
	"  orphans    everybody's; shows the plan, removes with --yes\n"
	"  baseline   record what exists as a unit starts (ExecStartPre=)\n"
	"  enable     write a unit's drop-in that runs `ipcclean service`\n"
	"  disable    take it away again\n"
	"  doctor     is this host wired, and what to do where it isn't\n"
	"\n"
	"Options:\n"
	"  -n, --dry-run            show what would be removed, change nothing\n"
	"      --yes                orphans: remove what the plan says\n"
	"      --uid=USER           service, baseline: the unit's user, where no manager answers\n"
	"      --all-of-user=USER   enable, disable: every service unit that runs as USER\n"
	"      --alone              in a container: nobody outside of it uses its IPC namespace\n"
	"      --wipe[=try|verify]  overwrite shared memory before it is removed\n"
	"      --kinds=LIST         of shm,sem,msg,pshm,psem,pmq (default: all)\n"
	"      --min-age=SPAN       leave what was used within SPAN (orphans: 1h)\n"
	"      --keep-key=KEY       leave this System V key; may be repeated\n"
	"      --keep-name=GLOB     leave these POSIX names; may be repeated\n"
	"      --deadline=SPAN      stop after SPAN (10s)\n"
	"      --retry=SPAN         user: wait so long for processes that are just ending\n"
	"      --callers=N          user: only the N nearest callers don't count (all)\n"
	"      --min-uid=UID        user: the first uid that is a person's (MinUid=)\n"
	"      --config=FILE        read this file instead of /etc/ipcguard.conf\n"
	"      --json               print one JSON document\n"
	"      --syslog             diagnostics, and what was done where there is no journal, to "
	"syslog\n"
	"  -q, --quiet              print errors only\n"
	"  -v, --verbose            print what each verdict rests on\n"
	"  -h, --help               print this text\n"
	"      --version            print the version\n"
	"\n"
	"Exit status: 0 done, 1 something could not be removed, 2 usage or configuration;\n"
	"of doctor: 0 all fine, 1 something is missing, 2 usage.\n"
	"See ipcclean(8) for the reasons why an object is kept.\n";

enum {
	OPT_ALONE = 256,
	OPT_ALL_OF_USER,
	OPT_CALLERS,
	OPT_CONFIG,
	OPT_DEADLINE,
	OPT_JSON,
	OPT_KEEP_KEY,
	OPT_KEEP_NAME,
	OPT_KINDS,
	OPT_MIN_AGE,
	OPT_MIN_UID,
	OPT_RETRY,
	OPT_SYSLOG,
	OPT_UID,
	OPT_VERSION,
	OPT_WIPE,
	OPT_YES,
};

static const struct option long_options[] = {
	{"alone", no_argument, NULL, OPT_ALONE},
	{"all-of-user", required_argument, NULL, OPT_ALL_OF_USER},
	{"callers", required_argument, NULL, OPT_CALLERS},
	{"config", required_argument, NULL, OPT_CONFIG},
	{"deadline", required_argument, NULL, OPT_DEADLINE},
	{"dry-run", no_argument, NULL, 'n'},
	{"help", no_argument, NULL, 'h'},
	{"json", no_argument, NULL, OPT_JSON},
	{"keep-key", required_argument, NULL, OPT_KEEP_KEY},
	{"keep-name", required_argument, NULL, OPT_KEEP_NAME},
	{"kinds", required_argument, NULL, OPT_KINDS},
	{"min-age", required_argument, NULL, OPT_MIN_AGE},
	{"min-uid", required_argument, NULL, OPT_MIN_UID},
	{"quiet", no_argument, NULL, 'q'},
	{"retry", required_argument, NULL, OPT_RETRY},
	{"syslog", no_argument, NULL, OPT_SYSLOG},
	{"uid", required_argument, NULL, OPT_UID},
	{"verbose", no_argument, NULL, 'v'},
	{"version", no_argument, NULL, OPT_VERSION},
	{"wipe", optional_argument, NULL, OPT_WIPE},
	{"yes", no_argument, NULL, OPT_YES},
	{NULL, 0, NULL, 0},
};

const char *command_name(enum command command)
{
	return commands[command].name;
}

static const struct option_scope scopes[] = {
	{OPT_YES, FOR(ORPHANS)},       {OPT_UID, FOR(SERVICE) | FOR(BASELINE)},
	{OPT_RETRY, FOR(USER)},	       {OPT_CALLERS, FOR(USER)},
	{OPT_MIN_UID, FOR(USER)},      {OPT_ALL_OF_USER, FOR_SWITCHES},
	{'n', FOR_REMOVERS},	       {'v', FOR_REMOVERS},
	{OPT_ALONE, FOR_REMOVERS},     {OPT_WIPE, FOR_REMOVERS},
	{OPT_KINDS, FOR_REMOVERS},     {OPT_MIN_AGE, FOR_REMOVERS},
	{OPT_DEADLINE, FOR_REMOVERS},  {OPT_KEEP_KEY, FOR_REMOVERS},
	{OPT_KEEP_NAME, FOR_REMOVERS},
};

static int read_span(const struct commandline *line, int opt, const char *value, uint64_t *ns)
{
	if (span_parse(value, ns) < 0)
		return commandline_bad_value(line, opt, value,
					     "not a span of time such as 90s, 5min or 2h");
	return 0;
}

static int read_wipe(const struct commandline *line, struct options *options, const char *value)
{
	options->has_wipe = true;
	options->wipe = WIPE_YES;
	if (!value)
		return 0;
	if (!strcmp(value, "try"))
		options->wipe = WIPE_TRY;
	else if (!strcmp(value, "verify"))
		options->wipe = WIPE_VERIFY;
	else
		return commandline_bad_value(line, OPT_WIPE, value,
					     "only --wipe, --wipe=try and --wipe=verify are known");
	return 0;
}

static int read_uid(const struct commandline *line, struct options *options, const char *value)
{
	options->has_uid = true;
	if (program_parse_user(value, &options->uid) < 0)
		return commandline_bad_value(line, OPT_UID, value, "no such user");
	return 0;
}

static int read_key(const struct commandline *line, struct options *options, const char *value)
{
	uint32_t key;

	if (key_parse(value, &key) < 0)
		return commandline_bad_value(line, OPT_KEEP_KEY, value,
					     "not a key: 0x and up to 8 hex digits, or decimal");
	options->keep_keys[options->keep_key_count++] = value;
	return 0;
}

static int read_kinds(const struct commandline *line, struct options *options, const char *value)
{
	options->has_kinds = true;
	if (kinds_parse(value, &options->kinds) < 0)
		return commandline_bad_value(line, OPT_KINDS, value,
					     "a list of shm,sem,msg,pshm,psem,pmq is needed");
	return 0;
}

static int read_callers(const struct commandline *line, struct options *options, const char *value)
{
	unsigned callers;
	char rest;

	if (*value < '0' || *value > '9' || sscanf(value, "%4u%c", &callers, &rest) != 1)
		return commandline_bad_value(line, OPT_CALLERS, value, "not a number of processes");
	options->callers_max = callers;
	return 0;
}

static int read_flag(struct options *options, int opt)
{
	switch (opt) {
	case 'n':
		options->is_dry_run = true;
		return 0;
	case 'q':
		options->is_quiet = true;
		return 0;
	case 'v':
		options->is_verbose = true;
		return 0;
	case OPT_ALONE:
		options->is_alone = true;
		return 0;
	case OPT_JSON:
		options->is_json = true;
		return 0;
	case OPT_SYSLOG:
		say_to_syslog();
		options->is_syslog = true;
		return 0;
	case OPT_YES:
		options->is_yes = true;
		return 0;
	}
	return -EINVAL;
}

static int read_option(const struct commandline *line, struct options *options, int opt,
		       const char *value)
{
	switch (opt) {
	case OPT_ALL_OF_USER:
		options->all_of_user = value;
		return 0;
	case OPT_CONFIG:
		options->config_file = value;
		return 0;
	case OPT_DEADLINE:
		options->has_deadline = true;
		return read_span(line, opt, value, &options->deadline_ns);
	case OPT_KEEP_KEY:
		return read_key(line, options, value);
	case OPT_KEEP_NAME:
		options->keep_names[options->keep_name_count++] = value;
		return 0;
	case OPT_KINDS:
		return read_kinds(line, options, value);
	case OPT_MIN_AGE:
		options->has_min_age = true;
		return read_span(line, opt, value, &options->min_age_ns);
	case OPT_CALLERS:
		return read_callers(line, options, value);
	case OPT_MIN_UID:
		options->has_min_uid = true;
		return uid_parse(value, &options->min_uid) < 0
			       ? commandline_bad_value(line, OPT_MIN_UID, value, "not a uid")
			       : 0;
	case OPT_RETRY:
		return read_span(line, opt, value, &options->retry_ns);
	case OPT_UID:
		return read_uid(line, options, value);
	case OPT_WIPE:
		return read_wipe(line, options, value);
	}
	return read_flag(options, opt);
}

/* What a table can't say. */
static int check(const struct options *options)
{
	if (FOR_SWITCHES & UINT64_C(1) << options->command && !options->operand_count &&
	    !options->all_of_user) {
		say_error("%s: takes units, or --all-of-user=USER; see ipcclean --help",
			  command_name(options->command));
		return -EINVAL;
	}
	return 0;
}

static enum options_next print(const char *text)
{
	return fputs(text, stdout) < 0 || fflush(stdout) < 0 ? OPTIONS_USAGE : OPTIONS_DONE;
}

static enum options_next read_all(struct options *options, int argc, char **argv)
{
	struct commandline line = {.options = long_options,
				   .commands = commands,
				   .command_count = COMMAND_COUNT,
				   .scopes = scopes,
				   .scope_count = sizeof(scopes) / sizeof(scopes[0])};
	int opt, command;

	while ((opt = getopt_long(argc, argv, "nqvh", long_options, NULL)) != -1) {
		if (opt == 'h')
			return print(help);
		if (opt == OPT_VERSION)
			return print("ipcclean " VERSION "\n");
		/* getopt_long has said what is wrong with '?' */
		if (opt == '?' || read_option(&line, options, opt, optarg) < 0)
			return OPTIONS_USAGE;
		commandline_note(&line, opt);
	}
	if (optind == argc) {
		say_error("a command is needed: user, service, orphans, baseline, enable, disable "
			  "or doctor; see ipcclean --help");
		return OPTIONS_USAGE;
	}
	command = commandline_command(&line, argv[optind]);
	if (command < 0)
		return OPTIONS_USAGE;
	options->command = (enum command)command;
	options->operands = argv + optind + 1;
	options->operand_count = (size_t)(argc - optind - 1);
	if (commandline_check(&line, command, options->operand_count) < 0 || check(options) < 0)
		return OPTIONS_USAGE;
	return OPTIONS_RUN;
}

enum options_next options_parse(struct options *options, int argc, char **argv)
{
	*options = (struct options){.kinds = KINDS_ALL, .callers_max = SIZE_MAX};
	/* no option can stand there more often than there are words */
	options->keep_keys = calloc((size_t)argc + 1, sizeof(char *));
	options->keep_names = calloc((size_t)argc + 1, sizeof(char *));
	if (!options->keep_keys || !options->keep_names) {
		say_error("%s", strerror(ENOMEM));
		return OPTIONS_USAGE;
	}
	return read_all(options, argc, argv);
}

void options_done(struct options *options)
{
	free(options->keep_keys);
	free(options->keep_names);
}

int options_apply(const struct options *options, struct config *config)
{
	int r = 0;

	if (options->has_wipe)
		config->wipe = options->wipe;
	if (options->has_kinds)
		config->kinds = options->kinds;
	if (options->has_deadline)
		config->deadline_ns = options->deadline_ns;
	if (options->has_min_uid)
		config->min_uid = options->min_uid;
	if (options->has_min_age) {
		config->min_age_ns = options->min_age_ns;
		config->min_age_is_set = true;
	}
	for (size_t i = 0; i < options->keep_key_count && r == 0; i++)
		r = config_add_keep_key(config, options->keep_keys[i]);
	for (size_t i = 0; i < options->keep_name_count && r == 0; i++)
		r = config_add_keep_name(config, options->keep_names[i]);
	return r;
}
