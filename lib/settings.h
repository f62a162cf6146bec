/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * INI files as this project reads them: checked before they are parsed (regular, not huge, nobody
 * else's to write), parsed by libeconf, and every complaint with its file and line.
 */
#pragma once

#include <libeconf.h>
#include <stddef.h>

#include "patterns.h"

/* Fills the error if it is empty yet, and returns r. line 0: not known. */
int settings_fail(struct parse_error *error, int r, const char *file, unsigned line,
		  const char *format, ...) __attribute__((format(printf, 5, 6)));

/*
 * Fails as above about `key` in `section`, at the line that sets it (or opens the section, where
 * key is NULL).
 */
int settings_fail_at(struct parse_error *error, const char *file, const char *section,
		     const char *key, const char *format, ...) __attribute__((format(printf, 5, 6)));

/*
 * Whether the file may be believed: a regular file of at most 1 MiB and, where we are root, owned by
 * root and not writable by others. Returns 0 or a negative errno with the error filled.
 */
int settings_check(const char *file, struct parse_error *error);

/* Reads one file. Returns 0 with *parsed for econf_freeFile(), or a negative errno. */
int settings_read(const char *file, econf_file **parsed, struct parse_error *error);

/* Turns a failure of libeconf into an errno and an error with the place it knows. */
int settings_fail_econf(struct parse_error *error, econf_err e, const char *file);

/* Calls fn for each word of a list separated by blanks and commas, until one returns not 0. */
int settings_each_word(const char *text, int (*fn)(const char *word, void *data), void *data);
