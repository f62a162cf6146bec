/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An inode's number is given to another file once it is free, and a log that was copied and cut off
 * (logrotate's copytruncate) keeps it with other contents. An event's time and serial are in one place
 * of one log only.
 */
#include "position.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "span.h"

/* the kernel cuts records at 8,970 bytes, enriched ones are a little longer: half of it is enough */
#define TAIL_SIZE (32u << 10)

/* The event of the last line of a text, the one that it may be cut off in included. */
static void read_event(struct span text, char event[POSITION_EVENT_SIZE])
{
	const char *newline, *open, *close;
	struct span id;

	event[0] = '\0';
	if (span_ends(text, "\n"))
		text.length--;
	newline = span_find_last(text, "\n");
	if (newline)
		text = span_from(text, newline + 1);
	open = span_find(text, "audit(");
	if (!open)
		return;
	id = span_from(text, open + strlen("audit("));
	close = id.length ? memchr(id.at, ')', id.length) : NULL;
	if (!close || close - id.at >= POSITION_EVENT_SIZE)
		return;
	memcpy(event, id.at, (size_t)(close - id.at));
	event[close - id.at] = '\0';
	if (strspn(event, POSITION_EVENT_CHARACTERS) != (size_t)(close - id.at))
		event[0] = '\0';
}

/* The bytes before the offset. Returns how many, less where the file ends before, or a negative errno. */
static ssize_t read_tail(int fd, uint64_t offset, char tail[TAIL_SIZE])
{
	size_t wanted = offset < TAIL_SIZE ? (size_t)offset : TAIL_SIZE;
	ssize_t n;

	do {
		n = pread(fd, tail, wanted, (off_t)(offset - wanted));
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* The same of a pipe: all before it is read. */
static ssize_t read_through(int fd, uint64_t offset, char tail[TAIL_SIZE])
{
	size_t used = 0;

	while (offset) {
		size_t room;
		ssize_t n;

		if (used == TAIL_SIZE) {
			used /= 2;
			memmove(tail, tail + used, used);
		}
		room = TAIL_SIZE - used;
		n = read(fd, tail + used, offset < room ? (size_t)offset : room);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		used += (size_t)n;
		offset -= (uint64_t)n;
	}
	return (ssize_t)used;
}

int position_take(int fd, uint64_t offset, struct position *out)
{
	char tail[TAIL_SIZE];
	struct stat st;
	ssize_t n = read_tail(fd, offset, tail);

	if (n < 0 || fstat(fd, &st) < 0)
		return n < 0 ? (int)n : -errno;
	*out = (struct position){.inode = st.st_ino, .offset = offset};
	read_event((struct span){tail, (size_t)n}, out->event);
	return 0;
}

int position_seek(int fd, uint64_t inode, const struct position *position)
{
	bool can_seek = lseek(fd, 0, SEEK_CUR) >= 0;
	char tail[TAIL_SIZE], event[POSITION_EVENT_SIZE];
	struct stat st;
	ssize_t n;

	/* bytes without an event, or none, tell nothing of a file by another number */
	if (!position->event[0] && inode != position->inode)
		return 0;
	if (can_seek &&
	    (fstat(fd, &st) < 0 || st.st_size < 0 || (uint64_t)st.st_size < position->offset))
		return 0;
	n = can_seek ? read_tail(fd, position->offset, tail)
		     : read_through(fd, position->offset, tail);
	if (n < 0)
		return (int)n;
	read_event((struct span){tail, (size_t)n}, event);
	if (strcmp(event, position->event))
		return 0;
	if (can_seek && lseek(fd, (off_t)position->offset, SEEK_SET) < 0)
		return -errno;
	return 1;
}
