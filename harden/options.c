/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was asked for? Reads ipcharden's command line (getopt_long(3)) and its help text. */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "commandline.h"
#include "say.h"

#define FOR(command) (UINT64_C(1) << COMMAND_##command)

static const struct command_syntax commands[COMMAND_COUNT_] = {
	[COMMAND_REPORT] = {"report", 0, SIZE_MAX, "service units"},
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
	"  host               what of the host's settings endangers IPC objects\n"
	"\n"
	"      --json             print one JSON document\n"
	"  -v, --verbose          report: a page for each unit\n"
	"  -h, --help             print this text\n"
	"      --version          print the version\n"
	"\n"
	"Exit status: 0 fine, 1 host: worth doing, 2 host: a risk, or an error.\n"
	"See ipcharden(8).\n";

enum {
	OPT_JSON = 256,
	OPT_VERSION,
};

static const struct option long_options[] = {
	{"help", no_argument, NULL, 'h'},
	{"json", no_argument, NULL, OPT_JSON},
	{"verbose", no_argument, NULL, 'v'},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

static const struct option_scope scopes[] = {
	{'v', FOR(REPORT)},
};

const char *command_name(enum command command)
{
	return commands[command].name;
}

static int read_option(struct options *options, int opt)
{
	switch (opt) {
	case 'v':
		options->is_verbose = true;
		return 0;
	case OPT_JSON:
		options->is_json = true;
		return 0;
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
		if (opt == '?' || read_option(options, opt) < 0)
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

	*options = (struct options){0};
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
	return OPTIONS_RUN;
}
