/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who writes a log holds it open: after a rename it goes on there until it is told, or decides, to begin
 * the new file. So the old one is read to its end once the new one has something in it, and the file that
 * comes next is the one behind ours in the order of rotation, not simply the log: two rotations may have
 * passed. The directory is watched, as names come and go in it.
 */
#include "follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "logs.h"
#include "say.h"

/* rotations that may pass while we look for the next file */
#define TRIES_MAX 8

struct follow {
	char *log;
	int watch;
	enum follow_from from;
	struct log_file file;	/* .fd is -1 before the first */
	bool is_compressed;	/* then it is whole: nobody writes to it */
	struct position here;	/* how far the file has been read */
	uint64_t taken, before; /* bytes given to the reader in all, and in files before this one */
};

static int watch_directory(struct follow *follow)
{
	_cleanup_free_ char *directory = strdup(follow->log);
	char *slash = directory ? strrchr(directory, '/') : NULL;
	const char *path = ".";

	if (!directory)
		return -ENOMEM;
	if (slash) {
		slash[slash == directory] = '\0';
		path = directory;
	}
	follow->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (follow->watch < 0 ||
	    inotify_add_watch(follow->watch, path,
			      IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) < 0)
		return -errno;
	return 0;
}

int follow_new(struct follow **out, const char *log, enum follow_from from,
	       const struct position *position)
{
	struct follow *follow = calloc(1, sizeof(*follow));
	int r = -ENOMEM;

	if (!follow)
		return r;
	follow->file.fd = follow->watch = -1;
	follow->from = from;
	if (position)
		follow->here = *position;
	follow->log = strdup(log);
	if (follow->log)
		r = watch_directory(follow);
	if (r < 0)
		follow_free(follow);
	else
		*out = follow;
	return r;
}

void follow_free(struct follow *follow)
{
	if (follow->file.fd >= 0)
		log_close(&follow->file);
	if (follow->watch >= 0)
		close(follow->watch);
	free(follow->log);
	free(follow);
}

int follow_fd(const struct follow *follow)
{
	return follow->watch;
}

static uint64_t inode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? 0 : st.st_ino;
}

/* Opens one and goes behind a position, if it is this one's. 1, 0 with nothing open, or an error. */
static int open_at(const char *path, const struct position *position, struct log_file *file)
{
	uint64_t inode = inode_of(path);
	int r;

	if (inode == position->inode && position->offset == POSITION_ALL)
		return 1;
	r = log_open(path, file);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	r = position_seek(file->fd, inode, position);
	if (r <= 0) {
		log_close(file);
		/* what can't be decompressed isn't it */
		return 0;
	}
	return r;
}

/* Which of the logs has the position, the newest first; file is open behind it. -ENOENT: none. */
static int find(const struct string_list *logs, const struct position *position,
		struct log_file *file)
{
	for (size_t i = logs->count; i-- > 0;) {
		int r;

		*file = (struct log_file){.fd = -1};
		r = open_at(logs->items[i], position, file);
		if (r)
			return r < 0 ? r : (int)i;
	}
	return -ENOENT;
}

/* Takes over an open file, which is read from `offset` on. */
static void take(struct follow *follow, struct log_file *file, const char *path, uint64_t offset)
{
	struct stat st;

	if (follow->file.fd >= 0)
		log_close(&follow->file);
	follow->file = *file;
	follow->is_compressed = file->decompressor != 0;
	/* may be "negative": it comes back when the offset is added */
	follow->before = follow->taken - offset;
	follow->here = (struct position){.inode = inode_of(path), .offset = offset};
	if (!follow->is_compressed && fstat(file->fd, &st) == 0)
		follow->here.inode = st.st_ino;
}

/* The same where reading goes on: a copy has another inode. */
static int take_at(struct follow *follow, struct log_file *file, const char *path)
{
	struct position position = follow->here;

	take(follow, file, path, position.offset);
	position.inode = follow->here.inode;
	follow->here = position;
	return 0;
}

static int open_from_beginning(struct follow *follow, const char *path)
{
	struct log_file file;
	int r = log_open(path, &file);

	if (r == 0)
		take(follow, &file, path, 0);
	return r;
}

/* The end of the newest, which may be in the middle of a line that is being written. */
static int open_at_end(struct follow *follow, const struct string_list *logs)
{
	int r = open_from_beginning(follow, logs->items[logs->count - 1]);
	off_t end;

	if (r < 0)
		return r;
	if (follow->is_compressed) {
		follow->here.offset = POSITION_ALL;
		return 0;
	}
	end = lseek(follow->file.fd, 0, SEEK_END);
	if (end < 0)
		return -errno;
	follow->before = follow->taken - (uint64_t)end;
	return position_take(follow->file.fd, (uint64_t)end, &follow->here);
}

static void say_lost(const struct follow *follow)
{
	say_error("%s: where reading had ended is not there any more; records may be missing",
		  follow->log);
}

static int open_at_position(struct follow *follow, const struct string_list *logs)
{
	struct log_file file;
	int at = find(logs, &follow->here, &file);

	if (at == -ENOENT) {
		say_lost(follow);
		return open_from_beginning(follow, logs->items[0]);
	}
	if (at < 0)
		return at;
	return take_at(follow, &file, logs->items[at]);
}

/* Opens the first file. 1, 0 while there is none, or an error. */
static int begin(struct follow *follow)
{
	_cleanup_(string_list_done) struct string_list logs = {0};
	int r = logs_find(follow->log, &logs);

	if (r == 0 && !logs.count) {
		/* what is written from now on is new */
		if (follow->from == FOLLOW_FROM_END)
			follow->from = FOLLOW_FROM_OLDEST;
		return 0;
	}
	if (r == 0) {
		switch (follow->from) {
		case FOLLOW_FROM_END:
			r = open_at_end(follow, &logs);
			break;
		case FOLLOW_FROM_OLDEST:
			r = open_from_beginning(follow, logs.items[0]);
			break;
		case FOLLOW_FROM_POSITION:
			r = open_at_position(follow, &logs);
			break;
		}
	}
	/* renamed meanwhile: its new name wakes us */
	return r == -ENOENT ? 0 : r < 0 ? r : 1;
}

/* Reads to the end of the file that is open. */
static int read_rest(struct follow *follow, struct reader *reader)
{
	int r = 0;
	off_t at;

	if (follow->here.offset != POSITION_ALL)
		r = reader_read(reader, follow->file.fd);
	if (r < 0)
		return r;
	follow->taken = reader_taken(reader);
	if (follow->is_compressed) {
		follow->here.offset = POSITION_ALL;
		return 0;
	}
	at = lseek(follow->file.fd, 0, SEEK_CUR);
	if (at < 0)
		return -errno;
	return position_take(follow->file.fd, (uint64_t)at, &follow->here);
}

/* A log that is written in place again begins anew (logrotate's copytruncate). */
static int look_for_truncation(struct follow *follow, struct reader *reader)
{
	int r;

	if (follow->is_compressed)
		return 0;
	r = position_seek(follow->file.fd, follow->here.inode, &follow->here);
	if (r)
		return r < 0 ? r : 0;
	say_error("%s: was cut off; it is read from its beginning", follow->log);
	if (lseek(follow->file.fd, 0, SEEK_SET) < 0)
		return -errno;
	follow->before = follow->taken;
	follow->here.offset = 0;
	return reader_end(reader);
}

/* Whether the writer has gone on to another file, so that ours is whole. */
static bool is_left(const struct follow *follow)
{
	struct stat log;

	return stat(follow->log, &log) == 0 && log.st_ino != follow->here.inode && log.st_size > 0;
}

/* Whether ours still has that name, so that what is behind it is the next. */
static bool is_still(const char *path, const struct position *position)
{
	struct log_file file = {.fd = -1};
	bool is_ours = open_at(path, position, &file) == 1;

	if (is_ours && file.fd >= 0)
		log_close(&file);
	return is_ours;
}

/* The log that is the next; ours is the one before, if there still is one. */
static int open_behind(struct follow *follow, const char *ours, const char *path)
{
	struct log_file next;
	int r = log_open(path, &next);

	if (r < 0)
		return r == -ENOENT ? -EAGAIN : r;
	if (ours && !is_still(ours, &follow->here)) {
		log_close(&next);
		return -EAGAIN;
	}
	take(follow, &next, path, 0);
	return 0;
}

/* The file behind ours. -EAGAIN: names have moved while we looked. */
static int open_next(struct follow *follow)
{
	_cleanup_(string_list_done) struct string_list logs = {0};
	struct log_file file;
	int r = logs_find(follow->log, &logs), at;

	if (r < 0)
		return r;
	if (!logs.count)
		return -EAGAIN;
	at = find(&logs, &follow->here, &file);
	if (at == -ENOENT) {
		say_lost(follow);
		return open_behind(follow, NULL, logs.items[0]);
	}
	if (at < 0)
		return at;
	if ((size_t)at + 1 == logs.count && file.fd >= 0) {
		/* none is behind it: a copy was put into the log's place (an editor, sed -i) */
		return take_at(follow, &file, logs.items[at]);
	}
	if (file.fd >= 0)
		log_close(&file);
	if ((size_t)at + 1 == logs.count)
		return -EAGAIN;
	return open_behind(follow, logs.items[at], logs.items[at + 1]);
}

static int go_on(struct follow *follow, struct reader *reader)
{
	/* what was written between our last read and the new file's first byte */
	int r = read_rest(follow, reader);

	if (r == 0)
		r = reader_end(reader);
	if (r == 0)
		r = -EAGAIN;
	for (int i = 0; r == -EAGAIN && i < TRIES_MAX; i++)
		r = open_next(follow);
	return r;
}

static void drain_watch(const struct follow *follow)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));

	while (read(follow->watch, events, sizeof(events)) > 0)
		;
}

int follow_read(struct follow *follow, struct reader *reader)
{
	int r = 0;

	/* first: what comes while we read wakes us again */
	drain_watch(follow);
	if (follow->file.fd < 0) {
		r = begin(follow);
		if (r <= 0)
			return r;
	}
	r = look_for_truncation(follow, reader);
	if (r == 0)
		r = read_rest(follow, reader);
	while (r == 0 && is_left(follow)) {
		r = go_on(follow, reader);
		if (r == 0)
			r = read_rest(follow, reader);
	}
	return r == -EAGAIN ? 0 : r;
}

int follow_position(const struct follow *follow, const struct reader *reader, struct position *out)
{
	uint64_t settled = reader_settled(reader), offset = settled - follow->before;
	int r;

	/* a denial of the file before still waits, or what is open can't be read twice */
	if (follow->file.fd < 0 || follow->is_compressed || offset > follow->here.offset)
		return 0;
	r = position_take(follow->file.fd, offset, out);
	return r < 0 ? r : 1;
}
