/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What does a product need on this host? Reads its file, the values given for it, and its formulas. */
#include "profiles.h"

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
#include "formula.h"
#include "ipc_limits.h"
#include "object.h"
#include "saturate.h"
#include "settings.h"
#include "text.h"

#define INPUTS_MAX 24

/* A parameter of the profile. */
struct input {
	const struct settings_entry *section;
	const char *name;
	bool is_given;
};

struct evaluation {
	const struct host *host;
	const char *file;
	const struct settings *settings;
	struct input inputs[INPUTS_MAX];
	size_t input_count;
	/* inputs, then the host's facts */
	struct formula_name names[INPUTS_MAX + 3];
	size_t name_count;
	struct parse_error *error;
};

static const char input_prefix[] = "parameter ";

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

static const struct settings_entry *find(const struct settings *settings, const char *section,
					 const char *key)
{
	for (size_t i = 0; i < settings->count; i++) {
		const struct settings_entry *entry = &settings->entries[i];

		if (entry->key && !strcmp(entry->section, section) && !strcmp(entry->key, key))
			return entry;
	}
	return NULL;
}

/* Up to three digits. */
static const char *parse_part(const char *text, uint64_t *part)
{
	size_t length = strspn(text, "0123456789");

	*part = strtoul(text, NULL, 10);
	return length >= 1 && length <= 3 ? text + length : NULL;
}

/* "17.4" is 17004; "17" alone is its newest minor release. */
static int parse_version(const char *text, uint64_t *value)
{
	uint64_t major, minor = 999;

	text = parse_part(text, &major);
	if (text && *text == '.')
		text = parse_part(text + 1, &minor);
	if (!text || *text)
		return -EINVAL;
	*value = major * 1000 + minor;
	return 0;
}

static int parse_yesno(const char *text, uint64_t *value)
{
	*value = !strcmp(text, "yes");
	return *value || !strcmp(text, "no") ? 0 : -EINVAL;
}

static int parse_pages2k(const char *text, uint64_t *value)
{
	if (!limit_parse(text, value))
		return size_parse(text, value);
	*value = saturate_mul(*value, 2048);
	return 0;
}

static int parse_plain(const char *text, uint64_t *value)
{
	return limit_parse(text, value) ? 0 : -EINVAL;
}

static const struct {
	const char *name, *takes;
	int (*parse)(const char *text, uint64_t *value);
} types[] = {
	{"number", "a whole number", parse_plain},
	{"bytes", "a size such as 512M, 64G or a number of bytes", size_parse},
	{"version", "a version such as 17 or 17.4", parse_version},
	{"yesno", "yes or no", parse_yesno},
	{"pages2k", "a number of pages of 2 KiB, or a size such as 64G", parse_pages2k},
};

#define TYPE_COUNT (sizeof(types) / sizeof(types[0]))

/* check_file() has seen that its type is one of them. */
static int parse_input(const struct evaluation *ev, const struct input *input, const char *text,
		       uint64_t *value)
{
	const struct settings_entry *type = find(ev->settings, input->section->section, "Type");
	size_t at = 0;

	while (strcmp(types[at].name, type->value) != 0)
		at++;
	if (types[at].parse(text, value) < 0)
		return settings_fail(ev->error, -EINVAL, ev->file, 0, "%s=%.60s: takes %s",
				     input->name, text, types[at].takes);
	*value = saturate_known(*value);
	return 0;
}

static int add_name(struct evaluation *ev, const char *name, uint64_t value)
{
	ev->names[ev->name_count++] = (struct formula_name){name, value};
	return 0;
}

/* The value as given, the default, or none. */
static int read_input(struct evaluation *ev, const struct settings_entry *section)
{
	struct input *input = &ev->inputs[ev->input_count];
	const struct settings_entry *preset = find(ev->settings, section->section, "Default");
	uint64_t value = OBJECT_UNKNOWN;
	int r = 0;

	if (ev->input_count == INPUTS_MAX)
		return settings_fail(ev->error, -EINVAL, ev->file, section->line,
				     "more than %d parameters", INPUTS_MAX);
	*input =
		(struct input){.section = section, .name = section->section + strlen(input_prefix)};
	if (preset)
		r = parse_input(ev, input, preset->value, &value);
	ev->input_count++;
	return r < 0 ? r : add_name(ev, input->name, value);
}

static int read_inputs(struct evaluation *ev)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ev->settings->count; i++) {
		const struct settings_entry *entry = &ev->settings->entries[i];

		if (!entry->key && !strncmp(entry->section, input_prefix, strlen(input_prefix)))
			r = read_input(ev, entry);
	}
	return r;
}

static int complain_input(const struct evaluation *ev, const char *name)
{
	_cleanup_(text_done) struct text known = {0};

	for (size_t i = 0; i < ev->input_count; i++)
		text_add_format(&known, "%s%s", i ? ", " : "", ev->inputs[i].name);
	return settings_fail(ev->error, -EINVAL, ev->file, 0,
			     "%.60s: no parameter of this profile: %s", name,
			     known.length ? known.bytes : "it has none");
}

static int set_input(struct evaluation *ev, char *word)
{
	char *sign = strchr(word, '=');

	if (!sign)
		return settings_fail(ev->error, -EINVAL, ev->file, 0, "%.60s: not key=value", word);
	*sign = '\0';
	for (size_t i = 0; i < ev->input_count; i++) {
		if (strcmp(ev->inputs[i].name, word))
			continue;
		if (ev->inputs[i].is_given)
			return settings_fail(ev->error, -EINVAL, ev->file, 0, "%s is given twice",
					     word);
		ev->inputs[i].is_given = true;
		return parse_input(ev, &ev->inputs[i], sign + 1, &ev->names[i].value);
	}
	return complain_input(ev, word);
}

static int set_inputs(struct evaluation *ev, char *text)
{
	char *word, *rest = text;
	int r = 0;

	while (r == 0 && (word = strsep(&rest, ",")))
		r = set_input(ev, word);
	return r;
}

static int check_inputs(const struct evaluation *ev)
{
	for (size_t i = 0; i < ev->input_count; i++) {
		const struct settings_entry *required =
			find(ev->settings, ev->inputs[i].section->section, "Required");

		if (ev->names[i].value == OBJECT_UNKNOWN &&
		    (!required || strcmp(required->value, "no")))
			return settings_fail(ev->error, -EINVAL, ev->file, 0,
					     "%s= must be given with this profile",
					     ev->inputs[i].name);
	}
	return 0;
}

static int add_value(struct evaluation *ev, struct profile_need *need, unsigned target,
		     const struct settings_entry *entry)
{
	const struct settings_entry *source = find(ev->settings, entry->section, "Source");
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
	static const char *const keys[] = {"Type", "Default", "Required", "Help", NULL};
	const struct settings_entry *type = find(ev->settings, entry->section, "Type");
	size_t known = 0;

	while (type && known < TYPE_COUNT && strcmp(types[known].name, type->value) != 0)
		known++;
	if (!type || known == TYPE_COUNT)
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

		if (!strncmp(entry->section, input_prefix, strlen(input_prefix)))
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
		    !strncmp(entry->section, input_prefix, strlen(input_prefix)))
			continue;
		r = add_of_section(ev, need, sysctl, entry);
	}
	return r;
}

static int fill_need(struct profile_need *need, const char *name, const struct settings *settings)
{
	const struct settings_entry *title = find(settings, "Profile", "Title");
	const struct settings_entry *note = find(settings, "Profile", "Note");

	need->name = strdup(name);
	need->title = strdup(title ? title->value : name);
	need->note = note ? strdup(note->value) : NULL;
	return need->name && need->title && (!note || need->note) ? 0 : -ENOMEM;
}

static int evaluate(struct profile_need *need, const char *file, const char *name, char *values,
		    const struct host *host, struct parse_error *error)
{
	_cleanup_(settings_done) struct settings settings = {0};
	struct evaluation ev = {.host = host, .file = file, .settings = &settings, .error = error};
	int r = settings_read(&settings, file, error);

	if (r == 0)
		r = check_file(&ev);
	if (r == 0)
		r = read_inputs(&ev);
	if (r == 0 && values)
		r = set_inputs(&ev, values);
	if (r == 0)
		r = check_inputs(&ev);
	add_name(&ev, "ram", host->ram_bytes);
	add_name(&ev, "page_size", host->page_size);
	/* without huge pages nothing about them is said */
	add_name(&ev, "hugepage_size",
		 host->default_hugepage_size ? host->default_hugepage_size : OBJECT_UNKNOWN);
	if (r == 0)
		r = add_values(&ev, need);
	return r < 0 ? r : fill_need(need, name, &settings);
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
		const struct settings_entry *help = find(settings, section, "Help");
		const struct settings_entry *preset = find(settings, section, "Default");
		const struct settings_entry *type = find(settings, section, "Type");

		if (settings->entries[i].key ||
		    strncmp(section, input_prefix, strlen(input_prefix)))
			continue;
		fprintf(out, "    %s=%s", section + strlen(input_prefix), type ? type->value : "");
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
		title = find(&settings, "Profile", "Title");
		fprintf(out, "%.*s%s%s\n", (int)(strlen(base) - strlen(".conf")), base,
			title ? ": " : "", title ? title->value : "");
		print_inputs(out, &settings);
	}
	return r;
}
