/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "audit_lost.h"

#include <errno.h>
#include <libaudit.h>
#include <poll.h>

#include "cleanup.h"
#include "clock.h"
#include "optional.h"

#define ANSWER_NS NS_PER_S

OPTIONAL_FUNCTION(audit_open);
OPTIONAL_FUNCTION(audit_request_status);
OPTIONAL_FUNCTION(audit_get_reply);

/* The acknowledgement and the answer come in either order. */
static int take_answer(int fd, struct audit_lost *lost)
{
	uint64_t end_ns = clock_now_ns() + ANSWER_NS;
	struct pollfd ready = {.fd = fd, .events = POLLIN};

	while (!clock_is_past(end_ns)) {
		struct audit_reply reply;

		if (poll(&ready, 1, clock_poll_ms(end_ns)) <= 0 ||
		    sym_audit_get_reply(fd, &reply, GET_REPLY_NONBLOCKING, 0) <= 0)
			continue;
		if (reply.type == NLMSG_ERROR && reply.error->error)
			return reply.error->error;
		if (reply.type != AUDIT_GET)
			continue;
		lost->count = reply.status->lost;
		lost->matters = reply.status->pid || reply.status->rate_limit ||
				(reply.status->backlog_limit && !reply.status->backlog_wait_time);
		return 0;
	}
	return -ETIME;
}

int audit_lost_read(struct audit_lost *lost)
{
	static const struct optional_symbol symbols[] = {
		OPTIONAL_SYMBOL(audit_open),
		OPTIONAL_SYMBOL(audit_request_status),
		OPTIONAL_SYMBOL(audit_get_reply),
	};
	_cleanup_close_ int fd = -1;
	int r = optional_open("libaudit.so.1", symbols, sizeof(symbols) / sizeof(symbols[0]));

	*lost = (struct audit_lost){0};
	if (r < 0)
		return r;
	fd = sym_audit_open();
	if (fd < 0)
		return -errno;
	r = sym_audit_request_status(fd);
	return r < 0 ? r : take_answer(fd, lost);
}

uint32_t audit_lost_between(const struct audit_lost *before, const struct audit_lost *after)
{
	return before->matters || after->matters ? after->count - before->count : 0;
}
