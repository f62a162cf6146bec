/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sizes come from files and products of others: sums and products stay at SATURATED instead of starting
 * again at 0. UINT64_MAX itself means "not known" everywhere (OBJECT_UNKNOWN).
 */
#pragma once

#include <stdint.h>

#define SATURATED (UINT64_MAX - 1)

static inline uint64_t saturate_known(uint64_t value)
{
	return value > SATURATED ? SATURATED : value;
}

static inline uint64_t saturate_sum(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? SATURATED : saturate_known(sum);
}

static inline void saturate_add(uint64_t *sum, uint64_t more)
{
	*sum = saturate_sum(*sum, more);
}

static inline uint64_t saturate_mul(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? SATURATED : saturate_known(product);
}
