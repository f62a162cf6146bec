/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One figure as a plot of characters, from 0 up to its highest; and the limit that bounds it, where a
 * line for it leaves more than half of the height to the figure.
 */
#include <errno.h>
#include <stdlib.h>

#include "cleanup.h"
#include "history.h"

#define HEIGHT 16
#define LEVELS 8 /* of a character cell */
#define COLUMNS_MAX 1000
#define TIME_SIZE 32

struct plot {
	const struct history *history;
	enum figure_id figure;
	uint64_t limit, top; /* the value at the upper edge */
	size_t count, label_width;
	uint64_t columns[COLUMNS_MAX];
};

/* How many levels high, of all; what is not 0 is at least one. */
static unsigned levels_of(const struct plot *plot, uint64_t value)
{
	unsigned __int128 all = (unsigned __int128)value * HEIGHT * LEVELS;

	return value ? (unsigned)((all + plot->top - 1) / plot->top) : 0;
}

static void add_cell(struct text *line, const struct plot *plot, unsigned filled, bool is_limit)
{
	static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char ascii[] = " ...:::##";

	if (!filled && is_limit)
		text_add(line, plot->history->is_utf8 ? "╌" : "-");
	else if (plot->history->is_utf8)
		text_add(line, blocks[filled]);
	else
		text_add_char(line, ascii[filled]);
}

static void add_label(struct text *line, const struct plot *plot, unsigned row, bool is_limit)
{
	_cleanup_(text_done) struct text label = {0};

	if (row == HEIGHT - 1)
		history_add_value(&label, plot->figure, plot->top);
	else if (is_limit)
		text_add(&label, "limit");
	else if (row == 0)
		text_add_char(&label, '0');
	line->failed |= label.failed;
	text_add_format(line, "%*s ", (int)plot->label_width, label.bytes ? label.bytes : "");
	text_add(line, plot->history->is_utf8 ? "┤" : "|");
}

/* Rows count from the lowest. */
static int print_row(const struct plot *plot, unsigned row, FILE *out)
{
	_cleanup_(text_done) struct text line = {0};
	bool is_limit =
		plot->limit <= plot->top && (levels_of(plot, plot->limit) - 1) / LEVELS == row;

	add_label(&line, plot, row, is_limit);
	for (size_t i = 0; i < plot->count; i++) {
		uint64_t value = plot->columns[i];
		unsigned levels = value == OBJECT_UNKNOWN ? 0 : levels_of(plot, value),
			 below = row * LEVELS;
		unsigned filled = levels <= below ? 0 : levels - below;

		add_cell(&line, plot, filled < LEVELS ? filled : LEVELS, is_limit);
	}
	while (line.length && line.bytes[line.length - 1] == ' ')
		line.bytes[--line.length] = '\0';
	if (line.failed)
		return -ENOMEM;
	return fprintf(out, "%s\n", line.bytes) < 0 ? -EIO : 0;
}

static const char *format_time(time_t time, char text[TIME_SIZE])
{
	struct tm tm;

	if (!localtime_r(&time, &tm) || !strftime(text, TIME_SIZE, "%Y-%m-%d %H:%M", &tm))
		snprintf(text, TIME_SIZE, "?");
	return text;
}

static int print_times(const struct plot *plot, FILE *out)
{
	char first[TIME_SIZE], last[TIME_SIZE];
	time_t begin, end;

	history_range(plot->history, &begin, &end);
	return fprintf(out, "%*s%s%*s\n", (int)plot->label_width + 2, "", format_time(begin, first),
		       (int)plot->count - 16, format_time(end, last)) < 0
		       ? -EIO
		       : 0;
}

static int print_head(const struct plot *plot, const struct peak *peak, const char *limit_name,
		      FILE *out)
{
	_cleanup_(text_done) struct text line = {0};
	char when[TIME_SIZE];

	text_add_format(&line, "%s (%s): at most ", figure_name(plot->figure),
			figure_title(plot->figure));
	history_add_value(&line, plot->figure, peak->value);
	text_add_format(&line, " at %s",
			format_time(plot->history->samples.list[peak->sample].time, when));
	if (plot->limit != OBJECT_UNKNOWN) {
		text_add_format(&line, "; %s: ", limit_name);
		history_add_limit(&line, plot->figure, plot->limit);
	}
	if (line.failed)
		return -ENOMEM;
	return fprintf(out, "%s\n", line.bytes) < 0 ? -EIO : 0;
}

static void scale(struct plot *plot, uint64_t highest)
{
	_cleanup_(text_done) struct text label = {0};
	size_t width = plot->history->width;

	plot->top = highest ? highest : 1;
	if (plot->limit > plot->top && plot->limit / 2 < plot->top)
		plot->top = plot->limit;
	history_add_value(&label, plot->figure, plot->top);
	plot->label_width = label.length > 5 ? label.length : 5;
	/* the two times have to fit below it */
	plot->count = width > plot->label_width + 2 + 40 ? width - plot->label_width - 2 : 40;
	if (plot->count > COLUMNS_MAX)
		plot->count = COLUMNS_MAX;
	history_columns(plot->history, plot->figure, plot->columns, plot->count);
}

int history_print_plot(const struct history *history, FILE *out)
{
	struct plot plot = {.history = history, .figure = (enum figure_id)history->figure};
	struct window window = {&history->samples, history->weights};
	const char *limit_name = NULL;
	struct peak peak;
	int r = window_peak(&window, plot.figure, &peak);

	if (r < 0)
		return r;
	plot.limit = history_limit(history, plot.figure, &limit_name);
	scale(&plot, peak.value);
	r = print_head(&plot, &peak, limit_name, out);
	for (unsigned row = HEIGHT; r == 0 && row-- > 0;)
		r = print_row(&plot, row, out);
	return r == 0 ? print_times(&plot, out) : r;
}
