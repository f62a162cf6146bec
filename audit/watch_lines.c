/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watch without a terminal: a line of figures at each look, as vmstat(8) prints them. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "cleanup.h"
#include "watch.h"
#include "words.h"

static int print(const struct text *line)
{
	if (line->failed)
		return -ENOMEM;
	errno = 0;
	if (puts(line->bytes) < 0 || fflush(stdout) < 0)
		return errno ? -errno : -EIO;
	return 0;
}

static bool is_watched(const struct watch *watch, int kind)
{
	return watch->context->options->kinds & KIND_BIT(kind);
}

int watch_print_headings(const struct watch *watch)
{
	_cleanup_(text_done) struct text line = {0};

	text_add(&line, "TIME    ");
	for (int kind = 0; kind < KIND_COUNT_; kind++)
		if (is_watched(watch, kind))
			text_add_format(&line, " %6s", kind_name((enum ipc_kind)kind));
	text_add_format(&line, WATCH_FIGURES "%8s", "NEW/S", "GONE/S", "SIZE", "CHANGE/S", "MSGS");
	return print(&line);
}

static void add_up(struct kind_changes *sum, const struct kind_changes *one)
{
	sum->bytes += one->bytes;
	sum->messages += one->messages;
	sum->came += one->came;
	sum->gone += one->gone;
	sum->growth += one->growth;
}

int watch_print_line(const struct watch *watch)
{
	const struct changes *changes = &watch->changes;
	char came[RATE_SIZE], gone[RATE_SIZE], growth[RATE_SIZE], size[SIZE_TEXT_SIZE];
	_cleanup_(text_done) struct text line = {0};
	struct kind_changes all = {0};

	words_add_time(&line, watch->audit.now, watch->audit.now);
	for (int kind = 0; kind < KIND_COUNT_; kind++) {
		if (is_watched(watch, kind))
			text_add_format(&line, " %6" PRIu64, changes->kinds[kind].objects);
		add_up(&all, &changes->kinds[kind]);
	}
	text_add_format(&line, WATCH_FIGURES "%8" PRIu64,
			watch_rate(changes, (double)all.came, came),
			watch_rate(changes, (double)all.gone, gone), size_format(all.bytes, size),
			watch_growth(changes, all.growth, growth), all.messages);
	return print(&line);
}
