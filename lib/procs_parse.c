/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What do /proc/PID/stat, status and cgroup say? Field numbers are those of proc(5). A process
 * chooses its own name, so nothing is searched for behind it that the name could imitate.
 */
#include "procs_parse.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

const char *procs_behind_name(const char *stat)
{
	const char *end = strrchr(stat, ')');

	return end ? end + 1 : "";
}

int procs_parse_stat(const char *text, struct proc *proc)
{
	unsigned flags, threads;
	int ppid;
	uint64_t start;

	/* state ppid pgrp session tty tpgid flags … num_threads (20) itrealvalue starttime (22) */
	if (sscanf(procs_behind_name(text),
		   " %*c %d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
		   "%u %*d %" SCNu64,
		   &ppid, &flags, &threads, &start) != 4)
		return -EBADMSG;
	proc->ppid = ppid;
	proc->threads = threads;
	proc->start_ticks = start;
	proc->is_kernel_thread = flags & PF_KTHREAD;
	return 0;
}

/* The value of a line that begins with key, or NULL. */
static const char *find_line(const char *text, const char *key)
{
	size_t length = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		if (*line == '\n')
			line++;
		if (!strncmp(line, key, length))
			return line + length;
	}
	return NULL;
}

int procs_parse_status(const char *text, struct proc_status *status)
{
	/* the name is the first line; the kernel escapes newlines in it (fs/proc/array.c) */
	const char *state = find_line(text, "State:"), *uid = find_line(text, "Uid:");
	char letter;

	*status = (struct proc_status){0};
	if (!state || !uid || sscanf(state, " %c", &letter) != 1 ||
	    sscanf(uid, " %u %u %u", &status->ruid, &status->euid, &status->suid) != 3)
		return -EBADMSG;
	status->is_dead = letter == 'Z' || letter == 'X';
	return 0;
}

/* The path in a line "ID:CONTROLLERS:PATH" up to its newline. */
static int copy_path(const char *path, char buf[CGROUP_PATH_SIZE])
{
	size_t length = strcspn(path, "\n");

	if (length >= CGROUP_PATH_SIZE)
		return -ENAMETOOLONG;
	memcpy(buf, path, length);
	buf[length] = '\0';
	return 0;
}

int procs_parse_cgroup(const char *text, char buf[CGROUP_PATH_SIZE])
{
	const char *v2 = find_line(text, "0::"), *v1 = NULL;

	for (const char *line = text; line && !v1; line = strchr(line, '\n')) {
		unsigned id;
		int taken = 0;

		if (*line == '\n')
			line++;
		if (sscanf(line, "%u:name=systemd:%n", &id, &taken) == 1 && taken)
			v1 = line + taken;
	}
	/* a hybrid host has both, and units in the v1 one where v2 says no more than "/" */
	if (v2 && (!v1 || strcspn(v2, "\n") > 1))
		return copy_path(v2, buf);
	return v1 ? copy_path(v1, buf) : -ENODATA;
}

static bool ends_with(const char *text, size_t length, const char *end)
{
	size_t end_length = strlen(end);

	return length > end_length && !memcmp(text + length - end_length, end, end_length);
}

static bool is_unit(const char *element, size_t length)
{
	return ends_with(element, length, ".service") || ends_with(element, length, ".scope");
}

size_t cgroup_unit_count(const char *path)
{
	size_t count = 0;

	for (const char *element = path; *element;) {
		size_t length = strcspn(element, "/");

		count += is_unit(element, length);
		element += length + (element[length] == '/');
	}
	return count;
}

int cgroup_unit(const char *path, char unit[UNIT_NAME_SIZE])
{
	const char *end = path + strlen(path);

	while (end > path) {
		const char *start = end;
		size_t length;

		while (start > path && start[-1] != '/')
			start--;
		length = (size_t)(end - start);
		if (is_unit(start, length)) {
			/* systemd puts '_' before names that the kernel's own files could have */
			if (*start == '_')
				start++, length--;
			if (length >= UNIT_NAME_SIZE)
				return -ENOENT;
			memcpy(unit, start, length);
			unit[length] = '\0';
			return 0;
		}
		end = start > path ? start - 1 : path;
	}
	return -ENOENT;
}
