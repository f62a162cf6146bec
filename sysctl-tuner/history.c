/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ipctune history: what was measured, as a table, a plot, CSV, JSON or SVG. */
#include "history.h"

#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "analysis.h"
#include "cleanup.h"
#include "clock.h"
#include "commands.h"
#include "printed.h"
#include "saturate.h"
#include "say.h"
#include "store.h"

#define WIDTH_DEFAULT 80
#define WIDTH_MAX 1000

/* A sysctl of one parameter is as good as its name. */
static int find_parameter(const char *name)
{
	int id = parameter_by_name(name), sysctl;
	unsigned count;

	if (id >= 0)
		return id;
	sysctl = sysctl_by_name(name);
	if (sysctl < 0)
		return -ENOENT;
	id = (int)sysctl_parameters((enum sysctl_id)sysctl, &count);
	return count == 1 ? id : -ENOENT;
}

int history_find_figure(const char *name)
{
	int figure = figure_by_name(name), parameter;

	if (figure >= 0)
		return figure;
	if (sysctl_is_hugepages(name))
		return FIGURE_HUGEPAGES_USED;
	parameter = find_parameter(name);
	if (parameter < 0)
		return -ENOENT;
	figure = (int)parameter_figure((enum parameter_id)parameter);
	return figure < FIGURE_COUNT_ ? figure : -ENOENT;
}

uint64_t history_limit(const struct history *history, enum figure_id figure, const char **name)
{
	for (int id = 0; id < PARAMETER_COUNT_; id++) {
		enum parameter_id parameter = (enum parameter_id)id;

		if (parameter_figure(parameter) != figure ||
		    !parameter_is_known(&history->limits, parameter))
			continue;
		*name = parameter_name(parameter);
		/* SUSE's shmmax is 2^64-1, and known */
		return saturate_known(history->limits.value[id]);
	}
	return OBJECT_UNKNOWN;
}

/* Of the terminal, of COLUMNS, or what every terminal has. */
static unsigned find_width(void)
{
	const char *columns = getenv("COLUMNS");
	unsigned long width = columns ? strtoul(columns, NULL, 10) : 0;
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	return width && width <= WIDTH_MAX ? (unsigned)width : WIDTH_DEFAULT;
}

static int find_asked(struct history *history, const struct options *options)
{
	history->figure = -1;
	if (!options->operand_count)
		return 0;
	history->figure = history_find_figure(options->operands[0]);
	if (history->figure >= 0)
		return 0;
	if (!strcmp(options->operands[0], sysctl_name(SYSCTL_SEM)))
		say_error("%s holds four: name semmsl, semmns or semmni", options->operands[0]);
	else
		say_error("%s: no figure, and no parameter that bounds one: see ipctune history "
			  "without it",
			  options->operands[0]);
	return -EINVAL;
}

static int read_samples(struct history *history, const struct options *options)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	_cleanup_(store_closep) struct store *store = NULL;
	time_t since = options->since_ns ? time(NULL) - (time_t)(options->since_ns / NS_PER_S) : 0;
	int r = store_open(&store, options->database, STORE_READ, &error);

	if (r == 0)
		r = store_read(store, history->place, since, &history->samples, &history->weights,
			       &error);
	if (r < 0) {
		_cleanup_free_ char *text = parse_error_text(&error, r);

		say_error("%s", text ? text : strerror(ENOMEM));
	}
	return r;
}

/* In the namespace that was asked for: its limits are those in force there. */
static int read_limits(struct history *history)
{
	struct host host;
	int r;

	host_init(&host);
	r = host_read(&host);
	history->limits = host.current;
	host_done(&host);
	if (r < 0)
		say_error("limits: %s", strerror(-r));
	return r;
}

static bool has_any(const struct history *history)
{
	for (int figure = 0; figure < FIGURE_COUNT_; figure++)
		if (history_has(history, (enum figure_id)figure))
			return true;
	return false;
}

static int print(const struct history *history, const struct options *options)
{
	if (options->is_json)
		return history_print_json(history, stdout);
	if (options->is_csv)
		return history_print_csv(history, stdout);
	if (!has_any(history)) {
		say_error("%s: %s%s was measured%s", history->place,
			  history->figure < 0 ? "nothing" : "nothing of ",
			  history->figure < 0 ? "" : figure_name((enum figure_id)history->figure),
			  options->since_ns ? " since then" : "");
		return -ENODATA;
	}
	if (options->svg)
		return history_write_svg(history, options->svg);
	return history->figure < 0 ? history_print_table(history, stdout)
				   : history_print_plot(history, stdout);
}

static int show(struct history *history, const struct options *options)
{
	_cleanup_free_ char *place = NULL;
	int shm_fd, r = find_asked(history, options);

	if (r == 0)
		r = analysis_enter(options, &place, &shm_fd);
	if (r < 0)
		return r;
	history->place = place;
	history->is_utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	history->width = find_width();
	r = read_samples(history, options);
	if (r == 0)
		r = read_limits(history);
	if (r < 0)
		return r;
	r = print(history, options);
	if (r == 0)
		r = printed_all(stdout);
	/* who draws, and who finds nothing, has said so */
	if (r < 0 && !options->svg && r != -ENODATA)
		say_error("history: %s", r == -ENOSYS
						 ? "libsmartcols.so.1 or libjson-c.so.5 is missing"
						 : strerror(-r));
	return r;
}

int command_history(const struct options *options)
{
	struct history history = {0};
	int r = show(&history, options);

	samples_done(&history.samples);
	free(history.weights);
	return r < 0 ? EXIT_ERROR : EXIT_FINE;
}
