/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads samples, and the host they are of, from JSON that may come from anywhere. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "json_reader.h"
#include "object.h"
#include "readall.h"
#include "sample_json.h"
#include "sample_json_internal.h"
#include "sample_lists.h"
#include "saturate.h"
#include "settings.h"
#include "text.h"

#define DOCUMENT_MAX (256 * 1024 * 1024UL)
#define UNIT_MAX 255

/* What a member's function is given besides the place. */
struct reading {
	struct host *host;
	struct sample *sample;
	struct parse_error *error;
};

static int read_uid(const struct json_place *at, bool *has_uid, uid_t *uid,
		    struct parse_error *error)
{
	struct json_place place;
	uint64_t value;
	int r = json_member(at, "uid", &place, error);

	if (r == 0)
		r = json_number(&place, "a user", &value, error);
	if (r <= 0)
		return r;
	if (value >= (uid_t)-1)
		return json_complain(&place, error, "not a uid");
	*has_uid = true;
	*uid = (uid_t)value;
	return 0;
}

/* What a terminal must not be given is escaped; a backslash stays: names of units have them (\x2d). */
static char *escape_unit(const char *name)
{
	_cleanup_free_ char *copy = strdup(name);
	struct text text = {0};
	char *rest = copy, *part;

	while ((part = strsep(&rest, "\\"))) {
		text_add_escaped(&text, part);
		text_add(&text, rest ? "\\" : "");
	}
	if (copy && !text.failed)
		return text.bytes ? text.bytes : strdup("");
	text_done(&text);
	return NULL;
}

/* A unit's name goes to terminals and files. */
static int read_unit(const struct json_place *at, char **unit, struct parse_error *error)
{
	struct json_place place;
	const char *text = NULL;
	int r = json_member(at, "unit", &place, error);

	if (r == 0)
		r = json_string(&place, &text, error);
	if (r < 0 || !text)
		return r;
	*unit = escape_unit(text);
	if (!*unit)
		return -ENOMEM;
	/* as it is written again: what was read can be read the next time, too */
	if (strlen(*unit) > UNIT_MAX)
		return json_complain(&place, error, "longer than %d bytes", UNIT_MAX);
	return 0;
}

/* 2^64-1 is a large number here, and "not known" (OBJECT_UNKNOWN) everywhere else. */
int sample_member_number(const struct json_place *at, const char *key, const char *unit,
			 uint64_t *value, struct parse_error *error)
{
	struct json_place place;
	int r = json_member(at, key, &place, error);

	if (r == 0)
		r = json_number(&place, unit, value, error);
	if (r > 0)
		*value = saturate_known(*value);
	return r;
}

static int read_segment(const struct json_place *at, struct host *host,
			struct sample_segments *group, struct parse_error *error)
{
	int r;

	*group = (struct sample_segments){.count = 1, .hugepage_size = OBJECT_UNKNOWN};
	r = sample_member_number(at, "bytes", "bytes", &group->bytes, error);
	if (r == 0)
		return json_complain(at, error, "has no \"bytes\"");
	if (r > 0)
		r = sample_member_number(at, "hugepage_size", "bytes", &group->hugepage_size,
					 error);
	if (r > 0 && host && group->hugepage_size &&
	    host_add_hugepage_size(host, group->hugepage_size) < 0)
		return json_complain(at, error, "hugepage_size is no size of a huge page");
	if (r >= 0)
		r = sample_member_number(at, "count", "segments", &group->count, error);
	if (r >= 0)
		r = read_uid(at, &group->has_uid, &group->uid, error);
	return r < 0 ? r : read_unit(at, &group->unit, error);
}

static int read_segments(const struct json_place *shm, struct host *host, struct sample *sample,
			 struct parse_error *error)
{
	struct json_place list;
	size_t count = 0;
	int r = json_member(shm, "segments", &list, error);

	if (r == 0)
		r = json_length(&list, &count, error);
	if (r < 0 || !list.value)
		return r;
	/* an empty list is there all the same: no segments, instead of not measured */
	sample->segments = calloc(count + 1, sizeof(*sample->segments));
	if (!sample->segments)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < count; i++) {
		struct json_place element = json_element(&list, i);

		r = read_segment(&element, host, &sample->segments[sample->segment_count++], error);
	}
	return r;
}

static int read_owner(const struct json_place *at, struct sample_owner *owner,
		      struct parse_error *error)
{
	int r = read_uid(at, &owner->has_uid, &owner->uid, error);

	if (r == 0)
		r = read_unit(at, &owner->unit, error);
	for (size_t i = 0; r >= 0 && i < OWNER_MEMBERS; i++)
		r = sample_member_number(
			at, owner_members[i].name, owner_members[i].name,
			(uint64_t *)(void *)((char *)owner + owner_members[i].offset), error);
	return r < 0 ? r : 0;
}

static int read_owners(const struct json_place *at, struct sample *sample,
		       struct parse_error *error)
{
	struct json_place list;
	size_t count = 0;
	int r = json_member(at, "owners", &list, error);

	if (r == 0)
		r = json_length(&list, &count, error);
	if (r < 0 || !count)
		return r;
	sample->owners = calloc(count, sizeof(*sample->owners));
	if (!sample->owners)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < count; i++) {
		struct json_place element = json_element(&list, i);

		r = read_owner(&element, &sample->owners[sample->owner_count++], error);
	}
	return r;
}

static int read_figures(const struct json_place *sections, const char *name, struct host *host,
			struct sample *sample, struct parse_error *error)
{
	struct json_place section;
	int r = json_member(sections, name, &section, error);

	for (int id = 0; r >= 0 && id < FIGURE_COUNT_; id++)
		if (!strcmp(figure_members[id].section, name))
			r = sample_member_number(&section, figure_members[id].name,
						 figure_members[id].unit, &sample->figures[id],
						 error);
	if (r >= 0 && !strcmp(name, "shm"))
		r = read_segments(&section, host, sample, error);
	return r < 0 ? r : 0;
}

static bool is_uid(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits && digits <= 10 && !text[digits] && strtoull(text, NULL, 10) < (uid_t)-1;
}

/* A user's queues in `owners` are of several units; here is their sum. */
static int add_mqueue_user(const struct json_place *member, void *data)
{
	struct reading *reading = data;
	struct sample *sample = reading->sample;
	uint64_t bytes = 0;
	int r = is_uid(member->key) ? json_number(member, "bytes", &bytes, reading->error)
				    : json_complain(member, reading->error, "not a uid");

	if (r <= 0)
		return r;
	bytes = saturate_known(bytes);
	if (sample->figures[FIGURE_MQ_BYTES_OF_USER] == OBJECT_UNKNOWN ||
	    sample->figures[FIGURE_MQ_BYTES_OF_USER] < bytes)
		sample->figures[FIGURE_MQ_BYTES_OF_USER] = bytes;
	return 0;
}

static int read_mqueue_users(const struct json_place *at, struct sample *sample,
			     struct parse_error *error)
{
	struct reading reading = {.sample = sample, .error = error};
	struct json_place mqueue, users;
	int r = json_member(at, "mqueue", &mqueue, error);

	if (r == 0)
		r = json_member(&mqueue, "bytes_by_uid", &users, error);
	return r < 0 ? r : json_each(&users, add_mqueue_user, &reading, error);
}

static int add_hugepages(const struct json_place *member, void *data)
{
	struct reading *reading = data;
	struct sample_huge huge = {.pages = OBJECT_UNKNOWN, .would = OBJECT_UNKNOWN};
	int r = sample_member_size(member, reading->host, &huge.size, reading->error);

	if (r >= 0)
		r = sample_member_number(member, "pages", "pages", &huge.pages, reading->error);
	if (r >= 0)
		r = sample_member_number(member, "would", "pages", &huge.would, reading->error);
	if (r < 0)
		return r;
	sample_raise_huge(reading->sample, &huge);
	return 0;
}

static int read_hugepages(const struct json_place *at, struct host *host, struct sample *sample,
			  struct parse_error *error)
{
	struct reading reading = {.host = host, .sample = sample, .error = error};
	struct json_place hugepages, sizes;
	int r = json_member(at, "hugepages", &hugepages, error);

	if (r == 0)
		r = json_member(&hugepages, "needed", &sizes, error);
	return r < 0 ? r : json_each(&sizes, add_hugepages, &reading, error);
}

/* Where the document tells no owners: those of its segments. */
static int owners_of_segments(struct sample *sample, const struct host *host)
{
	bool has_owners = sample->owner_count;

	for (size_t i = 0; !has_owners && i < sample->segment_count; i++) {
		const struct sample_segments *group = &sample->segments[i];
		struct sample_owner *owner;

		if (!group->has_uid && !group->unit)
			continue;
		owner = sample_owner_of(sample, group->has_uid, group->uid, group->unit);
		if (!owner)
			return -ENOMEM;
		saturate_add(&owner->segments, group->count);
		saturate_add(&owner->pages,
			     saturate_mul(group->count, pages_of(group->bytes, host->page_size)));
		if (owner->largest_segment < group->bytes)
			owner->largest_segment = group->bytes;
	}
	sample_sort_lists(sample);
	return 0;
}

static int read_sample(const struct json_place *at, struct host *host, struct sample *sample,
		       struct parse_error *error)
{
	uint64_t time = 0;
	int r = sample_member_number(at, "time", "seconds", &time, error);

	if (r >= 0 && time > INT64_MAX)
		return json_complain(at, error, "time is past the end of time");
	sample->time = (time_t)time;
	for (size_t i = 0; r >= 0 && i < SAMPLE_SECTIONS; i++)
		r = read_figures(at, sample_sections[i], host, sample, error);
	if (r >= 0)
		r = read_mqueue_users(at, sample, error);
	if (r >= 0)
		r = read_hugepages(at, host, sample, error);
	if (r >= 0)
		r = read_owners(at, sample, error);
	if (r >= 0)
		r = sample_member_number(at, "failed_hugepages", "failures",
					 &sample->failed_hugepages, error);
	if (r >= 0)
		r = owners_of_segments(sample, host);
	return r < 0 ? r : 0;
}

static int by_time(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	return (x->time > y->time) - (x->time < y->time);
}

static int read_samples(const struct json_place *document, struct host *host,
			struct samples *samples, struct parse_error *error)
{
	struct json_place list;
	size_t count = 0;
	int r = json_member(document, "samples", &list, error);

	if (r == 0)
		r = json_length(&list, &count, error);
	for (size_t i = 0; r == 0 && i < count; i++) {
		struct json_place element = json_element(&list, i);
		struct sample *sample = samples_append(samples);

		r = sample ? read_sample(&element, host, sample, error) : -ENOMEM;
	}
	/* not before all sizes of huge pages are known */
	if (host->hugepage_size_count < 2)
		host->default_hugepage_size_unknown = false;
	for (size_t i = 0; r == 0 && i < samples->count; i++)
		sample_add_up(&samples->list[i], host);
	if (r == 0 && samples->count)
		qsort(samples->list, samples->count, sizeof(*samples->list), by_time);
	return r;
}

static int check_schema(const struct json_place *document, struct parse_error *error)
{
	struct json_place place;
	const char *schema = NULL;
	int r = json_member(document, "schema", &place, error);

	if (r == 0)
		r = json_string(&place, &schema, error);
	if (r < 0)
		return r;
	if (!schema || strcmp(schema, "ipcguard-sample/1"))
		return json_complain(&place, error, "not ipcguard-sample/1, the one known here");
	return 0;
}

static int read_text(int fd, const char *name, char **text, size_t *length,
		     struct parse_error *error)
{
	size_t allocated = 0;
	ssize_t n;

	*length = 0;
	do {
		size_t more = allocated ? 2 * allocated : 65536;
		char *grown = realloc(*text, more);

		if (!grown)
			return -ENOMEM;
		*text = grown;
		allocated = more;
		n = read_all(fd, *text + *length, allocated - *length);
		if (n < 0)
			return settings_fail(error, (int)n, name, 0, "%s", strerror((int)-n));
		*length += (size_t)n;
		if (*length > DOCUMENT_MAX)
			return settings_fail(error, -EINVAL, name, 0, "larger than 256 MiB");
	} while (*length == allocated);
	return 0;
}

int samples_read_json(int fd, const char *name, struct host *host, struct samples *samples,
		      struct parse_error *error)
{
	_cleanup_(json_freep) struct json_object *parsed = NULL;
	_cleanup_free_ char *text = NULL;
	struct json_place document = {.file = name};
	size_t length;
	int r;

	host_init(host);
	*samples = (struct samples){0};
	r = read_text(fd, name, &text, &length, error);
	if (r == 0)
		r = json_parse(text, length, name, &parsed, error);
	document.value = parsed;
	if (r == 0)
		r = check_schema(&document, error);
	if (r == 0)
		r = host_read_json(&document, host, error);
	return r < 0 ? r : read_samples(&document, host, samples, error);
}

int sample_detail_parse(struct sample *sample, const char *text)
{
	_cleanup_(json_freep) struct json_object *parsed = NULL;
	_cleanup_(parse_error_done) struct parse_error error = {0};
	struct json_place document = {0};
	int r = json_parse(text, strlen(text), "lists", &parsed, &error);

	document.value = parsed;
	if (r == 0)
		r = read_segments(&document, NULL, sample, &error);
	return r < 0 ? r : read_owners(&document, sample, &error);
}
