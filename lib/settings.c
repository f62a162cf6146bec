/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What does the file say, and in which line? libeconf reads the values (quotes, comments). Which
 * keys there are is found here, because libeconf 0.5 doesn't tell their lines, takes the first of
 * two that stand twice, and econf_getKeys() leaves out a key that an earlier section has as well.
 */
#include "settings.h"

#include <ctype.h>
#include <errno.h>
#include <libeconf.h>
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
	*error = (struct parse_error){0};
}

char *parse_error_text(const struct parse_error *error, int r)
{
	const char *what = error->what ? error->what : strerror(-r);
	const char *file = error->file ? error->file : "configuration";
	char *text;
	int n = error->line ? asprintf(&text, "%s:%u: %s", file, error->line, what)
			    : asprintf(&text, "%s: %s", file, what);

	return n < 0 ? NULL : text;
}

int settings_fail(struct parse_error *error, int r, const char *file, unsigned line,
		  const char *format, ...)
{
	va_list args;

	if (error->what)
		return r;
	error->file = file ? strdup(file) : NULL;
	error->line = line;
	va_start(args, format);
	if (vasprintf(&error->what, format, args) < 0)
		error->what = NULL;
	va_end(args);
	return r;
}

/* Whether the file may be believed at all. */
static int check(const char *file, struct parse_error *error)
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

/* line 0: where libeconf stopped. */
static int fail_econf(struct parse_error *error, econf_err e, const char *file, unsigned line)
{
	_cleanup_free_ char *where = NULL;
	uint64_t stopped = 0;

	if (e == ECONF_NOMEM)
		return -ENOMEM;
	econf_errLocation(&where, &stopped);
	return settings_fail(error, -EINVAL, file, line ? line : (unsigned)stopped, "%s",
			     econf_errString(e));
}

static const struct settings_entry *find(const struct settings *settings, const char *section,
					 const char *key)
{
	for (size_t i = 0; i < settings->count; i++) {
		const struct settings_entry *entry = &settings->entries[i];

		if (!strcmp(entry->section, section) &&
		    (key ? entry->key && !strcmp(entry->key, key) : !entry->key))
			return entry;
	}
	return NULL;
}

/* Takes section and key, which may be NULL where memory ran out. */
static int add_entry(struct settings *settings, char *section, char *key, bool has_key,
		     unsigned line)
{
	struct settings_entry *grown = NULL;

	if (section && (key || !has_key))
		grown = reallocarray(settings->entries, settings->count + 1, sizeof(*grown));
	if (!grown) {
		free(section);
		free(key);
		return -ENOMEM;
	}
	settings->entries = grown;
	grown[settings->count++] = (struct settings_entry){section, key, NULL, line};
	return 0;
}

static int scan_section(struct settings *settings, const char *file, const char *text,
			unsigned line, struct parse_error *error)
{
	size_t length = strcspn(text + 1, "]");
	_cleanup_free_ char *name = strndup(text + 1, length);

	if (!name)
		return -ENOMEM;
	if (text[1 + length] != ']' || !length)
		return settings_fail(error, -EINVAL, file, line, "not a [section]");
	if (find(settings, name, NULL))
		return settings_fail(error, -EINVAL, file, line, "[%.100s] stands here again",
				     name);
	return add_entry(settings, STEAL_PTR(name), NULL, false, line);
}

/* libeconf ends a value at any `#` or `;`, quoted or not: half a name would pass for the whole. */
static bool has_comment_in_word(const char *value)
{
	size_t length = strcspn(value, "#;");

	return value[length] && length > 0 && !isspace((unsigned char)value[length - 1]);
}

static int scan_key(struct settings *settings, const char *file, const char *text, unsigned line,
		    struct parse_error *error)
{
	const char *sign = strchr(text, '='), *end = sign;
	const char *section =
		settings->count ? settings->entries[settings->count - 1].section : NULL;
	_cleanup_free_ char *key = NULL;

	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	if (end == text)
		return settings_fail(error, -EINVAL, file, line, "nothing before the '='");
	key = strndup(text, (size_t)(end - text));
	if (!key)
		return -ENOMEM;
	if (!section)
		return settings_fail(error, -EINVAL, file, line, "%.100s=: stands in no section",
				     key);
	if (find(settings, section, key))
		return settings_fail(error, -EINVAL, file, line,
				     "%.100s=: stands more than once in [%.100s]", key, section);
	if (has_comment_in_word(sign + 1))
		return settings_fail(
			error, -EINVAL, file, line,
			"%.100s=: '#' and ';' begin a comment; write '?' for them in a glob", key);
	return add_entry(settings, strdup(section), STEAL_PTR(key), true, line);
}

static int scan_line(struct settings *settings, const char *file, const char *text, unsigned line,
		     struct parse_error *error)
{
	const char *start = text + strspn(text, " \t\r\n");

	if (!*start || *start == '#' || *start == ';')
		return 0;
	if (*start == '[')
		return scan_section(settings, file, start, line, error);
	if (strchr(start, '='))
		return scan_key(settings, file, start, line, error);
	return settings_fail(error, -EINVAL, file, line, "no '=' in this line");
}

/* Finds the keys and their lines. */
static int scan(struct settings *settings, const char *file, struct parse_error *error)
{
	_cleanup_fclose_ FILE *f = fopen(file, "re");
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	ssize_t length;
	int r = 0;

	if (!f)
		return settings_fail(error, -errno, file, 0, "%s", strerror(errno));
	for (unsigned line = 1; r == 0 && (length = getline(&text, &size, f)) > 0; line++)
		/* libeconf ends its text at a NUL, and what follows would be silently ignored */
		r = memchr(text, '\0', (size_t)length)
			    ? settings_fail(error, -EINVAL, file, line, "a NUL byte")
			    : scan_line(settings, file, text, line, error);
	if (r == 0 && ferror(f))
		r = settings_fail(error, -EIO, file, 0, "%s", strerror(EIO));
	return r;
}

static int read_values(struct settings *settings, const char *file, struct parse_error *error)
{
	econf_file *parsed = NULL;
	econf_err e = econf_readFile(&parsed, file, "=", "#;");
	int r = e ? fail_econf(error, e, file, 0) : 0;

	for (size_t i = 0; i < settings->count && r == 0; i++) {
		struct settings_entry *entry = &settings->entries[i];

		if (!entry->key)
			continue;
		e = econf_getStringValue(parsed, entry->section, entry->key, &entry->value);
		if (e && e != ECONF_KEY_HAS_NULL_VALUE)
			r = fail_econf(error, e, file, entry->line);
		else if (!entry->value && !(entry->value = strdup("")))
			r = -ENOMEM;
	}
	econf_freeFile(parsed);
	return r;
}

int settings_read(struct settings *settings, const char *file, struct parse_error *error)
{
	int r = check(file, error);

	if (r == 0)
		r = scan(settings, file, error);
	return r < 0 || !settings->count ? r : read_values(settings, file, error);
}

void settings_done(struct settings *settings)
{
	for (size_t i = 0; i < settings->count; i++) {
		free(settings->entries[i].section);
		free(settings->entries[i].key);
		free(settings->entries[i].value);
	}
	free(settings->entries);
	*settings = (struct settings){0};
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
