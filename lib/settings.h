/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * INI files as this project reads them: checked before they are parsed (regular, at most 1 MiB, and
 * where we are root, root's and writable by nobody else), each section and key at most once, a key
 * on one line, and every complaint with its file and line.
 */
#pragma once

#include <stddef.h>

#include "patterns.h"

struct settings_entry {
	char *section;
	char *key;   /* NULL: the line that opens the section */
	char *value; /* as written, without quotes and comment; "" where nothing is */
	unsigned line;
};

/* In the order of the file. */
struct settings {
	struct settings_entry *entries;
	size_t count;
};

/*
 * Reads one file. Returns 0, or a negative errno with the error filled; settings_done() for both.
 */
int settings_read(struct settings *settings, const char *file, struct parse_error *error);
void settings_done(struct settings *settings);

/* Fills the error if it is empty yet, and returns r. line 0: not known. */
int settings_fail(struct parse_error *error, int r, const char *file, unsigned line,
		  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Calls fn for each word of a list separated by blanks and commas, until one returns not 0. */
int settings_each_word(const char *text, int (*fn)(const char *word, void *data), void *data);
