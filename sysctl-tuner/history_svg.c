/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A plot as SVG, by gnuplot: started without a shell, it reads script and data from a pipe, and what it
 * prints goes into a file beside the one that was named, which takes its place when all is well. The
 * script is made of our own words and numbers only.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "history.h"
#include "printed.h"
#include "say.h"

#define PLOT_WIDTH 1000
#define PLOT_HEIGHT 300

extern char **environ;

/* The highest of each pixel: a year has many more samples. Returns the highest of all. */
static uint64_t print_data(const struct history *history, enum figure_id figure, FILE *out)
{
	uint64_t columns[PLOT_WIDTH], highest = 0;
	time_t begin, end;

	history_range(history, &begin, &end);
	history_columns(history, figure, columns, PLOT_WIDTH);
	fprintf(out, "$%s << END\n", figure_name(figure));
	for (time_t i = 0; i < PLOT_WIDTH; i++) {
		if (columns[i] == OBJECT_UNKNOWN) {
			fputc('\n', out);
			continue;
		}
		fprintf(out, "%jd %" PRIu64 "\n",
			(intmax_t)(begin +
				   (time_t)((double)(end - begin) * (double)i / PLOT_WIDTH)),
			columns[i]);
		highest = columns[i] > highest ? columns[i] : highest;
	}
	fputs("END\n", out);
	return highest;
}

static void print_plot(const struct history *history, enum figure_id figure, FILE *out)
{
	uint64_t highest = print_data(history, figure, out), limit, top = highest ? highest : 1;
	const char *name = NULL;
	bool has_limit;

	limit = history_limit(history, figure, &name);
	has_limit = limit != OBJECT_UNKNOWN && limit / 2 < highest;
	if (has_limit && limit > top)
		top = limit;
	fprintf(out, "set title '%s (%s)'\nset yrange [0:%e]\n", figure_name(figure),
		figure_title(figure), 1.05 * (double)top);
	fprintf(out, "plot $%s using 1:2 with fillsteps fillcolor '#88aadd' notitle",
		figure_name(figure));
	if (has_limit)
		fprintf(out, ", %" PRIu64 ".0 with lines linecolor '#cc0000' title '%s'", limit,
			name);
	fputc('\n', out);
}

int history_print_gnuplot(const struct history *history, FILE *out)
{
	int count = 0;

	for (int figure = 0; figure < FIGURE_COUNT_; figure++)
		count += history_has(history, (enum figure_id)figure);
	fprintf(out,
		"set terminal svg size %d,%d noenhanced background '#ffffff'\n"
		"set xdata time\nset timefmt '%%s'\nset xlabel 'UTC'\n"
		"set format x \"%%Y-%%m-%%d\\n%%H:%%M\"\n"
		"set style fill solid 0.6\nset grid\n"
		"set multiplot layout %d,1\n",
		PLOT_WIDTH, PLOT_HEIGHT * count, count);
	for (int figure = 0; figure < FIGURE_COUNT_; figure++)
		if (history_has(history, (enum figure_id)figure))
			print_plot(history, (enum figure_id)figure, out);
	fputs("unset multiplot\n", out);
	return printed_all(out);
}

/* Without settings of the user's own. Returns 0 or a negative errno. */
static int start(pid_t *pid, int in, int out)
{
	static char name[] = "gnuplot", no_settings[] = "-d";
	char *argv[] = {name, no_settings, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t pipes;
	int r;

	sigemptyset(&pipes);
	sigaddset(&pipes, SIGPIPE);
	if (posix_spawn_file_actions_init(&actions) != 0)
		return -ENOMEM;
	if (posix_spawnattr_init(&attributes) != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return -ENOMEM;
	}
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawnattr_setsigdefault(&attributes, &pipes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	r = -posix_spawnp(pid, name, &actions, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return r;
}

static int feed(const struct history *history, int fd)
{
	_cleanup_fclose_ FILE *script = fdopen(fd, "w");

	if (!script) {
		close(fd);
		return -ENOMEM;
	}
	return history_print_gnuplot(history, script);
}

static int draw(const struct history *history, int out)
{
	_cleanup_close_ int in = -1;
	int ends[2], status, r;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	in = ends[0];
	r = start(&pid, in, out);
	if (r < 0) {
		close(ends[1]);
		say_error(r == -ENOENT
				  ? "gnuplot is not installed: install gnuplot-nox, or use --csv"
				  : "gnuplot can't be started");
		return r;
	}
	/* of ours, or we would not notice its end */
	close(STEAL_FD(in));
	r = feed(history, ends[1]);
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	if (r == 0 && status == 0)
		return 0;
	say_error("gnuplot has not drawn it");
	return -EIO;
}

static int write_beside(const struct history *history, const char *file, const char *temporary,
			int fd)
{
	int r = draw(history, fd);

	if (r < 0)
		return r;
	if (fchmod(fd, 0644) < 0 || fsync(fd) < 0 || rename(temporary, file) < 0) {
		r = -errno;
		say_error("%s: %s", file, strerror(-r));
	}
	return r;
}

/* A device, a pipe or a link would be gone, and a file in its place. */
static int check_place(const char *file)
{
	struct stat st;

	if (lstat(file, &st) < 0 || S_ISREG(st.st_mode))
		return 0;
	say_error("%s: is no regular file; --svg= replaces what is there", file);
	return -EINVAL;
}

int history_write_svg(const struct history *history, const char *file)
{
	_cleanup_free_ char *temporary = NULL;
	_cleanup_close_ int fd = -1;
	int r = check_place(file);

	if (r < 0)
		return r;
	if (asprintf(&temporary, "%s.XXXXXX", file) < 0) {
		temporary = NULL;
		return -ENOMEM;
	}
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0) {
		r = -errno;
		say_error("%s: %s", file, strerror(-r));
		return r;
	}
	r = write_beside(history, file, temporary, fd);
	if (r < 0)
		unlink(temporary);
	return r;
}
