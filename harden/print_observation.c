/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "print_observation.h"

#include <errno.h>
#include <inttypes.h>

#include "cleanup.h"
#include "printed.h"

#define LISTED_MAX 20

void print_calls(struct text *text, const uint64_t counts[CALL_COUNT_])
{
	const char *between = "";

	for (int i = 0; i < CALL_COUNT_; i++)
		if (counts[i]) {
			text_add_format(text, "%s%s %" PRIu64, between,
					call_info((enum ipc_call)i)->name, counts[i]);
			between = ", ";
		}
	if (!*between)
		text_add(text, "none");
}

static bool has_any(const uint64_t counts[CALL_COUNT_])
{
	for (int i = 0; i < CALL_COUNT_; i++)
		if (counts[i])
			return true;
	return false;
}

static void add_calls(struct text *text, const struct observation *observation)
{
	if (!observation->has_calls) {
		text_add(text, "calls: not seen\n");
		return;
	}
	text_add(text, "calls: ");
	print_calls(text, observation->calls);
	text_add_char(text, '\n');
	if (has_any(observation->unknown)) {
		text_add(text, "  and of processes that ended before they could be asked whose "
			       "they are: ");
		print_calls(text, observation->unknown);
		text_add_char(text, '\n');
	}
	if (observation->lost)
		text_add_format(text,
				"  records were lost %" PRIu64 " times: more is logged than can be "
				"taken; see auditctl -s\n",
				observation->lost);
}

static void add_object(struct text *text, const struct seen_object *object)
{
	char key[KEY_TEXT_SIZE], size[SIZE_TEXT_SIZE];

	text_add_format(text, "  %s, mode %04o", object->ref, (unsigned)object->mode);
	if (kind_is_sysv(object->kind))
		text_add_format(text, ", key %s", key_format(object->key, key));
	if (object->bytes)
		text_add_format(text, ", %s", size_format(object->bytes, size));
	if (object->was_there)
		text_add(text, ", was there before it started");
	if (object->is_left)
		text_add(text, ", left behind");
	for (size_t i = 0; i < object->others.count; i++)
		text_add_format(text, "%s%s", i ? ", " : "; also used by ",
				object->others.items[i]);
	text_add_char(text, '\n');
}

int print_observation(const struct observation *observation, FILE *out)
{
	_cleanup_(text_done) struct text text = {0};

	text_add_format(&text, "%s, observed for %" PRIu64 " s with %" PRIu64 " looks at objects\n",
			observation->unit, observation->seconds, observation->looks);
	add_calls(&text, observation);
	text_add_format(&text, "objects: %zu\n", observation->object_count);
	for (size_t i = 0; i < observation->object_count && i < LISTED_MAX; i++)
		add_object(&text, &observation->objects[i]);
	if (observation->object_count > LISTED_MAX)
		text_add_format(&text, "  and %zu more\n", observation->object_count - LISTED_MAX);
	text_add_format(&text, "kept in " OBSERVATION_DIR "/%s.json; next: ipcharden propose %s\n",
			observation->unit, observation->unit);
	if (text.failed)
		return -ENOMEM;
	fputs(text.bytes, out);
	return printed_all(out);
}
