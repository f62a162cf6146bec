/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "audit_stream.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "audit_journal.h"
#include "audit_log.h"
#include "cleanup.h"
#include "textfile.h"

#define LOG_DIRECTORY "/var/log/audit"

/* A burst of calls is kept there while a look at the host is taken. */
#define BUFFER_BYTES (32 << 20)

/* kernel/audit.h's MAX_AUDIT_MESSAGE_LENGTH and its header */
#define MESSAGE_MAX (8970 + NLMSG_HDRLEN)

/* The file lists words: "kill_process kill_thread trap errno trace log". */
static int check_logging(void)
{
	_cleanup_free_ char *text = NULL;
	char *rest, *word;
	int r = textfile_read("/proc/sys/kernel/seccomp/actions_logged", 4096, &text);

	if (r < 0)
		return r == -ENOENT ? -EOPNOTSUPP : r;
	rest = text;
	while ((word = strsep(&rest, " \n")))
		if (!strcmp(word, "log"))
			return 0;
	return -EOPNOTSUPP;
}

static int open_kernel(struct audit_stream *stream)
{
	const struct sockaddr_nl address = {.nl_family = AF_NETLINK,
					    .nl_groups = 1u << (AUDIT_NLGRP_READLOG - 1)};
	_cleanup_close_ int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_AUDIT);
	const int size = BUFFER_BYTES;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	stream->fd = STEAL_FD(fd);
	return 0;
}

/* Without auditd its log stands still, and tells nothing. */
static bool does_auditd_run(void)
{
	_cleanup_free_ char *text = NULL, *path = NULL, *name = NULL;
	int pid;

	if (textfile_read("/run/auditd.pid", 64, &text) < 0 || sscanf(text, "%d", &pid) != 1)
		return false;
	if (asprintf(&path, "/proc/%d/comm", pid) < 0) {
		path = NULL;
		return false;
	}
	return textfile_read(path, 64, &name) == 0 && !strcmp(name, "auditd\n");
}

static int open_source(struct audit_stream *stream, enum audit_source source)
{
	switch (source) {
	case AUDIT_OF_KERNEL:
		return open_kernel(stream);
	case AUDIT_OF_AUDITD:
		return does_auditd_run() ? audit_log_open(&stream->log, LOG_DIRECTORY, &stream->fd)
					 : -ENOENT;
	case AUDIT_OF_JOURNAL:
		return audit_journal_open(&stream->journal, &stream->fd);
	case AUDIT_SOURCE_COUNT_:
		break;
	}
	return -EINVAL;
}

int audit_stream_open(struct audit_stream *stream, enum audit_source source)
{
	int r = check_logging();

	*stream = (struct audit_stream){.fd = -1};
	if (r < 0)
		return r;
	stream->knows_lost = audit_lost_read(&stream->lost_before) == 0;
	return open_source(stream, source);
}

void audit_stream_close(struct audit_stream *stream)
{
	/* the others' descriptor is their own */
	if (stream->fd >= 0 && !stream->log && !stream->journal)
		close(stream->fd);
	audit_log_close(stream->log);
	audit_journal_close(stream->journal);
	*stream = (struct audit_stream){.fd = -1};
}

uint64_t audit_stream_lost(const struct audit_stream *stream)
{
	struct audit_lost now;

	/* where it could be asked before, silence now is no good sign */
	if (!stream->knows_lost)
		return stream->lost;
	if (audit_lost_read(&now) < 0)
		return stream->lost + 1;
	return stream->lost + audit_lost_between(&stream->lost_before, &now);
}

/* nlmsg_len of audit's messages counts the text alone on some kernels: what was received is believed. */
static void take_message(const char *buf, size_t size, seccomp_fn *fn, void *data)
{
	struct nlmsghdr header;
	struct seccomp_event event;

	if (size <= NLMSG_HDRLEN)
		return;
	memcpy(&header, buf, sizeof(header));
	if (header.nlmsg_type == AUDIT_SECCOMP &&
	    seccomp_read_body((struct span){buf + NLMSG_HDRLEN, size - NLMSG_HDRLEN}, &event))
		fn(&event, data);
}

static int read_kernel(struct audit_stream *stream, seccomp_fn *fn, void *data)
{
	char buf[MESSAGE_MAX];

	for (;;) {
		struct sockaddr_nl from = {0};
		socklen_t length = sizeof(from);
		ssize_t n = recvfrom(stream->fd, buf, sizeof(buf), 0, (struct sockaddr *)&from,
				     &length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ENOBUFS) {
			stream->lost++;
			continue;
		}
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		/* only the kernel's word counts */
		if (from.nl_pid == 0)
			take_message(buf, (size_t)n, fn, data);
	}
}

int audit_stream_read(struct audit_stream *stream, seccomp_fn *fn, void *data)
{
	if (stream->log)
		return audit_log_read(stream->log, fn, data);
	if (stream->journal)
		return audit_journal_read(stream->journal, fn, data);
	return read_kernel(stream, fn, data);
}
