/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watch in a terminal: totals of each kind, the limits that are nearest, and the objects. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "ipc_limits.h"
#include "object_table.h"
#include "watch.h"
#include "words.h"

#define LIMITS_SHOWN 3
#define CTRL_C 3

static const char keys[] =
	"q quit  < > sort by another column  r reverse  c change  s size  a age  "
	"arrows, PgUp, PgDn scroll  space look now";

struct picture {
	struct watch *watch;
	struct screen *screen;
	struct text text;
	size_t line;
};

static void put(struct picture *picture, enum screen_style style)
{
	screen_put(picture->screen, picture->line++, style,
		   picture->text.bytes ? picture->text.bytes : "");
	text_clear(&picture->text);
}

static void draw_title(struct picture *picture)
{
	const struct watch *watch = picture->watch;
	char host[HOST_NAME_MAX + 1] = "";
	uint64_t ms = watch->context->options->interval_ns / 1000000;

	gethostname(host, sizeof(host) - 1);
	text_add_format(&picture->text, "ipcaudit  %s  ", host);
	words_add_time(&picture->text, watch->audit.now, watch->audit.now);
	text_add_format(&picture->text, "  every %llu.%llus  %zu objects by %s%s",
			(unsigned long long)(ms / 1000), (unsigned long long)(ms % 1000 / 100),
			watch->objects.count, watch->sort->name,
			watch->is_descending ? ", largest first" : "");
	if (watch->audit.inv.unseen)
		text_add(&picture->text, "  (not all can be seen)");
	put(picture, STYLE_BOLD);
}

static void draw_kind(struct picture *picture, int kind)
{
	const struct changes *changes = &picture->watch->changes;
	const struct kind_changes *one = &changes->kinds[kind];
	char came[RATE_SIZE], gone[RATE_SIZE], growth[RATE_SIZE], size[SIZE_TEXT_SIZE];

	text_add_format(&picture->text, "%-4s %9" PRIu64 WATCH_FIGURES "%8" PRIu64,
			kind_name((enum ipc_kind)kind), one->objects,
			watch_rate(changes, (double)one->came, came),
			watch_rate(changes, (double)one->gone, gone), size_format(one->bytes, size),
			watch_growth(changes, one->growth, growth), one->messages);
	put(picture, STYLE_PLAIN);
}

static void draw_kinds(struct picture *picture)
{
	text_add_format(&picture->text, "%-4s %9s" WATCH_FIGURES "%8s", "KIND", "OBJECTS", "NEW/S",
			"GONE/S", "SIZE", "CHANGE/S", "MSGS");
	put(picture, STYLE_BOLD);
	for (int kind = 0; kind < KIND_COUNT_; kind++)
		if (picture->watch->context->options->kinds & KIND_BIT(kind))
			draw_kind(picture, kind);
}

/* The limit that is nearest of those which are not as near as the last one named. */
static const struct limit *next_nearest(const struct limits *limits, const bool *is_named)
{
	const struct limit *nearest = NULL;

	for (size_t i = 0; i < limits->count; i++) {
		const struct limit *limit = &limits->list[i];

		if (!is_named[limit->id] && limit_percent(limit) >= 0 &&
		    (!nearest || limit_percent(limit) > limit_percent(nearest)))
			nearest = limit;
	}
	return nearest;
}

static void draw_limits(struct picture *picture)
{
	const struct limits *limits = &picture->watch->limits;
	bool is_named[LIMIT_COUNT_] = {0};
	const struct limit *limit;

	if (!limits->count)
		return;
	text_add(&picture->text, "nearest limits:");
	for (int i = 0; i < LIMITS_SHOWN; i++) {
		limit = next_nearest(limits, is_named);
		if (!limit)
			break;
		is_named[limit->id] = true;
		text_add_format(&picture->text, "%s %s %ld%%", i ? "," : "", limit_name(limit->id),
				limit_percent(limit));
	}
	put(picture, STYLE_PLAIN);
}

/* The part of the list that starts at watch->first and fits above the last line. */
static void draw_objects(struct picture *picture)
{
	struct watch *watch = picture->watch;
	struct object_table table = {.audit = &watch->audit, .columns = &watch->columns};
	size_t lines = screen_lines(picture->screen), room, count;

	room = lines > picture->line + 2 ? lines - picture->line - 2 : 0;
	if (watch->first >= watch->objects.count)
		watch->first = watch->objects.count ? watch->objects.count - 1 : 0;
	count = watch->objects.count - watch->first;
	if (count > room)
		count = room;
	object_table_measure(&table, watch->objects.objects + watch->first, count, true);
	object_table_add_headings(&table, &picture->text);
	put(picture, STYLE_REVERSE);
	for (size_t i = 0; i < count; i++) {
		object_table_add_row(&table, watch->objects.objects[watch->first + i],
				     &picture->text);
		put(picture, STYLE_PLAIN);
	}
	object_table_done(&table);
}

void watch_draw(struct watch *watch, struct screen *screen)
{
	struct picture picture = {.watch = watch, .screen = screen};

	screen_begin(screen);
	draw_title(&picture);
	draw_kinds(&picture);
	draw_limits(&picture);
	draw_objects(&picture);
	screen_put(screen, screen_lines(screen) - 1, STYLE_BOLD, keys);
	screen_show(screen);
	text_done(&picture.text);
}

static void sort_by(struct watch *watch, const struct column *column, bool is_descending)
{
	watch->sort = column;
	watch->is_descending = is_descending;
	watch->first = 0;
}

/* The column beside the one that is sorted by; from the one at the end to the other end. */
static void sort_by_neighbour(struct watch *watch, bool is_right)
{
	const struct columns *columns = &watch->columns;
	size_t at = 0;

	while (at < columns->count && columns->list[at] != watch->sort)
		at++;
	at = is_right ? at + 1 : at + columns->count - 1;
	sort_by(watch, columns->list[at % columns->count], watch->is_descending);
}

static void scroll(struct watch *watch, size_t lines, int key)
{
	size_t count = watch->objects.count, last = count ? count - 1 : 0;

	switch (key) {
	case KEY_LINE_UP:
		watch->first -= watch->first ? 1 : 0;
		break;
	case KEY_LINE_DOWN:
		watch->first += 1;
		break;
	case KEY_PAGE_UP:
		watch->first -= watch->first < lines / 2 ? watch->first : lines / 2;
		break;
	case KEY_PAGE_DOWN:
		watch->first += lines / 2;
		break;
	case KEY_FIRST:
		watch->first = 0;
		break;
	case KEY_LAST:
		watch->first = last;
		break;
	}
	if (watch->first > last)
		watch->first = last;
}

enum watch_next watch_key(struct watch *watch, size_t lines, int key)
{
	switch (key) {
	case 'q':
	case CTRL_C:
		return WATCH_FINISH;
	case '<':
	case '>':
		sort_by_neighbour(watch, key == '>');
		return WATCH_SORT;
	case 'r':
		sort_by(watch, watch->sort, !watch->is_descending);
		return WATCH_SORT;
	case 'c':
		sort_by(watch, columns_find("CHANGE", 6), true);
		return WATCH_SORT;
	case 's':
		sort_by(watch, columns_find("SIZE", 4), true);
		return WATCH_SORT;
	case 'a':
		sort_by(watch, columns_find("AGE", 3), false);
		return WATCH_LOOK;
	case ' ':
		return WATCH_LOOK;
	}
	scroll(watch, lines, key);
	return WATCH_GO_ON;
}
