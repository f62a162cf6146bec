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

static int read_key(struct pattern *pattern, econf_file *parsed, const char *file, const char *key,
		    struct parse_error *error)
{
	_cleanup_free_ char *value = NULL;
	econf_err e = econf_getStringValue(parsed, pattern->name, key, &value);
	int r;

	if (e && e != ECONF_KEY_HAS_NULL_VALUE)
		return settings_fail_econf(error, e, file);
	r = set_key(pattern, key, value ? value : "");
	if (r == -ENOMEM)
		return r;
	if (r == -ENOKEY)
		return settings_fail_at(error, file, pattern->name, key, "%.100s=: no such key",
					key);
	return r < 0 ? settings_fail_at(error, file, pattern->name, key,
					"%.100s=%.200s: not a valid value, see ipcguard.conf(5)",
					key, value ? value : "") :
		       0;
}

static int read_section(struct patterns *patterns, econf_file *parsed, const char *file,
			const char *section, struct parse_error *error)
{
	_cleanup_(pattern_done) struct pattern pattern = { .kinds = KIND_BIT(KIND_PSHM) };
	struct pattern *grown;
	char **keys = NULL;
	size_t count = 0;
	int r = set_text(&pattern.name, section);

	if (r == 0 && econf_getKeys(parsed, section, &count, &keys))
		count = 0;
	for (size_t i = 0; i < count && r == 0; i++)
		r = read_key(&pattern, parsed, file, keys[i], error);
	econf_freeArray(keys);
	if (r < 0)
		return r;
	if (!pattern.match.count)
		return settings_fail_at(error, file, section, NULL, "[%.100s] has no Match=",
					section);
	grown = reallocarray(patterns->all, patterns->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	patterns->all = grown;
	grown[patterns->count++] = pattern;
	pattern = (struct pattern){ 0 };
	return 0;
}

static int read_sections(struct patterns *patterns, econf_file *parsed, const char *file,
			 struct parse_error *error)
{
	char **names = NULL;
	size_t count = 0;
	int r = 0;

	if (econf_getGroups(parsed, &count, &names))
		return settings_fail(error, -EINVAL, file, 0, "holds no [section]");
	for (size_t i = 0; i < count && r == 0; i++)
		r = read_section(patterns, parsed, file, names[i], error);
	econf_freeArray(names);
	return r;
}

static int read_file(struct patterns *patterns, const char *file, struct parse_error *error)
{
	econf_file *parsed = NULL;
	int r;

	if (dropins_is_mask(file))
		return 0;
	r = settings_read(file, &parsed, error);
	if (r == 0)
		r = read_sections(patterns, parsed, file, error);
	econf_freeFile(parsed);
	return r;
}

int patterns_load(struct patterns **out, const char *const *dirs, struct parse_error *error)
{
	_cleanup_(dropins_done) struct dropins files = { 0 };
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
