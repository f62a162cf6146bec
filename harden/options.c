/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was asked for? Reads ipcharden's command line (getopt_long(3)) and its help text. */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "commandline.h"
#include "object.h"
#include "say.h"

#define FOR(command) (UINT64_C(1) << COMMAND_##command)

#define OBSERVE_DEFAULT_NS (600 * NS_PER_S)
#define WATCH_DEFAULT_NS (60 * NS_PER_S)

static const struct command_syntax commands[COMMAND_COUNT_] = {
	[COMMAND_REPORT] = {"report", 0, SIZE_MAX, "service units"},
	[COMMAND_OBSERVE] = {"observe", 1, 1, "one service unit"},
	[COMMAND_PROPOSE] = {"propose", 1, 1, "one service unit"},
	[COMMAND_TRY] = {"try", 1, 1, "one service unit"},
	[COMMAND_APPLY] = {"apply", 1, 1, "one service unit"},
	[COMMAND_REVERT] = {"revert", 1, 1, "one service unit"},
	[COMMAND_DIFF] = {"diff", 1, 1, "one service unit"},
	[COMMAND_HOST] = {"host", 0, 0, "no operand"},
};

static const char help[] =
	"Usage: ipcharden COMMAND [OPTION...] [UNIT...]\n"
	"\n"
	"Gives a service the IPC that it needs, and no more.\n"
	"\n"
	"Commands:\n"
	"  report [UNIT...]   what IPC each running service has and may do, the most exposed "
	"first\n"
	"  observe UNIT       restarts it, and notes which IPC calls it makes on which objects\n"
	"  propose UNIT       the drop-in that takes the rest away, with the evidence\n"
	"  try UNIT           puts it in place until the next boot, and takes it back if it fails\n"
	"  apply UNIT         makes it permanent\n"
	"  revert UNIT        takes it away again\n"
	"  diff UNIT          what is in place beside what would be proposed now\n"
	"  host               what of the host's settings endangers IPC objects\n"
	"\n"
	"      --for=SPAN         observe: that long (10min)\n"
	"      --until-stopped    observe: until the unit stops\n"
	"      --check=COMMAND    try: a command that succeeds while the service works; no shell\n"
	"      --watch=SPAN       try: watch it that long (60s)\n"
	"      --json             report, propose, host: print one JSON document\n"
	"  -v, --verbose          report: a page for each unit\n"
	"  -h, --help             print this text\n"
	"      --version          print the version\n"
	"\n"
	"Exit status: 0 fine, 1 rolled back, changed, or worth doing, 2 a risk of the host, or an "
	"error.\n"
	"See ipcharden(8).\n";

enum {
	OPT_CHECK = 256,
	OPT_FOR,
	OPT_JSON,
	OPT_UNTIL_STOPPED,
	OPT_VERSION,
	OPT_WATCH,
};

static const struct option long_options[] = {
	{"check", required_argument, NULL, OPT_CHECK},
	{"for", required_argument, NULL, OPT_FOR},
	{"help", no_argument, NULL, 'h'},
	{"json", no_argument, NULL, OPT_JSON},
	{"until-stopped", no_argument, NULL, OPT_UNTIL_STOPPED},
	{"verbose", no_argument, NULL, 'v'},
	{"version", no_argument, NULL, OPT_VERSION},
	{"watch", required_argument, NULL, OPT_WATCH},
	{NULL, 0, NULL, 0},
};

static const struct option_scope scopes[] = {
	{OPT_CHECK, FOR(TRY)},
	{OPT_FOR, FOR(OBSERVE)},
	{OPT_JSON, FOR(REPORT) | FOR(PROPOSE) | FOR(HOST)},
	{OPT_UNTIL_STOPPED, FOR(OBSERVE)},
	{'v', FOR(REPORT)},
	{OPT_WATCH, FOR(TRY)},
};

const char *command_name(enum command command)
{
	return commands[command].name;
}

static int read_span(const struct commandline *line, int opt, const char *value, uint64_t *ns)
{
	if (span_parse(value, ns) < 0 || *ns < NS_PER_S)
		return commandline_bad_value(line, opt, value,
					     "not a span of time from 1s, such as 60s or 10min");
	return 0;
}

static int read_option(const struct commandline *line, struct options *options, int opt,
		       const char *value)
{
	switch (opt) {
	case 'v':
		options->is_verbose = true;
		return 0;
	case OPT_JSON:
		options->is_json = true;
		return 0;
	case OPT_UNTIL_STOPPED:
		options->until_stopped = true;
		return 0;
	case OPT_CHECK:
		options->check = value;
		return 0;
	case OPT_FOR:
		return read_span(line, opt, value, &options->for_ns);
	case OPT_WATCH:
		return read_span(line, opt, value, &options->watch_ns);
	}
	return -EINVAL;
}

static enum options_next done(int r)
{
	return r < 0 || fflush(stdout) < 0 ? OPTIONS_USAGE : OPTIONS_DONE;
}

static enum options_next read_all(struct commandline *line, struct options *options, int argc,
				  char **argv)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "vh", long_options, NULL)) != -1) {
		if (opt == 'h')
			return done(fputs(help, stdout));
		if (opt == OPT_VERSION)
			return done(fputs("ipcharden " VERSION "\n", stdout));
		/* getopt_long has said what is wrong with '?' */
		if (opt == '?' || read_option(line, options, opt, optarg) < 0)
			return OPTIONS_USAGE;
		commandline_note(line, opt);
	}
	return OPTIONS_RUN;
}

enum options_next options_parse(struct options *options, int argc, char **argv)
{
	struct commandline line = {.options = long_options,
				   .commands = commands,
				   .command_count = COMMAND_COUNT_,
				   .scopes = scopes,
				   .scope_count = sizeof(scopes) / sizeof(scopes[0])};
	enum options_next next;
	int command;

	*options = (struct options){.watch_ns = WATCH_DEFAULT_NS};
	next = read_all(&line, options, argc, argv);
	if (next != OPTIONS_RUN)
		return next;
	if (optind == argc) {
		say_error("no command; see ipcharden --help");
		return OPTIONS_USAGE;
	}
	command = commandline_command(&line, argv[optind++]);
	if (command < 0)
		return OPTIONS_USAGE;
	options->command = (enum command)command;
	options->operands = argv + optind;
	options->operand_count = (size_t)(argc - optind);
	if (commandline_check(&line, command, options->operand_count) < 0)
		return OPTIONS_USAGE;
	if (options->for_ns && options->until_stopped) {
		say_error("--for and --until-stopped: give one of them");
		return OPTIONS_USAGE;
	}
	if (!options->for_ns)
		options->for_ns = OBSERVE_DEFAULT_NS;
	return OPTIONS_RUN;
}
