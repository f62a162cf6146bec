/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What does a product need on this host? Reads its file, the values given for it, and its formulas. */
#include "profiles_internal.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "dropins.h"
#include "object.h"
#include "saturate.h"

const char *const *profiles_dirs(void)
{
	static char beside[PATH_MAX + sizeof("/profiles.d")];
	static const char *dirs[] = {"/usr/lib/ipcguard/profiles.d", "/etc/ipcguard/profiles.d",
				     NULL};
	ssize_t n = readlink("/proc/self/exe", beside, PATH_MAX);
	char *slash;
	struct stat st;

	if (n <= 0 || n == PATH_MAX)
		return dirs;
	beside[n] = '\0';
	slash = strrchr(beside, '/');
	strcpy(slash, "/profiles.d");
	if (stat(beside, &st) == 0 && S_ISDIR(st.st_mode))
		dirs[0] = beside;
	return dirs;
}

static void need_done(struct profile_need *need)
{
	free(need->name);
	free(need->title);
	free(need->note);
	free(need->doubt);
	for (size_t i = 0; i < need->count; i++) {
		free(need->values[i].formula);
		free(need->values[i].source);
	}
	free(need->values);
}

void profile_needs_done(struct profile_needs *needs)
{
	for (size_t i = 0; i < needs->count; i++)
		need_done(&needs->list[i]);
	free(needs->list);
	*needs = (struct profile_needs){0};
}

uint64_t profile_need_of(const struct profile_need *need, unsigned target)
{
	for (size_t i = 0; i < need->count; i++)
		if (need->values[i].target == target)
			return need->values[i].value;
	return 0;
}

const struct settings_entry *profile_find(const struct settings *settings, const char *section,
					  const char *key)
{
	for (size_t i = 0; i < settings->count; i++) {
		const struct settings_entry *entry = &settings->entries[i];

		if (entry->key && !strcmp(entry->section, section) && !strcmp(entry->key, key))
			return entry;
	}
	return NULL;
}

static int add_value(struct evaluation *ev, struct profile_need *need, unsigned target,
		     const struct settings_entry *entry)
{
	const struct settings_entry *source = profile_find(ev->settings, entry->section, "Source");
	const char *culprit = NULL;
	struct profile_value *grown, value = {.target = target};
	int r = formula_evaluate(entry->value, ev->names, ev->name_count, &value.value, &culprit);

	/* a parameter that may be missing: what depends on it is not said */
	if (r == -ENODATA && culprit == ev->names[ev->name_count - 3].name)
		return settings_fail(ev->error, r, ev->file, entry->line,
				     "the size of memory is needed, and not known here");
	if (r == -ENODATA)
		return 0;
	if (r == -EDOM)
		return settings_fail(ev->error, -EINVAL, ev->file, entry->line,
				     "%s=: something is divided by 0", entry->key);
	if (r < 0)
		return settings_fail(ev->error, -EINVAL, ev->file, entry->line,
				     "%s=: no formula from here: %.60s", entry->key, culprit);
	value.formula = strdup(entry->value);
	value.source = strdup(source ? source->value : "");
	grown = reallocarray(need->values, need->count + 1, sizeof(*grown));
	if (grown)
		need->values = grown;
	if (!grown || !value.formula || !value.source) {
		free(value.formula);
		free(value.source);
		return -ENOMEM;
	}
	grown[need->count++] = value;
	return 0;
}

static int complain_key(const struct evaluation *ev, const struct settings_entry *entry)
{
	return settings_fail(ev->error, -EINVAL, ev->file, entry->line,
			     "%.60s=: no such key in [%.60s]", entry->key, entry->section);
}

static bool is_one_of(const char *word, const char *const *words)
{
	while (*words && strcmp(*words, word) != 0)
		words++;
	return *words;
}

static int check_parameter(const struct evaluation *ev, const struct settings_entry *entry)
{
	static const char *const keys[] = {"Type", "Default", "Required", "Least",
					   "Most", "Help",    NULL};
	const struct settings_entry *type = profile_find(ev->settings, entry->section, "Type");

	if (!type || !profile_type_is_known(type->value))
		return settings_fail(ev->error, -EINVAL, ev->file, entry->line,
				     "[%.100s]: no Type= that is known", entry->section);
	if (!entry->key)
		return 0;
	if (!strcmp(entry->key, "Required") &&
	    !is_one_of(entry->value, (const char *const[]){"yes", "no", NULL}))
		return settings_fail(ev->error, -EINVAL, ev->file, entry->line,
				     "Required=%.60s: takes yes or no", entry->value);
	return is_one_of(entry->key, keys) ? 0 : complain_key(ev, entry);
}

/* A slip of the pen must not pass for something that isn't said. */
static int check_file(const struct evaluation *ev)
{
	static const char *const keys[] = {"Title", "Note", NULL};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ev->settings->count; i++) {
		const struct settings_entry *entry = &ev->settings->entries[i];

		if (!strncmp(entry->section, INPUT_PREFIX, strlen(INPUT_PREFIX)))
			r = check_parameter(ev, entry);
		else if (!strcmp(entry->section, "Profile"))
			r = !entry->key || is_one_of(entry->key, keys) ? 0
								       : complain_key(ev, entry);
		else if (sysctl_by_name(entry->section) < 0 && strcmp(entry->section, NR_HUGEPAGES))
			r = settings_fail(ev->error, -EINVAL, ev->file, entry->line,
					  "[%.100s]: no sysctl that ipctune knows", entry->section);
	}
	return r;
}

static int add_of_section(struct evaluation *ev, struct profile_need *need, int sysctl,
			  const struct settings_entry *entry)
{
	unsigned count = 1;
	unsigned first = TARGET_HUGEPAGES;

	if (!strcmp(entry->key, "Source"))
		return 0;
	if (sysctl >= 0)
		first = sysctl_parameters((enum sysctl_id)sysctl, &count);
	if (count == 1)
		return strcmp(entry->key, "Value") ? complain_key(ev, entry)
						   : add_value(ev, need, first, entry);
	for (unsigned i = 0; i < count; i++)
		if (!strcasecmp(entry->key, parameter_name((enum parameter_id)(first + i))))
			return add_value(ev, need, (unsigned)(first + i), entry);
	return complain_key(ev, entry);
}

static int add_values(struct evaluation *ev, struct profile_need *need)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ev->settings->count; i++) {
		const struct settings_entry *entry = &ev->settings->entries[i];
		int sysctl = sysctl_by_name(entry->section);

		if (!entry->key || !strcmp(entry->section, "Profile") ||
		    !strncmp(entry->section, INPUT_PREFIX, strlen(INPUT_PREFIX)))
			continue;
		r = add_of_section(ev, need, sysctl, entry);
	}
	return r;
}

static int fill_need(struct profile_need *need, const char *name, const struct evaluation *ev)
{
	const struct settings_entry *title = profile_find(ev->settings, "Profile", "Title");
	const struct settings_entry *note = profile_find(ev->settings, "Profile", "Note");

	need->name = strdup(name);
	need->title = strdup(title ? title->value : name);
	need->note = note ? strdup(note->value) : NULL;
	need->doubt = ev->doubts.length ? strdup(ev->doubts.bytes) : NULL;
	return need->name && need->title && (!note || need->note) && !ev->doubts.failed &&
			       (!ev->doubts.length || need->doubt)
		       ? 0
		       : -ENOMEM;
}

static int evaluate_inputs(struct evaluation *ev, struct profile_need *need, char *values)
{
	const struct host *host = ev->host;
	int r = check_file(ev);

	if (r == 0)
		r = profile_read_inputs(ev, values);
	profile_add_name(ev, "ram", host->ram_bytes);
	profile_add_name(ev, "page_size", host->page_size);
	/* without huge pages nothing about them is said */
	profile_add_name(ev, "hugepage_size",
			 host->default_hugepage_size ? host->default_hugepage_size
						     : OBJECT_UNKNOWN);
	return r == 0 ? add_values(ev, need) : r;
}

static int evaluate(struct profile_need *need, const char *file, const char *name, char *values,
		    const struct host *host, struct parse_error *error)
{
	_cleanup_(settings_done) struct settings settings = {0};
	_cleanup_free_ char *wish = NULL;
	struct evaluation ev = {.host = host, .file = file, .settings = &settings, .error = error};
	int r;

	if (asprintf(&wish, "--for=%s", name) < 0) {
		wish = NULL;
		return -ENOMEM;
	}
	ev.wish = wish;
	r = settings_read(&settings, file, error);
	if (r == 0)
		r = evaluate_inputs(&ev, need, values);
	if (r == 0)
		r = fill_need(need, name, &ev);
	text_done(&ev.doubts);
	return r;
}

static bool is_file_of(const char *path, const char *name)
{
	const char *base = strrchr(path, '/') + 1;
	size_t length = strlen(name);

	return !strncmp(base, name, length) && !strcmp(base + length, ".conf");
}

static int complain_name(const struct dropins *files, const char *name, struct parse_error *error)
{
	_cleanup_(text_done) struct text known = {0};

	for (size_t i = 0; i < files->count; i++) {
		const char *base = strrchr(files->paths[i], '/') + 1;

		text_add_format(&known, "%s%.*s", i ? ", " : "",
				(int)(strlen(base) - strlen(".conf")), base);
	}
	return settings_fail(error, -ENOENT, "--for", 0, "%.60s: no such profile: there are %s",
			     name, known.length ? known.bytes : "none");
}

static int append(struct profile_needs *needs, struct profile_need *need)
{
	struct profile_need *grown = reallocarray(needs->list, needs->count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	needs->list = grown;
	grown[needs->count++] = *need;
	return 0;
}

int profiles_add(struct profile_needs *needs, const char *text, const struct host *host,
		 const char *const *dirs, struct parse_error *error)
{
	_cleanup_(dropins_done) struct dropins files = {0};
	_cleanup_free_ char *name = strdup(text);
	struct profile_need need = {0};
	char *values;
	int r = name ? dropins_list(&files, dirs, error) : -ENOMEM;

	if (r < 0)
		return r;
	values = strchr(name, ':');
	if (values)
		*values++ = '\0';
	r = -ENOENT;
	for (size_t i = 0; i < files.count; i++)
		if (is_file_of(files.paths[i], name) && !dropins_is_mask(files.paths[i]))
			r = evaluate(&need, files.paths[i], name, values, host, error);
	if (r == -ENOENT && !error->what)
		r = complain_name(&files, name, error);
	if (r == 0)
		r = append(needs, &need);
	if (r < 0)
		need_done(&need);
	return r;
}

static void print_inputs(FILE *out, const struct settings *settings)
{
	for (size_t i = 0; i < settings->count; i++) {
		const char *section = settings->entries[i].section;
		const struct settings_entry *help = profile_find(settings, section, "Help");
		const struct settings_entry *preset = profile_find(settings, section, "Default");
		const struct settings_entry *type = profile_find(settings, section, "Type");

		if (settings->entries[i].key ||
		    strncmp(section, INPUT_PREFIX, strlen(INPUT_PREFIX)))
			continue;
		fprintf(out, "    %s=%s", section + strlen(INPUT_PREFIX), type ? type->value : "");
		if (preset)
			fprintf(out, " (%s)", preset->value);
		fprintf(out, "%s%s\n", help ? "  " : "", help ? help->value : "");
	}
}

int profiles_print(FILE *out, const char *const *dirs, struct parse_error *error)
{
	_cleanup_(dropins_done) struct dropins files = {0};
	int r = dropins_list(&files, dirs, error);

	for (size_t i = 0; r == 0 && i < files.count; i++) {
		_cleanup_(settings_done) struct settings settings = {0};
		const char *base = strrchr(files.paths[i], '/') + 1;
		const struct settings_entry *title;

		if (dropins_is_mask(files.paths[i]))
			continue;
		r = settings_read(&settings, files.paths[i], error);
		title = profile_find(&settings, "Profile", "Title");
		fprintf(out, "%.*s%s%s\n", (int)(strlen(base) - strlen(".conf")), base,
			title ? ": " : "", title ? title->value : "");
		print_inputs(out, &settings);
	}
	return r;
}
