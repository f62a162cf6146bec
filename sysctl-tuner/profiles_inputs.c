/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may be given for a product, and was: types, ranges, and values that hardly mean what they say. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "ipc_limits.h"
#include "object.h"
#include "profiles_internal.h"
#include "saturate.h"

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

bool profile_type_is_known(const char *type)
{
	for (size_t i = 0; i < TYPE_COUNT; i++)
		if (!strcmp(types[i].name, type))
			return true;
	return false;
}

/* check_file() has seen that its type is one of them. */
static size_t type_of(const struct evaluation *ev, const struct input *input)
{
	const struct settings_entry *type =
		profile_find(ev->settings, input->section->section, "Type");
	size_t at = 0;

	while (strcmp(types[at].name, type->value) != 0)
		at++;
	return at;
}

static int parse_input(const struct evaluation *ev, const struct input *input, const char *place,
		       const char *text, uint64_t *value)
{
	size_t type = type_of(ev, input);
	int r = types[type].parse(text, value);

	if (r == -ERANGE)
		return settings_fail(ev->error, -EINVAL, place, 0, "%s=%.60s: past 2^64",
				     input->name, text);
	if (r < 0)
		return settings_fail(ev->error, -EINVAL, place, 0, "%s=%.60s: takes %s",
				     input->name, text, types[type].takes);
	*value = saturate_known(*value);
	return 0;
}

/* A bound of the file, or what stands without one. */
static int read_bound(const struct evaluation *ev, const struct input *input, const char *key,
		      uint64_t *bound)
{
	const struct settings_entry *entry =
		profile_find(ev->settings, input->section->section, key);

	return entry ? parse_input(ev, input, ev->file, entry->value, bound) : 0;
}

static int check_range(const struct evaluation *ev, const struct input *input, const char *text,
		       uint64_t value)
{
	const char *section = input->section->section;
	const struct settings_entry *least = profile_find(ev->settings, section, "Least");
	const struct settings_entry *most = profile_find(ev->settings, section, "Most");

	if (value >= input->least && value <= input->most)
		return 0;
	if (!most)
		return settings_fail(ev->error, -EINVAL, ev->wish, 0, "%s=%.60s: takes %s or more",
				     input->name, text, least->value);
	return settings_fail(ev->error, -EINVAL, ev->wish, 0, "%s=%.60s: takes %s to %s",
			     input->name, text, least ? least->value : "0", most->value);
}

/* Products show their sizes in MB or GB, and a bare number is bytes: fewer than that is nobody's memory. */
#define BYTES_LEAST (UINT64_C(1) << 20)

static void doubt_bytes(struct evaluation *ev, const struct input *input, const char *text,
			uint64_t value)
{
	uint64_t bare;

	if (types[type_of(ev, input)].parse != size_parse || !value || value >= BYTES_LEAST ||
	    !limit_parse(text, &bare))
		return;
	text_add_format(&ev->doubts,
			"%s%s=%s is so many bytes: if it is meant in MB or GB, write %sM or %sG",
			ev->doubts.length ? "; " : "", input->name, text, text, text);
}

void profile_add_name(struct evaluation *ev, const char *name, uint64_t value)
{
	ev->names[ev->name_count++] = (struct formula_name){name, value};
}

/* The value as given, the default, or none. */
static int read_input(struct evaluation *ev, const struct settings_entry *section)
{
	struct input *input = &ev->inputs[ev->input_count];
	const struct settings_entry *preset =
		profile_find(ev->settings, section->section, "Default");
	uint64_t value = OBJECT_UNKNOWN;
	int r;

	if (ev->input_count == INPUTS_MAX)
		return settings_fail(ev->error, -EINVAL, ev->file, section->line,
				     "more than %d parameters", INPUTS_MAX);
	*input =
		(struct input){.section = section, .name = section->section + strlen(INPUT_PREFIX)};
	input->most = SATURATED;
	r = read_bound(ev, input, "Least", &input->least);
	if (r == 0)
		r = read_bound(ev, input, "Most", &input->most);
	if (r == 0 && preset)
		r = parse_input(ev, input, ev->file, preset->value, &value);
	ev->input_count++;
	profile_add_name(ev, input->name, value);
	return r;
}

static int read_inputs(struct evaluation *ev)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ev->settings->count; i++) {
		const struct settings_entry *entry = &ev->settings->entries[i];

		if (!entry->key && !strncmp(entry->section, INPUT_PREFIX, strlen(INPUT_PREFIX)))
			r = read_input(ev, entry);
	}
	return r;
}

static int complain_input(const struct evaluation *ev, const char *name)
{
	_cleanup_(text_done) struct text known = {0};

	for (size_t i = 0; i < ev->input_count; i++)
		text_add_format(&known, "%s%s", i ? ", " : "", ev->inputs[i].name);
	return settings_fail(ev->error, -EINVAL, ev->wish, 0,
			     "%.60s: no parameter of this profile: %s", name,
			     known.length ? known.bytes : "it has none");
}

static int give_input(struct evaluation *ev, size_t at, const char *text)
{
	struct input *input = &ev->inputs[at];
	uint64_t *value = &ev->names[at].value;
	int r;

	if (input->is_given)
		return settings_fail(ev->error, -EINVAL, ev->wish, 0, "%s is given twice",
				     input->name);
	input->is_given = true;
	r = parse_input(ev, input, ev->wish, text, value);
	if (r == 0)
		r = check_range(ev, input, text, *value);
	if (r == 0)
		doubt_bytes(ev, input, text, *value);
	return r;
}

static int set_input(struct evaluation *ev, char *word)
{
	char *sign = strchr(word, '=');

	if (!*word)
		return settings_fail(ev->error, -EINVAL, ev->wish, 0,
				     "nothing stands before or behind a comma or the colon");
	if (!sign)
		return settings_fail(ev->error, -EINVAL, ev->wish, 0, "%.60s: not key=value", word);
	*sign = '\0';
	for (size_t i = 0; i < ev->input_count; i++)
		if (!strcmp(ev->inputs[i].name, word))
			return give_input(ev, i, sign + 1);
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
			profile_find(ev->settings, ev->inputs[i].section->section, "Required");

		if (ev->names[i].value == OBJECT_UNKNOWN &&
		    (!required || strcmp(required->value, "no")))
			return settings_fail(ev->error, -EINVAL, ev->wish, 0,
					     "%s= must be given with this profile",
					     ev->inputs[i].name);
	}
	return 0;
}

int profile_read_inputs(struct evaluation *ev, char *values)
{
	int r = read_inputs(ev);

	if (r == 0 && values)
		r = set_inputs(ev, values);
	return r == 0 ? check_inputs(ev) : r;
}
