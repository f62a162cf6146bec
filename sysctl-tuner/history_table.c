/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All figures at a glance: now, the highest and when, for how long it was how high, and its shape. */
#include <errno.h>

#include "cleanup.h"
#include "history.h"
#include "table.h"

#define SPARKLINE_WIDTH 24

enum { FIGURE, NOW, MAXIMUM, WHEN, P50, P95, P99, LIMIT, SHAPE, CELL_COUNT };

static const struct table_column columns[CELL_COUNT] = {
	[FIGURE] = {"FIGURE", false}, [NOW] = {"NOW", true},	 [MAXIMUM] = {"MAXIMUM", true},
	[WHEN] = {"WHEN", false},     [P50] = {"P50", true},	 [P95] = {"P95", true},
	[P99] = {"P99", true},	      [LIMIT] = {"LIMIT", true}, [SHAPE] = {"OVER TIME", false},
};

struct cells {
	struct text texts[CELL_COUNT];
};

static void cells_done(struct cells *cells)
{
	for (int i = 0; i < CELL_COUNT; i++)
		text_done(&cells->texts[i]);
}

static void add_time(struct text *text, time_t time)
{
	char form[32] = "?";
	struct tm tm;

	if (localtime_r(&time, &tm))
		strftime(form, sizeof(form), "%Y-%m-%d %H:%M", &tm);
	text_add(text, form);
}

static void fill(struct cells *cells, const struct history *history, enum figure_id figure,
		 const struct peak *peak)
{
	const struct samples *samples = &history->samples;
	uint64_t shape[SPARKLINE_WIDTH];
	struct text *texts = cells->texts;
	const char *name;

	text_add(&texts[FIGURE], figure_name(figure));
	history_add_value(&texts[NOW], figure, samples->list[samples->count - 1].figures[figure]);
	history_add_value(&texts[MAXIMUM], figure, peak->value);
	add_time(&texts[WHEN], samples->list[peak->sample].time);
	history_add_value(&texts[P50], figure, peak->p50);
	history_add_value(&texts[P95], figure, peak->p95);
	history_add_value(&texts[P99], figure, peak->p99);
	history_add_limit(&texts[LIMIT], figure, history_limit(history, figure, &name));
	history_columns(history, figure, shape, SPARKLINE_WIDTH);
	history_sparkline(&texts[SHAPE], shape, SPARKLINE_WIDTH, history->is_utf8);
}

static int add_row(struct table *table, const struct history *history, enum figure_id figure)
{
	struct window window = {&history->samples, history->weights};
	_cleanup_(cells_done) struct cells cells = {0};
	const char *words[CELL_COUNT];
	struct peak peak;
	int r = window_peak(&window, figure, &peak);

	/* calls that never failed are no news */
	if (r < 0 || (figure >= FIGURE_FAILED_SHM_EINVAL && peak.value == 0))
		return r;
	fill(&cells, history, figure, &peak);
	for (int i = 0; i < CELL_COUNT; i++) {
		if (cells.texts[i].failed)
			return -ENOMEM;
		words[i] = cells.texts[i].bytes;
	}
	return table_add(table, words);
}

int history_print_table(const struct history *history, FILE *out)
{
	_cleanup_(table_freep) struct table *table = NULL;
	int r = table_new(&table, columns, CELL_COUNT);

	for (int figure = 0; r == 0 && figure < FIGURE_COUNT_; figure++)
		if (history_has(history, (enum figure_id)figure))
			r = add_row(table, history, (enum figure_id)figure);
	return r == 0 ? table_print(table, out) : r;
}
