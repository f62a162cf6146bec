/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A journal of the test's own: a socket that takes what sd_journal_sendv(3) sends, in a mount
 * namespace of its own, and the fields of what came (systemd.io/JOURNAL_NATIVE_PROTOCOL).
 */
#pragma once

#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cleanup.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define JOURNAL_EVENTS_MAX 1000
#define JOURNAL_EVENT_SIZE 4096

struct journal_event {
	char *bytes;
	size_t size;
};

struct journal {
	int fd;
	pthread_t reader;
	struct journal_event events[JOURNAL_EVENTS_MAX];
	size_t count;
};

/* Hides the host's /run, its journal with it. Returns 0 or a negative errno. */
static inline int journal_hide_host(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", "/run", "tmpfs", 0, "mode=0755") < 0 ||
	    mkdir("/run/systemd", 0755) < 0 || mkdir("/run/systemd/journal", 0755) < 0)
		return -errno;
	return 0;
}

/* Takes what is sent until an empty datagram: the sender has to be read while it sends. */
static inline void *journal_read(void *data)
{
	struct journal *journal = data;
	char buf[JOURNAL_EVENT_SIZE];
	ssize_t n;

	while ((n = recv(journal->fd, buf, sizeof(buf), 0)) > 0) {
		struct journal_event *event = &journal->events[journal->count];

		if (journal->count == JOURNAL_EVENTS_MAX || (size_t)n == sizeof(buf))
			abort();
		event->bytes = malloc((size_t)n);
		if (!event->bytes)
			abort();
		memcpy(event->bytes, buf, (size_t)n);
		event->size = (size_t)n;
		journal->count++;
	}
	return NULL;
}

static const struct sockaddr_un journal_address = {.sun_family = AF_UNIX,
						   .sun_path = JOURNAL_SOCKET};

static inline void journal_open(struct journal *journal)
{
	const struct sockaddr *address = (const struct sockaddr *)&journal_address;

	memset(journal, 0, sizeof(*journal));
	journal->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(journal->fd >= 0);
	assert_int_equal(bind(journal->fd, address, sizeof(journal_address)), 0);
	assert_int_equal(pthread_create(&journal->reader, NULL, journal_read, journal), 0);
}

/* Nothing more is sent: waits for what is on its way. */
static inline void journal_finish(struct journal *journal)
{
	const struct sockaddr *address = (const struct sockaddr *)&journal_address;
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_int_equal(sendto(fd, "", 0, 0, address, sizeof(journal_address)), 0);
	assert_int_equal(pthread_join(journal->reader, NULL), 0);
	close(journal->fd);
	unlink(JOURNAL_SOCKET);
}

static inline void journal_done(struct journal *journal)
{
	for (size_t i = 0; i < journal->count; i++)
		free(journal->events[i].bytes);
}

/*
 * Copies the value of a field, with a NUL behind it, and tells how often the event has the field.
 * A field is NAME=VALUE\n, or, for any value, NAME\n, 64 bits of length, VALUE\n.
 */
static inline unsigned journal_field(const struct journal_event *event, const char *name,
				     char value[JOURNAL_EVENT_SIZE])
{
	const char *at = event->bytes, *end = at + event->size;
	unsigned found = 0;

	while (at < end) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at)), *text, *equals;
		size_t name_size, size;
		uint64_t coded;

		assert_non_null(line_end);
		equals = memchr(at, '=', (size_t)(line_end - at));
		name_size = (size_t)((equals ? equals : line_end) - at);
		text = at + name_size + 1;
		size = (size_t)(line_end - text);
		if (!equals) {
			memcpy(&coded, text, sizeof(coded));
			text += sizeof(coded);
			size = (size_t)le64toh(coded);
			assert_true(size < (size_t)(end - text));
		}
		if (name_size == strlen(name) && !memcmp(at, name, name_size)) {
			memcpy(value, text, size);
			value[size] = '\0';
			found++;
		}
		at = text + size + 1;
	}
	return found;
}
