/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "intake.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lines.h"
#include "record.h"

struct intake {
	int fd, wake;
	pthread_t thread;
	bool has_thread;
	struct lines lines; /* of the thread */
	pthread_mutex_t lock;
	/* under the lock; bytes are counted up for ever, and lie at their count modulo the size */
	uint64_t taken, put;
	uint64_t dropped;
	bool is_over;
	char queue[INTAKE_SIZE];
};

static void put(struct intake *intake, const char *bytes, size_t length)
{
	size_t at = intake->put % INTAKE_SIZE, first = INTAKE_SIZE - at;

	first = length < first ? length : first;
	memcpy(intake->queue + at, bytes, first);
	memcpy(intake->queue, bytes + first, length - first);
	intake->put += length;
}

static int drop(struct span line, uint64_t number, void *data)
{
	struct intake *intake = data;

	(void)line;
	(void)number;
	pthread_mutex_lock(&intake->lock);
	intake->dropped++;
	pthread_mutex_unlock(&intake->lock);
	return 0;
}

static int on_line(struct span line, uint64_t number, void *data)
{
	struct intake *intake = data;
	bool has_room;

	if (!record_may_matter(line))
		return 0;
	pthread_mutex_lock(&intake->lock);
	has_room = INTAKE_SIZE - (intake->put - intake->taken) > line.length;
	if (has_room) {
		put(intake, line.at, line.length);
		put(intake, "\n", 1);
	}
	pthread_mutex_unlock(&intake->lock);
	return has_room ? 0 : drop(line, number, data);
}

static void *read_all_of_it(void *data)
{
	struct intake *intake = data;
	ssize_t n;

	do {
		size_t size;
		char *space = lines_space(&intake->lines, &size);

		n = read(intake->fd, space, size);
		if (n > 0)
			lines_advance(&intake->lines, (size_t)n);
		if (n > 0)
			eventfd_write(intake->wake, 1);
	} while (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)));
	lines_end(&intake->lines);
	pthread_mutex_lock(&intake->lock);
	intake->is_over = true;
	pthread_mutex_unlock(&intake->lock);
	eventfd_write(intake->wake, 1);
	return NULL;
}

/* Signals are for the thread that waits for them. */
static int start(struct intake *intake)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&intake->thread, NULL, read_all_of_it, intake);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	intake->has_thread = r == 0;
	return -r;
}

int intake_new(struct intake **out, int fd)
{
	struct intake *intake = calloc(1, sizeof(*intake));
	int r, flags = fcntl(fd, F_GETFL);

	if (!intake)
		return -ENOMEM;
	pthread_mutex_init(&intake->lock, NULL);
	intake->fd = fd;
	intake->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r = intake->wake < 0 ? -errno : lines_start(&intake->lines, on_line, drop, intake);
	/* a thread that waits in read(2) burns nothing */
	if (r == 0 && (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0))
		r = -errno;
	if (r == 0)
		r = start(intake);
	if (r < 0)
		intake_free(intake);
	else
		*out = intake;
	return r;
}

void intake_free(struct intake *intake)
{
	if (intake->has_thread) {
		/* it may wait in read(2), where nothing of ours is held */
		pthread_cancel(intake->thread);
		pthread_join(intake->thread, NULL);
	}
	if (intake->wake >= 0)
		close(intake->wake);
	lines_done(&intake->lines);
	pthread_mutex_destroy(&intake->lock);
	free(intake);
}

int intake_fd(const struct intake *intake)
{
	return intake->wake;
}

/* So many bytes from the front that end with a newline. */
static size_t whole_lines(const struct intake *intake, size_t size)
{
	size_t length = intake->put - intake->taken;

	length = length < size ? length : size;
	while (length && intake->queue[(intake->taken + length - 1) % INTAKE_SIZE] != '\n')
		length--;
	return length;
}

size_t intake_take(struct intake *intake, char *to, size_t size)
{
	size_t at, first, length;
	eventfd_t count;

	eventfd_read(intake->wake, &count);
	pthread_mutex_lock(&intake->lock);
	length = whole_lines(intake, size);
	at = intake->taken % INTAKE_SIZE;
	first = length < INTAKE_SIZE - at ? length : INTAKE_SIZE - at;
	memcpy(to, intake->queue + at, first);
	memcpy(to + first, intake->queue, length - first);
	intake->taken += length;
	if (intake->taken != intake->put)
		eventfd_write(intake->wake, 1);
	pthread_mutex_unlock(&intake->lock);
	return length;
}

bool intake_is_over(struct intake *intake)
{
	bool is_over;

	pthread_mutex_lock(&intake->lock);
	is_over = intake->is_over && intake->put == intake->taken;
	pthread_mutex_unlock(&intake->lock);
	return is_over;
}

uint64_t intake_dropped(struct intake *intake)
{
	uint64_t dropped;

	pthread_mutex_lock(&intake->lock);
	dropped = intake->dropped;
	intake->dropped = 0;
	pthread_mutex_unlock(&intake->lock);
	return dropped;
}
