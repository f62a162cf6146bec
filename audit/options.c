/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was asked for? Reads ipcaudit's command line (getopt_long(3)) and its help text. */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "columns.h"
#include "commandline.h"
#include "findings.h"
#include "ipc_limits.h"
#include "program.h"
#include "say.h"

#define FOR(command) (UINT64_C(1) << COMMAND_##command)
#define FOR_REPORTS (FOR(REPORT) | FOR(ORPHANS) | FOR(PERMISSIONS) | FOR(DEADLOCKS) | FOR(BACKLOG))
#define FOR_LISTS (FOR_REPORTS | FOR(LIST))
#define FOR_TABLES (FOR(LIST) | FOR(WATCH))
#define FOR_FILTERS (FOR_REPORTS | FOR_TABLES)
#define FOR_PLACES (FOR_LISTS | FOR(SHOW) | FOR(LIMITS) | FOR(WHY) | FOR(CHECK))

static const struct command_syntax commands[COMMAND_COUNT_] = {
	[COMMAND_REPORT] = {"report", 0, 0, "no operand"},
	[COMMAND_LIST] = {"list", 0, KIND_COUNT_, "kinds of objects: shm sem msg pshm psem pmq"},
	[COMMAND_SHOW] = {"show", 1, SIZE_MAX, "one object, such as shm:5 or pshm:/name"},
	[COMMAND_ORPHANS] = {"orphans", 0, 0, "no operand"},
	[COMMAND_PERMISSIONS] = {"permissions", 0, 0, "no operand"},
	[COMMAND_DEADLOCKS] = {"deadlocks", 0, 0, "no operand"},
	[COMMAND_BACKLOG] = {"backlog", 0, 0, "no operand"},
	[COMMAND_LIMITS] = {"limits", 0, 0, "no operand"},
	[COMMAND_NAMESPACES] = {"namespaces", 0, 0, "no operand"},
	[COMMAND_WATCH] = {"watch", 0, KIND_COUNT_, "kinds of objects: shm sem msg pshm psem pmq"},
	[COMMAND_CHECK] = {"check", 0, 0, "no operand"},
	[COMMAND_METRICS] = {"metrics", 0, 0, "no operand"},
	[COMMAND_WHY] = {"why", 1, 2, "an errno such as ENOSPC, and the call that failed"},
	[COMMAND_FIX_MODE] = {"fix-mode", 2, 2, "an object and a mode"},
	[COMMAND_CHOWN] = {"chown", 2, 2, "an object and USER, USER:GROUP or :GROUP"},
};

static const char help[] =
	"Usage: ipcaudit [COMMAND] [OPTION...]\n"
	"\n"
	"Tells what IPC objects there are, whose they are, and what is wrong with them.\n"
	"\n"
	"Commands (without one, the report of all findings):\n"
	"  list [KIND...]     the objects: of shm, sem, msg, pshm, psem, pmq, or all\n"
	"  show OBJECT        everything about one: shm:5, sem:3, msg:0, pshm:/x, psem:/x, pmq:/x\n"
	"  orphans            what nobody uses any more\n"
	"  permissions        who could read or change what is not theirs\n"
	"  deadlocks          who waits for semaphores that nobody will give back\n"
	"  backlog            which message queues nobody empties\n"
	"  limits             every limit, with its use and who uses most\n"
	"  namespaces         the IPC namespaces, with who lives there and what they hold\n"
	"  watch [KIND...]    what comes, goes and grows, again and again\n"
	"  check              one line for monitoring, with performance data\n"
	"  metrics            OpenMetrics text for Prometheus\n"
	"  why ERRNO [CALL]   why an IPC call may fail so on this host now\n"
	"  fix-mode OBJECT MODE        change its permissions, with --yes\n"
	"  chown OBJECT USER[:GROUP]   change its owner, with --yes\n"
	"\n"
	"Which objects:\n"
	"      --user=USER          of this owner or creator\n"
	"      --unit=UNIT          made, last used or held by processes of this unit\n"
	"      --unused             that nobody has attached, open, or waits on\n"
	"      --min-age=SPAN       not used within SPAN (90s, 5min, 2h)\n"
	"      --min-size=SIZE      of at least SIZE bytes (K, M, G, T)\n"
	"\n"
	"Where:\n"
	"      --namespace-of=PID   in the IPC namespace, and with the /dev/shm, of this process\n"
	"      --all-namespaces     report, list: in all of them\n"
	"\n"
	"How they are shown:\n"
	"  -o, --output=LIST        list, watch: these columns; +LIST: them as well\n"
	"      --sort=COLUMN        list, watch: by this column; -COLUMN: from large to small\n"
	"  -r, --raw                list: one blank between columns, none in them\n"
	"      --no-headings        list, watch: no line of column names\n"
	"      --interval=SPAN      watch: from one look to the next (1s)\n"
	"      --count=NUMBER       watch: end after so many looks\n"
	"      --json               print one JSON document\n"
	"  -v, --verbose            report: print what each finding rests on\n"
	"\n"
	"      --threshold=PERCENT  report: limits used so far are findings (90%)\n"
	"      --warning=METRIC:RANGE   check: a warning outside of RANGE; may be repeated\n"
	"      --critical=METRIC:RANGE  check: critical outside of RANGE; may be repeated\n"
	"      --textfile=FILE      metrics: write FILE, in one step\n"
	"      --ftok=FILE          show: whether the object's key is this file's, see ftok(3); "
	"may be\n"
	"                           repeated, and operands after the object are more files\n"
	"      --yes                fix-mode, chown: do it, instead of showing what would be done\n"
	"      --config=FILE        read this file instead of /etc/ipcguard.conf\n"
	"      --list-columns       print the columns of list\n"
	"      --list-findings      print the findings of the report\n"
	"  -h, --help               print this text\n"
	"      --version            print the version\n"
	"\n"
	"Exit status: 0 no finding of warning or above, 1 warning, 2 critical, 3 error.\n"
	"See ipcaudit(8).\n";

enum {
	OPT_ALL_NAMESPACES = 256,
	OPT_CONFIG,
	OPT_COUNT,
	OPT_CRITICAL,
	OPT_FTOK,
	OPT_INTERVAL,
	OPT_JSON,
	OPT_LIST_COLUMNS,
	OPT_LIST_FINDINGS,
	OPT_MIN_AGE,
	OPT_MIN_SIZE,
	OPT_NAMESPACE_OF,
	OPT_NO_HEADINGS,
	OPT_SORT,
	OPT_TEXTFILE,
	OPT_THRESHOLD,
	OPT_UNIT,
	OPT_UNUSED,
	OPT_USER,
	OPT_VERSION,
	OPT_WARNING,
	OPT_YES,
};

static const struct option long_options[] = {
	{"all-namespaces", no_argument, NULL, OPT_ALL_NAMESPACES},
	{"config", required_argument, NULL, OPT_CONFIG},
	{"count", required_argument, NULL, OPT_COUNT},
	{"critical", required_argument, NULL, OPT_CRITICAL},
	{"ftok", required_argument, NULL, OPT_FTOK},
	{"help", no_argument, NULL, 'h'},
	{"interval", required_argument, NULL, OPT_INTERVAL},
	{"json", no_argument, NULL, OPT_JSON},
	{"list-columns", no_argument, NULL, OPT_LIST_COLUMNS},
	{"list-findings", no_argument, NULL, OPT_LIST_FINDINGS},
	{"min-age", required_argument, NULL, OPT_MIN_AGE},
	{"min-size", required_argument, NULL, OPT_MIN_SIZE},
	{"namespace-of", required_argument, NULL, OPT_NAMESPACE_OF},
	{"no-headings", no_argument, NULL, OPT_NO_HEADINGS},
	{"output", required_argument, NULL, 'o'},
	{"raw", no_argument, NULL, 'r'},
	{"sort", required_argument, NULL, OPT_SORT},
	{"textfile", required_argument, NULL, OPT_TEXTFILE},
	{"threshold", required_argument, NULL, OPT_THRESHOLD},
	{"unit", required_argument, NULL, OPT_UNIT},
	{"unused", no_argument, NULL, OPT_UNUSED},
	{"user", required_argument, NULL, OPT_USER},
	{"verbose", no_argument, NULL, 'v'},
	{"version", no_argument, NULL, OPT_VERSION},
	{"warning", required_argument, NULL, OPT_WARNING},
	{"yes", no_argument, NULL, OPT_YES},
	{NULL, 0, NULL, 0},
};

static const struct option_scope scopes[] = {
	{OPT_MIN_AGE, FOR_FILTERS},
	{OPT_MIN_SIZE, FOR_FILTERS},
	{OPT_UNIT, FOR_FILTERS},
	{OPT_ALL_NAMESPACES, FOR_LISTS},
	{OPT_NAMESPACE_OF, FOR_PLACES},
	{OPT_UNUSED, FOR_TABLES},
	{OPT_USER, FOR_FILTERS | FOR(WHY)},
	{'o', FOR_TABLES},
	{OPT_SORT, FOR_TABLES},
	{'r', FOR(LIST)},
	{OPT_NO_HEADINGS, FOR_TABLES},
	{OPT_INTERVAL, FOR(WATCH)},
	{OPT_COUNT, FOR(WATCH)},
	{'v', FOR_REPORTS},
	{OPT_THRESHOLD, FOR(REPORT) | FOR(CHECK) | FOR(METRICS)},
	{OPT_WARNING, FOR(CHECK)},
	{OPT_CRITICAL, FOR(CHECK)},
	{OPT_TEXTFILE, FOR(METRICS)},
	{OPT_JSON, ~(FOR(WATCH) | FOR(CHECK) | FOR(METRICS) | FOR(FIX_MODE) | FOR(CHOWN))},
	{OPT_YES, FOR(FIX_MODE) | FOR(CHOWN)},
	{OPT_FTOK, FOR(SHOW)},
};

const char *command_name(enum command command)
{
	return commands[command].name;
}

static int read_flag(struct options *options, int opt)
{
	switch (opt) {
	case 'r':
		options->is_raw = true;
		return 0;
	case 'v':
		options->is_verbose = true;
		return 0;
	case OPT_JSON:
		options->is_json = true;
		return 0;
	case OPT_NO_HEADINGS:
		options->has_no_headings = true;
		return 0;
	case OPT_ALL_NAMESPACES:
		options->is_everywhere = true;
		return 0;
	case OPT_UNUSED:
		options->is_unused = true;
		return 0;
	case OPT_YES:
		options->is_yes = true;
		return 0;
	}
	return -EINVAL;
}

static int read_threshold(const struct commandline *line, struct options *options, int opt,
			  const char *value)
{
	struct threshold *threshold = &options->thresholds[options->threshold_count++];

	threshold->is_critical = opt == OPT_CRITICAL;
	return threshold_parse(value, threshold) < 0
		       ? commandline_bad_value(
				 line, opt, value,
				 "METRIC:RANGE is needed, such as shmmni:90% or orphans:0:10")
		       : 0;
}

/* Looking more often than that would watch ourselves. */
#define INTERVAL_MIN_NS (NS_PER_S / 10)

static int read_interval(const struct commandline *line, int opt, const char *value, uint64_t *ns)
{
	if (span_parse(value, ns) < 0 || *ns < INTERVAL_MIN_NS)
		return commandline_bad_value(
			line, opt, value,
			"not a span of time from 100ms, such as 500ms, 5s or 1min");
	return 0;
}

static int read_number(const struct commandline *line, int opt, const char *value, uint64_t *number)
{
	if (!limit_parse(value, number) || *number == 0)
		return commandline_bad_value(line, opt, value, "not a number from 1");
	return 0;
}

static int read_option(const struct commandline *line, struct options *options, int opt,
		       const char *value)
{
	switch (opt) {
	case 'o':
		options->columns = value;
		return 0;
	case OPT_CONFIG:
		options->config_file = value;
		return 0;
	case OPT_FTOK:
		options->ftok_files[options->ftok_count++] = value;
		return 0;
	case OPT_COUNT:
		return read_number(line, opt, value, &options->count);
	case OPT_INTERVAL:
		return read_interval(line, opt, value, &options->interval_ns);
	case OPT_MIN_AGE:
		return span_parse(value, &options->min_age_ns) < 0
			       ? commandline_bad_value(line, opt, value,
						       "not a span of time such as 90s, 5min or 2h")
			       : 0;
	case OPT_MIN_SIZE:
		return size_parse(value, &options->min_size) < 0
			       ? commandline_bad_value(line, opt, value,
						       "not a size such as 4096, 64K, 10M or 2G")
			       : 0;
	case OPT_NAMESPACE_OF:
		return commandline_read_pid(line, opt, value, &options->namespace_of);
	case OPT_SORT:
		options->sort = value;
		return 0;
	case OPT_CRITICAL:
	case OPT_WARNING:
		return read_threshold(line, options, opt, value);
	case OPT_TEXTFILE:
		options->textfile = value;
		return 0;
	case OPT_THRESHOLD:
		return percent_parse(value, &options->threshold) < 0
			       ? commandline_bad_value(line, opt, value,
						       "a percentage from 1% to 100%")
			       : 0;
	case OPT_UNIT:
		options->unit = value;
		return 0;
	case OPT_USER:
		options->has_user = true;
		return program_parse_user(value, &options->user) < 0
			       ? commandline_bad_value(line, opt, value, "no such user")
			       : 0;
	}
	return read_flag(options, opt);
}

static int read_kinds(struct options *options)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < options->operand_count; i++) {
		unsigned set;

		if (kinds_parse(options->operands[i], &set) < 0) {
			say_error("%s: not a kind: shm, sem, msg, pshm, psem or pmq",
				  options->operands[i]);
			return -EINVAL;
		}
		kinds |= set;
	}
	if (kinds)
		options->kinds = kinds;
	return 0;
}

/* A shell makes of `--ftok /srv/app/...` one value and operands. */
static int read_show(struct options *options)
{
	if (options->operand_count > 1 && !options->ftok_count) {
		say_error("show: takes one object; files behind it are for --ftok");
		return -EINVAL;
	}
	for (size_t i = 1; i < options->operand_count; i++)
		options->ftok_files[options->ftok_count++] = options->operands[i];
	return 0;
}

static int read_operands(struct options *options)
{
	if (options->command == COMMAND_LIST || options->command == COMMAND_WATCH)
		return read_kinds(options);
	return options->command == COMMAND_SHOW ? read_show(options) : 0;
}

static enum options_next done(int r)
{
	return r < 0 || fflush(stdout) < 0 ? OPTIONS_USAGE : OPTIONS_DONE;
}

/* What prints and ends. OPTIONS_RUN: none of them. */
static enum options_next print_and_end(int opt)
{
	switch (opt) {
	case 'h':
		return done(fputs(help, stdout));
	case OPT_VERSION:
		return done(fputs("ipcaudit " VERSION "\n", stdout));
	case OPT_LIST_COLUMNS:
		return done(columns_print_all(stdout));
	case OPT_LIST_FINDINGS:
		return done(findings_print_all(stdout));
	}
	return OPTIONS_RUN;
}

static enum options_next read_all(struct commandline *line, struct options *options, int argc,
				  char **argv)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "o:rvh", long_options, NULL)) != -1) {
		enum options_next next = print_and_end(opt);

		if (next != OPTIONS_RUN)
			return next;
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
	int command = COMMAND_REPORT;

	/* none of them can stand there more often than there are words */
	*options =
		(struct options){.kinds = KINDS_ALL,
				 .interval_ns = NS_PER_S,
				 .ftok_files = calloc((size_t)argc + 1, sizeof(char *)),
				 .thresholds = calloc((size_t)argc + 1, sizeof(struct threshold))};
	if (!options->ftok_files || !options->thresholds) {
		say_error("%s", strerror(ENOMEM));
		return OPTIONS_USAGE;
	}
	next = read_all(&line, options, argc, argv);
	if (next != OPTIONS_RUN)
		return next;
	if (optind < argc)
		command = commandline_command(&line, argv[optind++]);
	if (command < 0)
		return OPTIONS_USAGE;
	options->command = (enum command)command;
	options->operands = argv + optind;
	options->operand_count = (size_t)(argc - optind);
	if (commandline_check(&line, command, options->operand_count) < 0)
		return OPTIONS_USAGE;
	return read_operands(options) < 0 ? OPTIONS_USAGE : OPTIONS_RUN;
}

void options_done(struct options *options)
{
	free(options->thresholds);
	free(options->ftok_files);
}
