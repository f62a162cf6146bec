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

static inline bool clock_is_past(uint64_t deadline_ns)
{
	return clock_now_ns() >= deadline_ns;
}
