/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where is the mistake? libeconf parses (INI: groups, keys, comments, continued lines), this adds
 * what it doesn't tell: which line a key stands in, and whether the file may be believed at all.
 */
#include "settings.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"

#define FILE_SIZE_MAX (1024 * 1024)
#define WORD_SIZE_MAX 1024

void parse_error_done(struct parse_error *error)
{
	free(error->file);
	free(error->what);
	*error = (struct parse_error){ 0 };
}

static int fail(struct parse_error *error, int r, const char *file, unsigned line,
		const char *format, va_list args)
{
	if (error->what)
		return r;
	error->file = file ? strdup(file) : NULL;
	error->line = line;
	if (vasprintf(&error->what, format, args) < 0)
		error->what = NULL;
	return r;
}

int settings_fail(struct parse_error *error, int r, const char *file, unsigned line,
		  const char *format, ...)
{
	va_list args;

	va_start(args, format);
	r = fail(error, r, file, line, format, args);
	va_end(args);
	return r;
}

/* Whether the line sets the key: the key, blanks, '='. */
static bool sets_key(const char *line, const char *key)
{
	size_t length = strlen(key);

	line += strspn(line, " \t");
	if (strncmp(line, key, length))
		return false;
	line += length;
	return line[strspn(line, " \t")] == '=';
}

static bool opens_section(const char *line, const char *section)
{
	size_t length = strlen(section);

	line += strspn(line, " \t");
	return *line == '[' && !strncmp(line + 1, section, length) && line[length + 1] == ']';
}

/* The last such line of the section: it is the one that counts. 0 if there is none. */
static unsigned find_line(const char *file, const char *section, const char *key)
{
	_cleanup_fclose_ FILE *f = fopen(file, "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	bool is_inside = !section;
	unsigned number = 0, found = 0;

	while (f && getline(&line, &size, f) > 0) {
		number++;
		if (line[strspn(line, " \t")] == '[') {
			is_inside = section && opens_section(line, section);
			if (is_inside && !key)
				found = number;
		} else if (is_inside && key && sets_key(line, key)) {
			found = number;
		}
	}
	return found;
}

int settings_fail_at(struct parse_error *error, const char *file, const char *section,
		     const char *key, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fail(error, -EINVAL, file, find_line(file, section, key), format, args);
	va_end(args);
	return -EINVAL;
}

int settings_check(const char *file, struct parse_error *error)
{
	struct stat st;

	if (stat(file, &st) < 0)
		return settings_fail(error, -errno, file, 0, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return settings_fail(error, -EINVAL, file, 0, "not a regular file");
	if (st.st_size > FILE_SIZE_MAX)
		return settings_fail(error, -EFBIG, file, 0, "larger than 1 MiB");
	if (geteuid() == 0 && (st.st_uid != 0 || st.st_mode & 0022))
		return settings_fail(error, -EPERM, file, 0,
				     "must belong to root and be writable by root only");
	return 0;
}

/* libeconf ends its text at a NUL, and what follows would be silently ignored. */
static int check_bytes(const char *file, struct parse_error *error)
{
	_cleanup_fclose_ FILE *f = fopen(file, "re");
	unsigned line = 1;
	int c;

	if (!f)
		return settings_fail(error, -errno, file, 0, "%s", strerror(errno));
	while ((c = getc(f)) != EOF) {
		if (c == '\0')
			return settings_fail(error, -EINVAL, file, line, "a NUL byte");
		line += c == '\n';
	}
	return ferror(f) ? settings_fail(error, -EIO, file, line, "%s", strerror(EIO)) : 0;
}

int settings_fail_econf(struct parse_error *error, econf_err e, const char *file)
{
	_cleanup_free_ char *where = NULL;
	uint64_t line = 0;

	if (e == ECONF_NOMEM)
		return settings_fail(error, -ENOMEM, file, 0, "%s", strerror(ENOMEM));
	econf_errLocation(&where, &line);
	return settings_fail(error, -EINVAL, file ? file : where, (unsigned)line, "%s",
			     econf_errString(e));
}

int settings_read(const char *file, econf_file **parsed, struct parse_error *error)
{
	econf_err e;
	int r = settings_check(file, error);

	if (r == 0)
		r = check_bytes(file, error);
	if (r < 0)
		return r;
	e = econf_readFile(parsed, file, "=", "#;");
	return e ? settings_fail_econf(error, e, file) : 0;
}

int settings_each_word(const char *text, int (*fn)(const char *word, void *data), void *data)
{
	static const char separators[] = " \t\n,";

	for (;;) {
		char word[WORD_SIZE_MAX];
		size_t length;
		int r;

		text += strspn(text, separators);
		length = strcspn(text, separators);
		if (!length)
			return 0;
		if (length >= sizeof(word))
			return -ENAMETOOLONG;
		memcpy(word, text, length);
		word[length] = '\0';
		r = fn(word, data);
		if (r)
			return r;
		text += length;
	}
}
