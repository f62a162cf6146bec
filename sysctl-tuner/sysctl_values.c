/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How is a limit read and set? One write(2) a value. Four hazards (ipc/ipc_sysctl.c, mm/hugetlb.c):
 * the four numbers of kernel.sem are taken one by one, so that a fourth that is refused leaves the
 * others changed; a leading 0 of shmmax is octal; what is past an int is refused, or cut; huge
 * pages are granted as far as memory goes. So numbers are checked before and everything is read
 * back after.
 */
#include "sysctl_values.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "readall.h"

/* With ipcmni_extend (ipc/util.h); whether it is given, the kernel tells by refusing more */
#define IPCMNI_MOST (UINT64_C(1) << 24)
#define PATH_SIZE 64

const char *sysctl_value_name(const struct sysctl_value *value)
{
	return value->id == SYSCTL_HUGEPAGES ? NR_HUGEPAGES
					     : sysctl_name((enum sysctl_id)value->id);
}

const char *sysctl_value_print(const struct sysctl_value *value, char buf[SYSCTL_TEXT_SIZE])
{
	size_t length = 0;

	for (size_t i = 0; i < value->count; i++)
		length += (size_t)snprintf(buf + length, SYSCTL_TEXT_SIZE - length, "%s%" PRIu64,
					   i ? " " : "", value->numbers[i]);
	return buf;
}

bool sysctl_value_is_same(const struct sysctl_value *a, const struct sysctl_value *b)
{
	return a->id == b->id && !memcmp(a->numbers, b->numbers, a->count * sizeof(a->numbers[0]));
}

bool sysctl_value_lowers(const struct sysctl_value *value, const struct sysctl_value *present)
{
	for (size_t i = 0; i < value->count; i++)
		if (value->numbers[i] < present->numbers[i])
			return true;
	return false;
}

/* Borrows the one parser that there is: shmmax is a number like any other. */
static int parse_number(const char *text, uint64_t *number)
{
	struct parameters values = {0};
	int r = sysctl_parse(SYSCTL_SHMMAX, text, &values);

	*number = values.value[PARAMETER_SHMMAX];
	return r;
}

static int parse(struct sysctl_value *value, const char *text)
{
	struct parameters values = {0};
	enum parameter_id first;
	int r;

	if (value->id == SYSCTL_HUGEPAGES)
		return parse_number(text, &value->numbers[0]);
	r = sysctl_parse((enum sysctl_id)value->id, text, &values);
	first = sysctl_parameters((enum sysctl_id)value->id, &value->count);
	memcpy(value->numbers, &values.value[first], value->count * sizeof(value->numbers[0]));
	return r;
}

static int identify(struct sysctl_value *value, const char *name)
{
	int id = sysctl_by_name(name);

	*value = (struct sysctl_value){.id = SYSCTL_HUGEPAGES, .count = 1};
	if (id < 0)
		return strcmp(name, NR_HUGEPAGES) ? -ENOENT : 0;
	value->id = (unsigned)id;
	return 0;
}

/* Of shmmax and shmall every unsigned long is taken. */
static bool is_possible(const struct sysctl_value *value)
{
	enum parameter_id first;
	size_t count;

	if (value->id == SYSCTL_SHMMAX || value->id == SYSCTL_SHMALL)
		return true;
	if (value->id == SYSCTL_HUGEPAGES)
		return value->numbers[0] <= INT64_MAX;
	first = sysctl_parameters((enum sysctl_id)value->id, &count);
	for (size_t i = 0; i < count; i++)
		if (value->numbers[i] > parameter_cap(first + (unsigned)i, 64, IPCMNI_MOST))
			return false;
	return true;
}

int sysctl_value_parse(struct sysctl_value *value, const char *name, const char *text)
{
	int r = identify(value, name);

	if (r == 0)
		r = parse(value, text);
	return r == 0 && !is_possible(value) ? -ERANGE : r;
}

int sysctl_values_open(const char *root)
{
	_cleanup_free_ char *path = NULL;
	int fd;

	if (asprintf(&path, "%s/proc/sys", root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int open_value(int proc_sys, const struct sysctl_value *value, int flags)
{
	char path[PATH_SIZE];
	int fd;

	snprintf(path, sizeof(path), "%s", sysctl_value_name(value));
	for (char *dot = path; (dot = strchr(dot, '.'));)
		*dot = '/';
	fd = openat(proc_sys, path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int sysctl_value_read(int proc_sys, struct sysctl_value *value)
{
	_cleanup_close_ int fd = open_value(proc_sys, value, O_RDONLY);
	char text[SYSCTL_TEXT_SIZE];
	ssize_t length;

	if (fd < 0)
		return fd;
	length = read_all(fd, text, sizeof(text) - 1);
	if (length < 0)
		return (int)length;
	text[length] = '\0';
	return parse(value, text);
}

int sysctl_value_try(int proc_sys, const struct sysctl_value *value)
{
	_cleanup_close_ int fd = open_value(proc_sys, value, O_WRONLY);

	return fd < 0 ? fd : 0;
}

static int write_value(int proc_sys, const struct sysctl_value *value)
{
	_cleanup_close_ int fd = open_value(proc_sys, value, O_WRONLY | O_TRUNC);
	char text[SYSCTL_TEXT_SIZE];
	size_t length;
	ssize_t n;

	if (fd < 0)
		return fd;
	length = strlen(sysctl_value_print(value, text));
	text[length++] = '\n';
	/* not again after EINTR: huge pages that are there by then would be hidden */
	n = write(fd, text, length);
	return n < 0 ? -errno : 0;
}

int sysctl_value_write(int proc_sys, const struct sysctl_value *wanted, struct sysctl_value *got)
{
	struct sysctl_value before = *wanted;
	int r = sysctl_value_read(proc_sys, &before);

	*got = before;
	if (r == 0)
		r = write_value(proc_sys, wanted);
	if (r == 0)
		r = sysctl_value_read(proc_sys, got);
	if (r < 0 || sysctl_value_is_same(got, wanted))
		return r < 0 ? r : SYSCTL_IN_FORCE;
	return wanted->id == SYSCTL_HUGEPAGES && got->numbers[0] < wanted->numbers[0] &&
			       got->numbers[0] >= before.numbers[0]
		       ? SYSCTL_PARTLY
		       : SYSCTL_OTHER;
}
