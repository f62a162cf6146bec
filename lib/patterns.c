/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is known of this name? The catalogue in memory, and how a name is held against it. Files and
 * sections are read by patterns_load.c.
 */
#include "patterns.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "patterns_internal.h"

#define FILE_NAME_SIZE 512
#define PID_MARK "{pid}"

size_t patterns_count(const struct patterns *patterns)
{
	return patterns->count;
}

const char *pattern_name(const struct pattern *pattern)
{
	return pattern->name;
}

const char *pattern_software(const struct pattern *pattern)
{
	return pattern->software;
}

const char *pattern_upstream(const struct pattern *pattern)
{
	return pattern->upstream;
}

bool pattern_is_protected(const struct pattern *pattern)
{
	return pattern->is_protected;
}

bool pattern_has_group(const struct pattern *pattern)
{
	return pattern->group.count > 0;
}

/* The name of the object's file, with its leading slash. Returns NULL for System V. */
static const char *file_name(const struct ipc_object *obj, char buf[FILE_NAME_SIZE])
{
	if (!obj->name)
		return NULL;
	if (obj->kind != KIND_PSEM)
		return obj->name;
	if (snprintf(buf, FILE_NAME_SIZE, "/sem.%s", obj->name + 1) >= FILE_NAME_SIZE)
		return NULL;
	return buf;
}

static const char *matching_glob(const struct pattern *pattern, const char *file)
{
	for (size_t i = 0; i < pattern->match.count; i++)
		if (fnmatch(pattern->match.items[i], file, 0) == 0)
			return pattern->match.items[i];
	return NULL;
}

const struct pattern *patterns_match(const struct patterns *patterns, const struct ipc_object *obj)
{
	char buf[FILE_NAME_SIZE];
	const char *file = file_name(obj, buf);

	for (size_t i = 0; file && i < patterns->count; i++) {
		const struct pattern *pattern = &patterns->all[i];

		if ((pattern->kinds & KIND_BIT(obj->kind)) && matching_glob(pattern, file))
			return pattern;
	}
	return NULL;
}

/* What the glob's first `*` took of the file's name: its place and length, or NULL. */
static const char *first_star(const char *glob, const char *file, size_t *length)
{
	const char *star = strchr(glob, '*');
	size_t prefix = star ? (size_t)(star - glob) : 0;

	/* patterns_load.c has seen that what stands before the star is literal */
	if (!star || strncmp(glob, file, prefix))
		return NULL;
	file += prefix;
	for (*length = strlen(file);; (*length)--) {
		if (fnmatch(star + 1, file + *length, 0) == 0)
			return file;
		if (*length == 0)
			return NULL;
	}
}

/* Whether the template with `taken` put in for {} is the file's name. */
static bool is_expansion(const char *template, const char *taken, size_t length, const char *file)
{
	const char *mark = strstr(template, "{}");
	size_t prefix = mark ? (size_t)(mark - template) : strlen(template);

	if (strncmp(template, file, prefix))
		return false;
	if (!mark)
		return file[prefix] == '\0';
	return !strncmp(file + prefix, taken, length) &&
	       !strcmp(file + prefix + length, mark + strlen("{}"));
}

bool pattern_same_group(const struct pattern *pattern, const struct ipc_object *obj,
			const struct ipc_object *other)
{
	char buf[FILE_NAME_SIZE], other_buf[FILE_NAME_SIZE];
	const char *file = file_name(obj, buf), *other_file = file_name(other, other_buf);
	const char *glob = file ? matching_glob(pattern, file) : NULL, *taken;
	size_t length;

	if (!glob || !other_file)
		return false;
	taken = first_star(glob, file, &length);
	for (size_t i = 0; taken && i < pattern->group.count; i++)
		if (is_expansion(pattern->group.items[i], taken, length, other_file))
			return true;
	return false;
}

static pid_t pid_in(const char *template, const char *file)
{
	const char *mark = strstr(template, PID_MARK);
	size_t prefix = (size_t)(mark - template);
	long pid;
	char *end;

	if (strncmp(template, file, prefix) || !isdigit((unsigned char)file[prefix]))
		return 0;
	errno = 0;
	pid = strtol(file + prefix, &end, 10);
	/* pids end at PID_MAX_LIMIT, 2^22 (include/linux/threads.h) */
	if (errno || pid <= 0 || pid > 4194304 || fnmatch(mark + strlen(PID_MARK), end, 0))
		return 0;
	return (pid_t)pid;
}

pid_t pattern_pid(const struct pattern *pattern, const struct ipc_object *obj)
{
	char buf[FILE_NAME_SIZE];
	const char *file = file_name(obj, buf);

	for (size_t i = 0; file && i < pattern->pid.count; i++) {
		pid_t pid = pid_in(pattern->pid.items[i], file);

		if (pid)
			return pid;
	}
	return 0;
}
