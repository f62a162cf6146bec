/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Formulas of vendors as text: whole numbers, names, + - * / (rounded down), comparisons >= and < (1 or 0),
 * and functions:
 *
 *   ceil(a, b)       a / b rounded up
 *   roundup(a, b)    the next multiple of b
 *   min(a, b)  max(a, b)
 *   if(c, a, b)      a where c is not 0, else b
 *
 * A difference below 0 is 0; what passes 2^64 stays at SATURATED (saturate.h), never begins again at 0.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct formula_name {
	const char *name;
	uint64_t value; /* OBJECT_UNKNOWN: a formula that uses it fails */
};

/*
 * Returns 0, -ENODATA if *culprit, one of the names, isn't known, -EDOM where something is divided by 0, or
 * -EINVAL if the text is no formula: *culprit then points behind the division, or to where it stops being one.
 */
int formula_evaluate(const char *text, const struct formula_name *names, size_t count,
		     uint64_t *value, const char **culprit);
