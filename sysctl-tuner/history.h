/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was measured over time, for people and programs. Times are local in what people read, seconds since
 * the epoch in CSV and JSON. Each function returns 0 or a negative errno.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "text.h"
#include "window.h"

struct history {
	const char *place;
	struct samples samples;	  /* in the order of time */
	uint64_t *weights;	  /* seconds that each stands for */
	struct parameters limits; /* in force now; none known: another namespace's */
	int figure;		  /* the only one that was asked for, or -1 */
	bool is_utf8;
	unsigned width; /* of a line, in columns */
};

/* Whether a figure was asked for, and measured at least once. */
bool history_has(const struct history *history, enum figure_id figure);

/* Finds a figure by its name or by a parameter that bounds it: a figure_id, or -ENOENT. */
int history_find_figure(const char *name);

/* The limit in force that bounds a figure, and its name in *name; OBJECT_UNKNOWN: none. */
uint64_t history_limit(const struct history *history, enum figure_id figure, const char **name);

/* The first and the last second. */
void history_range(const struct history *history, time_t *begin, time_t *end);

/*
 * Cuts the time into so many parts of the same length and tells the highest of each; OBJECT_UNKNOWN where
 * nobody looked: a sample stands for the time before it, by its weight.
 */
void history_columns(const struct history *history, enum figure_id figure, uint64_t *columns,
		     size_t count);

/* A line of blocks, the highest column the full height. */
void history_sparkline(struct text *text, const uint64_t *columns, size_t count, bool is_utf8);

/* A figure as people read it: bytes in K, M, G; what has very many digits by its first two. */
void history_add_value(struct text *text, enum figure_id figure, uint64_t value);

/* The limit of a figure, as history_limit() tells it: "unlimited" from 2^63 on. */
void history_add_limit(struct text *text, enum figure_id figure, uint64_t limit);

int history_print_table(const struct history *history, FILE *out);
int history_print_plot(const struct history *history, FILE *out);
int history_print_csv(const struct history *history, FILE *out);
int history_print_json(const struct history *history, FILE *out);

/* The script that has gnuplot print a plot as SVG. */
int history_print_gnuplot(const struct history *history, FILE *out);
/* Draws it into a file, which is there whole or not at all. Says what is wrong itself. */
int history_write_svg(const struct history *history, const char *file);
