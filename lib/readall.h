/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading to the end of a file, where the kernel may give it in parts. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

#include "cleanup.h"

/* Reads until the buffer is full or the file ends. Returns the bytes read, or a negative errno. */
static inline ssize_t read_all(int fd, char *buf, size_t size)
{
	size_t length = 0;

	while (length < size) {
		ssize_t n = read(fd, buf + length, size - length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		length += (size_t)n;
	}
	return (ssize_t)length;
}

/*
 * Reads a small file, such as one of /proc and /sys, as a text that ends with NUL: as much of it as there is room
 * for. No link is followed at its end. Returns its length, or a negative errno.
 */
static inline int read_text_at(int dir, const char *path, char *text, size_t size)
{
	_cleanup_close_ int fd = openat(dir, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd < 0 ? -errno : read_all(fd, text, size - 1);

	if (n >= 0)
		text[n] = '\0';
	return (int)n;
}
