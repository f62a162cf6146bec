/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What does a line of sysctl.d say? As systemd 252 reads it (src/sysctl/sysctl.c: parse_file(),
 * sysctl_normalize() of src/basic/sysctl-util.c, read_line_full() of src/basic/fileio.c), details
 * included that sysctl.d(5) leaves out: a carriage return or NUL ends a line as well, and the key's
 * separators are told by the first one.
 */
#include "sysctl_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

#define BLANKS " \t"

/* What ends a line; each may stand once in a row: "\r\n" is one end, "\n\n" are two. */
static unsigned end_of_line(char c)
{
	switch (c) {
	case '\n':
		return 1;
	case '\r':
		return 2;
	case '\0':
		return 4; /* and nothing may follow it */
	default:
		return 0;
	}
}

/* How many bytes the first line takes, its end included; without it into *length. */
static size_t measure_line(const char *text, size_t size, size_t *length)
{
	unsigned seen = 0;
	size_t at = 0;

	while (at < size && !end_of_line(text[at]))
		at++;
	*length = at;
	for (; at < size && !(seen & 4); at++) {
		unsigned end = end_of_line(text[at]);

		if (!end || seen & end)
			break;
		seen |= end;
	}
	return at;
}

static char *strip(char *text)
{
	size_t length;

	text += strspn(text, BLANKS);
	length = strlen(text);
	while (length && strchr(BLANKS, text[length - 1]))
		length--;
	text[length] = '\0';
	return text;
}

void sysctl_swap_separators(char *name)
{
	for (; *name; name++)
		if (*name == '.')
			*name = '/';
		else if (*name == '/')
			*name = '.';
}

/* Takes out of a path what names nothing: "//" and "/./", slashes at the ends. */
static void simplify(char *path)
{
	char *to = path, *rest = path, *part;

	while ((part = strsep(&rest, "/"))) {
		size_t length = strlen(part);

		if (!length || !strcmp(part, "."))
			continue;
		if (to != path)
			*to++ = '/';
		memmove(to, part, length);
		to += length;
	}
	*to = '\0';
}

/* From the key as it is written to the sysctl's name. */
static void normalize(char *key)
{
	const char *separator = strpbrk(key, "/.");

	if (separator && *separator == '.')
		sysctl_swap_separators(key);
	simplify(key);
	sysctl_swap_separators(key);
}

/* value NULL: none. Takes nothing. */
static int add(struct sysctl_files *files, const struct sysctl_line *line, const char *name,
	       const char *value)
{
	struct sysctl_line *grown =
		reallocarray(files->lines, files->count + 1, sizeof(*files->lines));
	_cleanup_free_ char *name_copy = strdup(name), *value_copy = value ? strdup(value) : NULL;

	if (grown)
		files->lines = grown;
	if (!grown || !name_copy || (value && !value_copy))
		return -ENOMEM;
	grown[files->count] = *line;
	grown[files->count].name = STEAL_PTR(name_copy);
	grown[files->count++].value = STEAL_PTR(value_copy);
	return 0;
}

/* `line` knows where the text stands. */
static int parse_line(struct sysctl_files *files, struct sysctl_line line, char *text)
{
	char *key = strip(text), *value = strchr(key, '=');
	bool has_minus = *key == '-';

	if (!*key || *key == '#' || *key == ';' || (!value && !has_minus))
		return 0;
	if (value) {
		*value++ = '\0';
		value = strip(value);
	}
	key = strip(key + has_minus);
	normalize(key);
	if (!*key)
		return 0;
	line.is_glob = strpbrk(key, "*?[") != NULL;
	line.is_forgiving = value && has_minus;
	return add(files, &line, key, value);
}

int sysctl_lines_add(struct sysctl_files *files, const char *file, bool is_procps_only,
		     const char *text, size_t size)
{
	struct sysctl_line line = {.file = file, .is_procps_only = is_procps_only};
	size_t length;

	while (size) {
		size_t whole = measure_line(text, size, &length);
		_cleanup_free_ char *copy = strndup(text, length);
		int r;

		if (!copy)
			return -ENOMEM;
		if (++line.line > SYSCTL_LINES_MAX)
			return -E2BIG;
		r = parse_line(files, line, copy);
		if (r < 0)
			return r;
		text += whole;
		size -= whole;
	}
	return 0;
}
