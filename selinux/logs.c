/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which files hold this host's audit records? auditd rotates audit.log to audit.log.1 and on
 * (auditd.conf(5)), logrotate to audit.log-20261126, and what is old may be compressed. What with,
 * its first bytes tell.
 */
#include "logs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"

/* auditd keeps 999 at most (auditd.conf(5)); of every hour, these are five months */
#define ROTATED_MAX 4096

struct rotated {
	int64_t age; /* 0 for the log itself, more for older ones */
	char *name;
};

/* digits of a date, or of a date and a time, or of seconds since 1970 */
#define DATE_DIGITS_MIN 8
#define DATE_DIGITS_MAX 18
/* more than auditd counts up to, and more than dates are subtracted from it */
#define AGE_OF_DATES INT64_C(2000000000000000000)

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * logrotate(8) with dateext: "-20261126", "-2026112613", "-1700000000", "-2026-11-26". Dates of
 * different lengths compare from the left, as the days do that they begin with. -1 if it is none.
 */
static int64_t age_by_date(const char **at)
{
	int64_t date = 0;
	int digits = 0;

	for (; is_digit(**at) || (**at == '-' && is_digit((*at)[1])); ++*at) {
		if (**at == '-')
			continue;
		if (digits++ == DATE_DIGITS_MAX)
			return -1;
		date = 10 * date + (**at - '0');
	}
	if (digits < DATE_DIGITS_MIN)
		return -1;
	for (; digits < DATE_DIGITS_MAX; digits++)
		date *= 10;
	return AGE_OF_DATES - date;
}

/* auditd's own, and logrotate's without dateext: ".12". -1 if it is none. */
static int64_t age_by_number(const char **at)
{
	char *end;
	int64_t age;

	if (!is_digit((*at)[1]))
		return -1;
	age = strtol(*at + 1, &end, 10);
	*at = end;
	return age < AGE_OF_DATES / 2 ? age : -1;
}

/* "audit.log" is 0, "audit.log.12" and "audit.log.12.gz" are 12, dated ones older; -1: another file. */
static int64_t age_of(const char *name, const char *log)
{
	size_t length = strlen(log);
	int64_t age;

	if (strncmp(name, log, length) != 0)
		return -1;
	name += length;
	if (!*name)
		return 0;
	age = *name == '.' ? age_by_number(&name) : *name == '-' ? age_by_date(&name) : -1;
	if (!*name || !strcmp(name, ".gz") || !strcmp(name, ".xz") || !strcmp(name, ".bz2") ||
	    !strcmp(name, ".zst"))
		return age;
	return -1;
}

static int oldest_first(const void *a, const void *b)
{
	int64_t one = ((const struct rotated *)a)->age, other = ((const struct rotated *)b)->age;

	return (one < other) - (one > other);
}

static int add_sorted(const char *directory, struct rotated *all, size_t count,
		      struct string_list *list)
{
	int r = 0;

	qsort(all, count, sizeof(*all), oldest_first);
	for (size_t i = 0; r == 0 && i < count; i++) {
		_cleanup_free_ char *path = NULL;

		if (asprintf(&path, "%s/%s", directory, all[i].name) < 0)
			path = NULL;
		r = path ? string_list_add(list, path) : -ENOMEM;
	}
	return r;
}

int logs_find(const char *log, struct string_list *list)
{
	const char *slash = strrchr(log, '/'), *name = slash ? slash + 1 : log;
	_cleanup_free_ char *directory = slash ? strndup(log, (size_t)(slash - log)) : strdup(".");
	_cleanup_closedir_ DIR *dir = directory ? opendir(*directory ? directory : "/") : NULL;
	struct rotated all[ROTATED_MAX];
	const struct dirent *entry;
	size_t count = 0;
	int r = 0;

	if (!dir)
		return directory ? -errno : -ENOMEM;
	while (r == 0 && (entry = readdir(dir))) {
		int64_t age = age_of(entry->d_name, name);

		if (age < 0)
			continue;
		if (count == ROTATED_MAX) {
			r = -E2BIG;
			break;
		}
		all[count] = (struct rotated){age, strdup(entry->d_name)};
		r = all[count].name ? 0 : -ENOMEM;
		count++;
	}
	if (r == 0)
		r = add_sorted(directory, all, count, list);
	for (size_t i = 0; i < count; i++)
		free(all[i].name);
	return r;
}

/* tee(2) copies what is in a pipe and leaves it there. */
static ssize_t peek_pipe(int fd, char *begin, size_t size)
{
	int ends[2];
	ssize_t n;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	n = tee(fd, ends[1], size, 0);
	if (n > 0)
		n = read(ends[0], begin, (size_t)n);
	close(ends[0]);
	close(ends[1]);
	return n;
}

/* The first bytes, which stay to be read; of what is no file, those of its first write. */
static ssize_t peek(int fd, char *begin, size_t size)
{
	ssize_t n = pread(fd, begin, size, 0);

	if (n >= 0 || errno != ESPIPE)
		return n;
	n = recv(fd, begin, size, MSG_PEEK);
	return n >= 0 || errno != ENOTSOCK ? n : peek_pipe(fd, begin, size);
}

static const char *decompressor_of(int fd)
{
	static const struct {
		const char *magic;
		size_t length;
		const char *program;
	} formats[] = {{"\x1f\x8b", 2, "gzip"},
		       {"\xfd"
			"7zXZ",
			5, "xz"},
		       {"BZh", 3, "bzip2"},
		       {"\x28\xb5\x2f\xfd", 4, "zstd"}};
	char begin[8];
	ssize_t n = peek(fd, begin, sizeof(begin));

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (n >= (ssize_t)formats[i].length &&
		    !memcmp(begin, formats[i].magic, formats[i].length))
			return formats[i].program;
	return NULL;
}

/* It ends quietly when we have read enough, and at the signals that end us. */
static int set_signals(posix_spawnattr_t *attributes)
{
	sigset_t none, pipe;
	int r = -posix_spawnattr_init(attributes);

	if (r < 0)
		return r;
	sigemptyset(&none);
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &pipe);
	return -posix_spawnattr_setflags(attributes,
					 POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* Puts the program between the file and us. */
static int decompress(const char *program, struct log_file *file)
{
	char name[8], *const argv[] = {name, (char[]){"-dc"}, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int ends[2], r;

	strcpy(name, program);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	r = -posix_spawn_file_actions_init(&actions);
	if (r == 0) {
		posix_spawn_file_actions_adddup2(&actions, file->fd, STDIN_FILENO);
		posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
		r = set_signals(&attributes);
		if (r == 0) {
			r = -posix_spawnp(&file->decompressor, program, &actions, &attributes, argv,
					  environ);
			posix_spawnattr_destroy(&attributes);
		}
		posix_spawn_file_actions_destroy(&actions);
	}
	close(ends[1]);
	if (r < 0) {
		close(ends[0]);
		return r;
	}
	close(file->fd);
	file->fd = ends[0];
	return 0;
}

int log_open(const char *name, struct log_file *file)
{
	const char *program;
	int r = 0;

	*file = (struct log_file){.fd = strcmp(name, "-")
						? open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY)
						: fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)};
	if (file->fd < 0)
		return -errno;
	program = decompressor_of(file->fd);
	if (program)
		r = decompress(program, file);
	if (r < 0)
		log_close(file);
	return r;
}

int log_close(struct log_file *file)
{
	int status = 0;

	close(file->fd);
	file->fd = -1;
	if (!file->decompressor)
		return 0;
	while (waitpid(file->decompressor, &status, 0) < 0)
		if (errno != EINTR)
			return -EIO;
	file->decompressor = 0;
	return status ? -EIO : 0;
}
