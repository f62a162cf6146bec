/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which entries are in force? Reads the files that dropins.c finds in the catalogue's directories.
 * An entry that is wrong anywhere is an error: one that were left out could be the one
 * that protects something.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "dropins.h"
#include "patterns_internal.h"
#include "settings.h"

static const char *const default_dirs[] = {
	"/usr/lib/ipcguard/patterns.d",
	"/run/ipcguard/patterns.d",
	"/etc/ipcguard/patterns.d",
	NULL,
};

static int set_text(char **to, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return -ENOMEM;
	free(*to);
	*to = copy;
	return 0;
}

static int add_word(const char *word, void *list)
{
	if (word[0] != '/')
		return -EINVAL;
	return string_list_add(list, word);
}

/* Only literal text may stand before the first `*`, so that what it took is well defined. */
static int add_match(const char *word, void *list)
{
	const char *star = strchr(word, '*'), *special = strpbrk(word, "?[\\");

	if (star && special && special < star)
		return -EINVAL;
	return add_word(word, list);
}

static int add_pid(const char *word, void *list)
{
	return strstr(word, "{pid}") ? add_word(word, list) : -EINVAL;
}

static int set_action(struct pattern *pattern, const char *value)
{
	pattern->is_protected = !strcmp(value, "protect");
	return pattern->is_protected || !strcmp(value, "leaker") ? 0 : -EINVAL;
}

static int set_kinds(struct pattern *pattern, const char *value)
{
	int r = kinds_parse(value, &pattern->kinds);

	return r == 0 && pattern->kinds & KINDS_SYSV ? -EINVAL : r;
}

static int set_key(struct pattern *pattern, const char *key, const char *value)
{
	if (!strcmp(key, "Match"))
		return settings_each_word(value, add_match, &pattern->match);
	if (!strcmp(key, "Group"))
		return settings_each_word(value, add_word, &pattern->group);
	if (!strcmp(key, "Pid"))
		return settings_each_word(value, add_pid, &pattern->pid);
	if (!strcmp(key, "Kinds"))
		return set_kinds(pattern, value);
	if (!strcmp(key, "Action"))
		return set_action(pattern, value);
	if (!strcmp(key, "Software"))
		return set_text(&pattern->software, value);
	if (!strcmp(key, "Upstream"))
		return set_text(&pattern->upstream, value);
	return -ENOKEY;
}

static void pattern_done(struct pattern *pattern)
{
	free(pattern->name);
	free(pattern->software);
	free(pattern->upstream);
	string_list_done(&pattern->match);
	string_list_done(&pattern->group);
	string_list_done(&pattern->pid);
}

static int read_key(struct pattern *pattern, const char *file, const struct settings_entry *entry,
		    struct parse_error *error)
{
	int r = set_key(pattern, entry->key, entry->value);

	if (r == 0 || r == -ENOMEM)
		return r;
	if (r == -ENOKEY)
		return settings_fail(error, -EINVAL, file, entry->line, "%.100s=: no such key",
				     entry->key);
	return settings_fail(error, -EINVAL, file, entry->line,
			     "%.100s=%.200s: not a valid value, see ipcguard.conf(5)", entry->key,
			     entry->value);
}

/* Reads the section that entries[0] opens. Returns how many entries it has, or a negative errno. */
static int read_section(struct patterns *patterns, const char *file,
			const struct settings_entry *entries, size_t count,
			struct parse_error *error)
{
	_cleanup_(pattern_done) struct pattern pattern = {.kinds = KIND_BIT(KIND_PSHM)};
	struct pattern *grown;
	size_t used = 1;
	int r = set_text(&pattern.name, entries[0].section);

	for (; r == 0 && used < count && entries[used].key; used++)
		r = read_key(&pattern, file, &entries[used], error);
	if (r < 0)
		return r;
	if (!pattern.match.count)
		return settings_fail(error, -EINVAL, file, entries[0].line,
				     "[%.100s] has no Match=", entries[0].section);
	grown = reallocarray(patterns->all, patterns->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	patterns->all = grown;
	grown[patterns->count++] = pattern;
	pattern = (struct pattern){0};
	return (int)used;
}

static int read_file(struct patterns *patterns, const char *file, struct parse_error *error)
{
	_cleanup_(settings_done) struct settings settings = {0};
	int r;

	if (dropins_is_mask(file))
		return 0;
	r = settings_read(&settings, file, error);
	for (size_t i = 0; r >= 0 && i < settings.count; i += (size_t)r)
		r = read_section(patterns, file, &settings.entries[i], settings.count - i, error);
	return r < 0 ? r : 0;
}

int patterns_load(struct patterns **out, const char *const *dirs, struct parse_error *error)
{
	_cleanup_(dropins_done) struct dropins files = {0};
	_cleanup_(patterns_freep) struct patterns *patterns = calloc(1, sizeof(*patterns));
	int r = patterns ? dropins_list(&files, dirs ? dirs : default_dirs, error) : -ENOMEM;

	for (size_t i = 0; i < files.count && r == 0; i++)
		r = read_file(patterns, files.paths[i], error);
	if (r == 0)
		*out = STEAL_PTR(patterns);
	return r;
}

void patterns_free(struct patterns *patterns)
{
	if (!patterns)
		return;
	for (size_t i = 0; i < patterns->count; i++)
		pattern_done(&patterns->all[i]);
	free(patterns->all);
	free(patterns);
}
