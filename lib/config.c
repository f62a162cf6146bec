/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What does the administrator want? ipcguard.conf(5): the main file of /etc, /run or /usr/lib, then
 * the drop-ins of all three by name, as systemd and libeconf 0.6 order them (0.5, which some hosts
 * have, neither reads /run nor lets a drop-in replace the vendor's of the same name). libeconf
 * parses; each file is laid over the ones before it, key by key, so that a mistake can name its
 * file and line.
 */
#include "config.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "dropins.h"
#include "settings.h"

#define DEFAULT_DEADLINE_NS (10 * NS_PER_S)
#define DEFAULT_MIN_UID 1000
#define DEFAULT_LIMIT_THRESHOLD 90

void config_defaults(struct config *config)
{
	*config = (struct config){
		.kinds = KINDS_ALL,
		.deadline_ns = DEFAULT_DEADLINE_NS,
		.min_uid = DEFAULT_MIN_UID,
		.limit_threshold = DEFAULT_LIMIT_THRESHOLD,
	};
}

static int list_add(const char *word, void *list)
{
	return string_list_add(list, word);
}

void config_done(struct config *config)
{
	string_list_done(&config->keep_users);
	string_list_done(&config->keep_names);
	free(config->keep_keys);
	config->keep_keys = NULL;
	config->keep_keys_count = 0;
}

int config_add_keep_key(struct config *config, const char *text)
{
	uint32_t key, *grown;
	int r = key_parse(text, &key);

	if (r < 0)
		return r;
	grown = reallocarray(config->keep_keys, config->keep_keys_count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	config->keep_keys = grown;
	grown[config->keep_keys_count++] = key;
	return 0;
}

int config_add_keep_name(struct config *config, const char *glob)
{
	return string_list_add(&config->keep_names, glob);
}

static int parse_wipe(const char *text, enum wipe_mode *mode)
{
	if (!strcmp(text, "no"))
		*mode = WIPE_NO;
	else if (!strcmp(text, "yes"))
		*mode = WIPE_YES;
	else if (!strcmp(text, "try"))
		*mode = WIPE_TRY;
	else if (!strcmp(text, "verify"))
		*mode = WIPE_VERIFY;
	else
		return -EINVAL;
	return 0;
}

/* Each setter takes the value as written; an empty list clears what earlier files added. */

static int set_keep_users(struct config *config, const char *value)
{
	if (!*value)
		string_list_done(&config->keep_users);
	return settings_each_word(value, list_add, &config->keep_users);
}

static int set_keep_names(struct config *config, const char *value)
{
	if (!*value)
		string_list_done(&config->keep_names);
	return settings_each_word(value, list_add, &config->keep_names);
}

static int add_key(const char *word, void *config)
{
	return config_add_keep_key(config, word);
}

static int set_keep_keys(struct config *config, const char *value)
{
	if (!*value)
		config->keep_keys_count = 0;
	return settings_each_word(value, add_key, config);
}

static int set_min_age(struct config *config, const char *value)
{
	config->min_age_is_set = true;
	return span_parse(value, &config->min_age_ns);
}

static int set_keep_unread(struct config *config, const char *value)
{
	static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(value, words[i])) {
			config->keep_unread = i % 2;
			return 0;
		}
	return -EINVAL;
}

static int set_wipe(struct config *config, const char *value)
{
	return parse_wipe(value, &config->wipe);
}

static int set_deadline(struct config *config, const char *value)
{
	return span_parse(value, &config->deadline_ns);
}

static int set_kinds(struct config *config, const char *value)
{
	return kinds_parse(value, &config->kinds);
}

static int set_min_uid(struct config *config, const char *value)
{
	return uid_parse(value, &config->min_uid);
}

static int set_limit_threshold(struct config *config, const char *value)
{
	return percent_parse(value, &config->limit_threshold);
}

static const struct {
	const char *section, *key;
	int (*set)(struct config *config, const char *value);
	const char *takes;
} keys[] = {
	{"Clean", "KeepUsers", set_keep_users, "user names, globs of names, or uids"},
	{"Clean", "KeepKeys", set_keep_keys, "keys: 0x and up to 8 hex digits, or decimal"},
	{"Clean", "KeepNames", set_keep_names, "globs of POSIX names"},
	{"Clean", "MinAge", set_min_age, "a span of time such as 90s, 5min or 2h"},
	{"Clean", "KeepUnread", set_keep_unread, "yes or no"},
	{"Clean", "Wipe", set_wipe, "no, yes, try or verify"},
	{"Clean", "Deadline", set_deadline, "a span of time such as 10s"},
	{"Clean", "Kinds", set_kinds, "a list of shm,sem,msg,pshm,psem,pmq"},
	{"Clean", "MinUid", set_min_uid, "a uid"},
	{"Audit", "LimitThreshold", set_limit_threshold, "a percentage from 1% to 100%"},
};

static int set_key(struct config *config, const char *file, const struct settings_entry *entry,
		   struct parse_error *error)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		int r;

		if (strcmp(keys[i].section, entry->section) || strcmp(keys[i].key, entry->key))
			continue;
		r = keys[i].set(config, entry->value);
		return r == 0 || r == -ENOMEM ? r
					      : settings_fail(error, -EINVAL, file, entry->line,
							      "%s=%.100s: takes %s", entry->key,
							      entry->value, keys[i].takes);
	}
	return settings_fail(error, -EINVAL, file, entry->line, "%.100s=: no such key in [%s]",
			     entry->key, entry->section);
}

static int apply_entry(struct config *config, const char *file, const struct settings_entry *entry,
		       struct parse_error *error)
{
	/* another program's section, whose keys we don't know */
	if (!strcmp(entry->section, "Tune"))
		return 0;
	if (strcmp(entry->section, "Clean") && strcmp(entry->section, "Audit"))
		return settings_fail(error, -EINVAL, file, entry->line, "[%.100s]: no such section",
				     entry->section);
	return entry->key ? set_key(config, file, entry, error) : 0;
}

static int apply_file(struct config *config, const char *file, struct parse_error *error)
{
	_cleanup_(settings_done) struct settings settings = {0};
	int r = settings_read(&settings, file, error);

	for (size_t i = 0; i < settings.count && r == 0; i++)
		r = apply_entry(config, file, &settings.entries[i], error);
	return r;
}

/* The administrator's main file, or the vendor's where there is none. */
static int apply_main_file(struct config *config, const char *root, struct parse_error *error)
{
	static const char *const dirs[] = {"/etc", "/run", "/usr/lib"};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		_cleanup_free_ char *file = NULL;

		if (asprintf(&file, "%s%s/ipcguard.conf", root, dirs[i]) < 0)
			return -ENOMEM;
		if (access(file, F_OK) == 0)
			return dropins_is_mask(file) ? 0 : apply_file(config, file, error);
		if (errno != ENOENT)
			return settings_fail(error, -errno, file, 0, "%s", strerror(errno));
	}
	return 0;
}

static int apply_drop_ins(struct config *config, const char *root, struct parse_error *error)
{
	_cleanup_free_ char *vendor = NULL, *run = NULL, *etc = NULL;
	_cleanup_(dropins_done) struct dropins files = {0};
	int r;

	if (asprintf(&vendor, "%s/usr/lib/ipcguard.conf.d", root) < 0 ||
	    asprintf(&run, "%s/run/ipcguard.conf.d", root) < 0 ||
	    asprintf(&etc, "%s/etc/ipcguard.conf.d", root) < 0)
		return -ENOMEM;
	r = dropins_list(&files, (const char *const[]){vendor, run, etc, NULL}, error);
	for (size_t i = 0; i < files.count && r == 0; i++)
		if (!dropins_is_mask(files.paths[i]))
			r = apply_file(config, files.paths[i], error);
	return r;
}

/* UID_MIN of login.defs(5): the first uid of people. A host without it keeps our default. */
static void read_uid_min(struct config *config, const char *root)
{
	_cleanup_free_ char *file = NULL, *line = NULL;
	_cleanup_fclose_ FILE *f = NULL;
	size_t size = 0;

	if (asprintf(&file, "%s/etc/login.defs", root) < 0) {
		file = NULL;
		return;
	}
	f = fopen(file, "re");
	while (f && getline(&line, &size, f) > 0) {
		char word[16];
		uid_t uid;

		if (sscanf(line, " UID_MIN %15s", word) == 1 && uid_parse(word, &uid) == 0)
			config->min_uid = uid;
	}
}

int config_load(struct config *config, const char *file, const char *root,
		struct parse_error *error)
{
	int r;

	config_defaults(config);
	read_uid_min(config, root ? root : "");
	if (file) {
		r = apply_file(config, file, error);
	} else {
		r = apply_main_file(config, root ? root : "", error);
		if (r == 0)
			r = apply_drop_ins(config, root ? root : "", error);
	}
	if (r < 0)
		config_done(config);
	return r;
}

bool config_keeps_user(const struct config *config, uid_t uid, const char *name)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", uid);
	for (size_t i = 0; i < config->keep_users.count; i++) {
		const char *entry = config->keep_users.items[i];

		if (!strcmp(entry, number) || (name && fnmatch(entry, name, 0) == 0))
			return true;
	}
	return false;
}

bool config_keeps_key(const struct config *config, uint32_t key)
{
	for (size_t i = 0; i < config->keep_keys_count; i++)
		if (config->keep_keys[i] == key)
			return true;
	return false;
}

bool config_keeps_name(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->keep_names.count; i++) {
		const char *glob = config->keep_names.items[i];

		/* the leading slash may be left out */
		if (fnmatch(glob, *glob == '/' ? name : name + 1, 0) == 0)
			return true;
	}
	return false;
}
