/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "audit_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "lines.h"

#define NAME "audit.log"

struct audit_log {
	int directory, watch, file; /* file: -1 while a rotation has taken it away */
	struct lines lines;
	seccomp_fn *fn;
	void *data;
};

static int on_line(struct span line, uint64_t number, void *data)
{
	struct audit_log *log = data;
	struct seccomp_event event;
	struct record record;

	(void)number;
	/* nearly all are of other types */
	if (!span_starts(line, "type=SECCOMP ") && !span_starts(line, "node="))
		return 0;
	record_read(line, &record);
	if (record.type == RECORD_SECCOMP && seccomp_read(&record, &event))
		log->fn(&event, log->data);
	return 0;
}

static int on_too_long(struct span line, uint64_t number, void *data)
{
	(void)line;
	(void)number;
	(void)data;
	return 0;
}

static int open_file(struct audit_log *log)
{
	int fd = openat(log->directory, NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int prepare(struct audit_log *log, const char *directory)
{
	log->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	log->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (log->directory < 0 || log->watch < 0 ||
	    inotify_add_watch(log->watch, directory, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0)
		return -errno;
	log->file = open_file(log);
	if (log->file < 0)
		return log->file;
	return lseek(log->file, 0, SEEK_END) < 0 ? -errno : 0;
}

int audit_log_open(struct audit_log **out, const char *directory, int *fd)
{
	struct audit_log *log = calloc(1, sizeof(*log));
	int r = log ? 0 : -ENOMEM;

	if (r == 0) {
		log->directory = log->watch = log->file = -1;
		r = lines_start(&log->lines, on_line, on_too_long, log);
	}
	if (r == 0)
		r = prepare(log, directory);
	if (r < 0) {
		audit_log_close(log);
		return r;
	}
	*out = log;
	*fd = log->watch;
	return 0;
}

void audit_log_close(struct audit_log *log)
{
	if (!log)
		return;
	lines_done(&log->lines);
	if (log->directory >= 0)
		close(log->directory);
	if (log->watch >= 0)
		close(log->watch);
	if (log->file >= 0)
		close(log->file);
	free(log);
}

static int read_rest(struct audit_log *log)
{
	for (;;) {
		size_t size;
		char *space = lines_space(&log->lines, &size);
		ssize_t n = read(log->file, space, size);
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		r = lines_advance(&log->lines, (size_t)n);
		if (r < 0)
			return r;
	}
}

/* Whether the name is another file's by now: 1 and it is open, or 0. */
static int follow_rotation(struct audit_log *log)
{
	_cleanup_close_ int fd = open_file(log);
	struct stat now, then;

	if (fd < 0 || fstat(fd, &now) < 0)
		return 0;
	if (log->file >= 0 && fstat(log->file, &then) == 0 && now.st_ino == then.st_ino &&
	    now.st_dev == then.st_dev)
		return 0;
	/* what was written into it between its end, as it was read, and its rotation */
	if (log->file >= 0) {
		read_rest(log);
		close(log->file);
	}
	log->file = STEAL_FD(fd);
	lines_end(&log->lines);
	return 1;
}

int audit_log_read(struct audit_log *log, seccomp_fn *fn, void *data)
{
	char events[4096];
	int r;

	log->fn = fn;
	log->data = data;
	while (read(log->watch, events, sizeof(events)) > 0)
		;
	do {
		r = log->file >= 0 ? read_rest(log) : 0;
	} while (r == 0 && follow_rotation(log));
	return r;
}
