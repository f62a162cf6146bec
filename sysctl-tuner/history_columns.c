/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How high was a figure, part by part of the time, and what is that as a line of blocks? */
#include <inttypes.h>

#include "history.h"

/* Numbers from here on are no longer read digit by digit. */
#define EXACT_MAX UINT64_C(1000000000000)

bool history_has(const struct history *history, enum figure_id figure)
{
	if (history->figure >= 0 && history->figure != (int)figure)
		return false;
	for (size_t i = 0; i < history->samples.count; i++)
		if (history->samples.list[i].figures[figure] != OBJECT_UNKNOWN)
			return true;
	return false;
}

void history_range(const struct history *history, time_t *begin, time_t *end)
{
	const struct samples *samples = &history->samples;

	*begin = samples->count ? samples->list[0].time : 0;
	*end = samples->count ? samples->list[samples->count - 1].time : 0;
}

/* The column of a time, which lies between the two. */
static size_t column_of(time_t time, time_t begin, time_t end, size_t count)
{
	unsigned __int128 seconds = (unsigned __int128)(time - begin);

	return (size_t)(seconds * count / ((unsigned __int128)(end - begin) + 1));
}

/* The first belongs to the sample before it, if that has been there. */
static void raise_columns(uint64_t *columns, size_t from, size_t to, uint64_t value)
{
	if (from < to && columns[from] != OBJECT_UNKNOWN)
		from++;
	for (size_t i = from; i <= to; i++)
		if (columns[i] == OBJECT_UNKNOWN || columns[i] < value)
			columns[i] = value;
}

void history_columns(const struct history *history, enum figure_id figure, uint64_t *columns,
		     size_t count)
{
	time_t begin, end;

	for (size_t i = 0; i < count; i++)
		columns[i] = OBJECT_UNKNOWN;
	history_range(history, &begin, &end);
	for (size_t i = 0; i < history->samples.count; i++) {
		const struct sample *sample = &history->samples.list[i];
		uint64_t weight = history->weights[i];
		time_t from = begin;

		if (sample->figures[figure] == OBJECT_UNKNOWN)
			continue;
		if (weight < (uint64_t)(sample->time - begin))
			from = sample->time - (time_t)weight;
		raise_columns(columns, column_of(from, begin, end, count),
			      column_of(sample->time, begin, end, count), sample->figures[figure]);
	}
}

static uint64_t highest_of(const uint64_t *columns, size_t count)
{
	uint64_t highest = 0;

	for (size_t i = 0; i < count; i++)
		if (columns[i] != OBJECT_UNKNOWN && columns[i] > highest)
			highest = columns[i];
	return highest;
}

void history_sparkline(struct text *text, const uint64_t *columns, size_t count, bool is_utf8)
{
	static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char ascii[] = "_.,:-=+#";
	uint64_t highest = highest_of(columns, count);

	for (size_t i = 0; i < count; i++) {
		unsigned height = 0;

		if (columns[i] == OBJECT_UNKNOWN) {
			text_add_char(text, ' ');
			continue;
		}
		if (highest)
			height = (unsigned)((unsigned __int128)columns[i] * 7 / highest);
		if (is_utf8)
			text_add(text, blocks[height]);
		else
			text_add_char(text, ascii[height]);
	}
}

void history_add_value(struct text *text, enum figure_id figure, uint64_t value)
{
	char size[SIZE_TEXT_SIZE];

	if (value == OBJECT_UNKNOWN)
		text_add_char(text, '-');
	else if (figure_is_bytes(figure))
		text_add(text, size_format(value, size));
	else if (value >= EXACT_MAX)
		text_add_format(text, "%.1e", (double)value);
	else
		text_add_format(text, "%" PRIu64, value);
}

void history_add_limit(struct text *text, enum figure_id figure, uint64_t limit)
{
	if (limit >= UNLIMITED && limit != OBJECT_UNKNOWN)
		text_add(text, "unlimited");
	else
		history_add_value(text, figure, limit);
}
