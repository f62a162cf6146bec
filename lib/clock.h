/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one clock that deadlines are told on. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)

static inline uint64_t clock_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

/* The time until end_ns as poll(2) takes it, rounded up, at most an hour; 0 if it is past. */
static inline int clock_poll_ms(uint64_t end_ns)
{
	uint64_t now = clock_now_ns(), ms = now < end_ns ? (end_ns - now) / 1000000 + 1 : 0;

	return ms > 3600000 ? 3600000 : (int)ms;
}

static inline bool clock_is_past(uint64_t deadline_ns)
{
	return clock_now_ns() >= deadline_ns;
}
