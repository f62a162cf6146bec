/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What ipcharden reads of others: SECCOMP records, mountinfo, limits.conf, /proc/PID/status, its own files. */
#include <string.h>

#include "check_command.h"
#include "fuzz.h"
#include "limitsconf.h"
#include "mounts.h"
#include "observation.h"
#include "observe_look.h"
#include "seccomp.h"
#include "take_back.h"

static void on_limit(const struct limits_line *line, void *data)
{
	size_t *length = data;

	*length += strlen(line->domain);
}

static int on_directive(const char *directive, void *data)
{
	size_t *length = data;

	*length += strlen(directive);
	return 0;
}

static void read_texts(const char *text)
{
	struct string_list words = {0};
	struct mount mount;
	size_t length = 0;

	mount_find(text, "/dev/shm", &mount);
	limitsconf_each(text, on_limit, &length);
	dropin_each(text, on_directive, &length);
	observe_parse_locked(text);
	cgroup_is_in_unit(text, "t.service");
	if (command_words(text, &words) == 0)
		string_list_done(&words);
}

static void read_records(const char *text, size_t size)
{
	struct seccomp_event event;
	struct record record;

	record_read((struct span){text, size}, &record);
	if (record.type == RECORD_SECCOMP)
		seccomp_read(&record, &event);
	seccomp_read_body((struct span){text, size}, &event);
	seccomp_read_fields((struct span){text, size}, &event);
}

static void read_observation(const uint8_t *data, size_t size)
{
	struct parse_error error = {0};
	struct observation observation;
	char path[64];

	snprintf(path, sizeof(path), "%s/t.service.json", fuzz_dir());
	fuzz_write(path, data, size);
	if (observation_load(&observation, fuzz_dir(), "t.service", &error) == 0)
		observation_done(&observation);
	parse_error_done(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	read_records(text, size);
	read_texts(text);
	if (size && text[0] == '{')
		read_observation(data, size);
	free(text);
	return 0;
}
