/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was asked for? Reads ipctune's command line (getopt_long(3)) and its help text. */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commandline.h"
#include "object.h"
#include "say.h"
#include "store.h"

#define FOR(command) (UINT64_C(1) << COMMAND_##command)
#define FOR_ADVICE (FOR(RECOMMEND) | FOR(EXPLAIN) | FOR(CHECK) | FOR(APPLY))

#define HEADROOM_DEFAULT 25
#define HEADROOM_MOST 1000

static const struct command_syntax commands[COMMAND_COUNT_] = {
	[COMMAND_RECORD] = {"record", 0, 0, "no operand"},
	[COMMAND_RECOMMEND] = {"recommend", 0, 0, "no operand"},
	[COMMAND_EXPLAIN] = {"explain", 1, 1, "one parameter, such as kernel.shmall or semmns"},
	[COMMAND_CHECK] = {"check", 0, 0, "no operand"},
	[COMMAND_APPLY] = {"apply", 0, 0, "no operand"},
	[COMMAND_REVERT] = {"revert", 0, 0, "no operand"},
	[COMMAND_HISTORY] = {"history", 0, 1, "a figure, such as shm_pages, or a parameter"},
};

static const char help[] =
	"Usage: ipctune COMMAND [OPTION...]\n"
	"\n"
	"Measures what IPC this host uses, and recommends kernel limits and huge pages for it.\n"
	"\n"
	"Commands:\n"
	"  record             take one sample of the host and keep it (a timer does each minute)\n"
	"  recommend          what each limit should be, and why\n"
	"  explain PARAMETER  all about one: kernel.shmall, semmns, vm.nr_hugepages ...\n"
	"  check              whether the limits in force are enough; for monitoring\n"
	"  apply              put the recommendation into force and into /etc/sysctl.d\n"
	"  revert             undo the last apply\n"
	"  history [FIGURE]   what was measured, as a plot\n"
	"\n"
	"What it rests on:\n"
	"      --for=PRODUCT[:KEY=VALUE,...]  a product that is to run here; may be repeated\n"
	"      --list-profiles        the products that are known, and their keys\n"
	"      --from=FILE            samples of another host, as record --json writes them; - for "
	"a pipe\n"
	"      --since=SPAN           samples of the last SPAN (90min, 7d); default: all, of "
	"record --json none\n"
	"      --database=FILE        instead of /var/lib/ipcguard/ipctune.db\n"
	"      --namespace-of=PID     record, recommend, explain, check: in the IPC namespace of "
	"this process\n"
	"\n"
	"How much:\n"
	"      --headroom=PERCENT     on top of what was measured (25)\n"
	"      --tighten              lower limits to what is needed with the headroom, as a "
	"safeguard\n"
	"      --huge-pages           count segments that would gain from huge pages as well\n"
	"\n"
	"How it is shown:\n"
	"      --format=FORMAT        recommend: sysctl, docker, podman, kubernetes, ansible or "
	"tuned\n"
	"      --json                 print one JSON document\n"
	"      --csv                  history: comma-separated values\n"
	"      --svg=FILE             history: a plot by gnuplot\n"
	"  -n, --dry-run              apply, revert: show what would change\n"
	"  -h, --help                 print this text\n"
	"      --version              print the version\n"
	"\n"
	"Exit status: 0 done; 1 check: a limit should be raised, apply or revert: not done; 2 "
	"error.\n"
	"See ipctune(8).\n";

enum {
	OPT_CSV = 256,
	OPT_DATABASE,
	OPT_FOR,
	OPT_FORMAT,
	OPT_FROM,
	OPT_HEADROOM,
	OPT_HUGE_PAGES,
	OPT_JSON,
	OPT_LIST_PROFILES,
	OPT_NAMESPACE_OF,
	OPT_SINCE,
	OPT_SVG,
	OPT_TIGHTEN,
	OPT_VERSION,
};

static const struct option long_options[] = {
	{"csv", no_argument, NULL, OPT_CSV},
	{"database", required_argument, NULL, OPT_DATABASE},
	{"dry-run", no_argument, NULL, 'n'},
	{"for", required_argument, NULL, OPT_FOR},
	{"format", required_argument, NULL, OPT_FORMAT},
	{"from", required_argument, NULL, OPT_FROM},
	{"headroom", required_argument, NULL, OPT_HEADROOM},
	{"help", no_argument, NULL, 'h'},
	{"huge-pages", no_argument, NULL, OPT_HUGE_PAGES},
	{"json", no_argument, NULL, OPT_JSON},
	{"list-profiles", no_argument, NULL, OPT_LIST_PROFILES},
	{"namespace-of", required_argument, NULL, OPT_NAMESPACE_OF},
	{"since", required_argument, NULL, OPT_SINCE},
	{"svg", required_argument, NULL, OPT_SVG},
	{"tighten", no_argument, NULL, OPT_TIGHTEN},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

static const struct option_scope scopes[] = {
	{OPT_CSV, FOR(HISTORY)},
	{OPT_DATABASE, ~FOR(REVERT)},
	{'n', FOR(APPLY) | FOR(REVERT)},
	{OPT_FOR, FOR_ADVICE},
	{OPT_FORMAT, FOR(RECOMMEND)},
	{OPT_FROM, FOR(RECOMMEND) | FOR(EXPLAIN) | FOR(CHECK)},
	{OPT_HEADROOM, FOR_ADVICE},
	{OPT_HUGE_PAGES, FOR_ADVICE},
	{OPT_JSON, ~(FOR(APPLY) | FOR(REVERT))},
	{OPT_NAMESPACE_OF, ~(FOR(APPLY) | FOR(REVERT))},
	{OPT_SINCE, FOR(RECORD) | FOR_ADVICE | FOR(HISTORY)},
	{OPT_SVG, FOR(HISTORY)},
	{OPT_TIGHTEN, FOR_ADVICE},
};

const char *command_name(enum command command)
{
	return commands[command].name;
}

static int read_format(const struct commandline *line, const char *value,
		       enum output_format *format)
{
	static const char *const names[] = {
		[FORMAT_SYSCTL] = "sysctl",   [FORMAT_DOCKER] = "docker",
		[FORMAT_PODMAN] = "podman",   [FORMAT_KUBERNETES] = "kubernetes",
		[FORMAT_ANSIBLE] = "ansible", [FORMAT_TUNED] = "tuned",
	};

	for (unsigned i = FORMAT_SYSCTL; i <= FORMAT_TUNED; i++)
		if (!strcmp(names[i], value)) {
			*format = (enum output_format)i;
			return 0;
		}
	return commandline_bad_value(line, OPT_FORMAT, value,
				     "sysctl, docker, podman, kubernetes, ansible or tuned");
}

static int read_headroom(const struct commandline *line, const char *value, unsigned *headroom)
{
	char *end;
	unsigned long number;

	errno = 0;
	number = strtoul(value, &end, 10);
	if (end == value || value[0] == '-' || value[0] == '+' || errno || number > HEADROOM_MOST ||
	    (*end && strcmp(end, "%") != 0))
		return commandline_bad_value(line, OPT_HEADROOM, value,
					     "a percentage from 0 to 1000");
	*headroom = (unsigned)number;
	return 0;
}

static int read_flag(struct options *options, int opt)
{
	switch (opt) {
	case 'n':
		options->is_dry_run = true;
		return 0;
	case OPT_CSV:
		options->is_csv = true;
		return 0;
	case OPT_HUGE_PAGES:
		options->has_huge_pages = true;
		return 0;
	case OPT_JSON:
		options->is_json = true;
		return 0;
	case OPT_TIGHTEN:
		options->is_tightening = true;
		return 0;
	}
	return -EINVAL;
}

static int read_option(const struct commandline *line, struct options *options, int opt,
		       const char *value)
{
	switch (opt) {
	case OPT_DATABASE:
		options->database = value;
		return 0;
	case OPT_FOR:
		options->profiles[options->profile_count++] = value;
		return 0;
	case OPT_FORMAT:
		return read_format(line, value, &options->format);
	case OPT_FROM:
		options->from = value;
		return 0;
	case OPT_HEADROOM:
		return read_headroom(line, value, &options->headroom);
	case OPT_NAMESPACE_OF:
		return commandline_read_pid(line, opt, value, &options->namespace_of);
	case OPT_SINCE:
		return span_parse(value, &options->since_ns) < 0
			       ? commandline_bad_value(line, opt, value,
						       "not a span of time such as 90min or 7d")
			       : 0;
	case OPT_SVG:
		options->svg = value;
		return 0;
	}
	return read_flag(options, opt);
}

static enum options_next print_and_end(struct options *options, int opt)
{
	const char *text = opt == 'h' ? help : opt == OPT_VERSION ? "ipctune " VERSION "\n" : NULL;

	if (opt == OPT_LIST_PROFILES) {
		options->is_listing_profiles = true;
		return OPTIONS_RUN;
	}
	if (!text)
		return OPTIONS_RUN;
	return fputs(text, stdout) < 0 || fflush(stdout) != 0 ? OPTIONS_USAGE : OPTIONS_DONE;
}

static enum options_next read_all(struct commandline *line, struct options *options, int argc,
				  char **argv)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "nh", long_options, NULL)) != -1) {
		enum options_next next = print_and_end(options, opt);

		if (next != OPTIONS_RUN)
			return next;
		if (opt == OPT_LIST_PROFILES)
			continue;
		/* getopt_long has said what is wrong with '?' */
		if (opt == '?' || read_option(line, options, opt, optarg) < 0)
			return OPTIONS_USAGE;
		commandline_note(line, opt);
	}
	return OPTIONS_RUN;
}

/* What excludes each other. */
static int check_together(const struct options *options)
{
	bool has_output = options->format != FORMAT_TEXT || options->is_csv || options->svg;
	const char *what = NULL;

	if (options->is_json && has_output)
		what = "--json prints one JSON document and nothing else";
	else if (options->command == COMMAND_RECORD && options->since_ns && !options->is_json)
		what = "record keeps one sample: --since is for --json, which prints those before "
		       "it, too";
	else if (options->is_csv && options->svg)
		what = "--csv and --svg are two forms of the same";
	else if (options->from && options->namespace_of)
		what = "--from tells of another host: --namespace-of has no meaning there";
	else if (options->from && options->database)
		what = "--from and --database are two sources of samples";
	if (what)
		say_error("%s", what);
	return what ? -EINVAL : 0;
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

	/* none can stand there more often than there are words */
	*options = (struct options){.headroom = HEADROOM_DEFAULT,
				    .profiles = calloc((size_t)argc + 1, sizeof(char *))};
	if (!options->profiles) {
		say_error("%s", strerror(ENOMEM));
		return OPTIONS_USAGE;
	}
	next = read_all(&line, options, argc, argv);
	if (next != OPTIONS_RUN || options->is_listing_profiles)
		return next;
	if (optind == argc) {
		fputs(help, stderr);
		return OPTIONS_USAGE;
	}
	command = commandline_command(&line, argv[optind++]);
	if (command < 0)
		return OPTIONS_USAGE;
	options->command = (enum command)command;
	options->operands = argv + optind;
	options->operand_count = (size_t)(argc - optind);
	if (commandline_check(&line, command, options->operand_count) < 0 ||
	    check_together(options) < 0)
		return OPTIONS_USAGE;
	if (!options->database)
		options->database = STORE_FILE;
	return OPTIONS_RUN;
}

void options_done(struct options *options)
{
	free(options->profiles);
}
