/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Vendors' formulas: what they come to, and where a text stops being one. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "formula.h"
#include "object.h"
#include "saturate.h"

static const struct formula_name names[] = {
	{"n", 7},
	{"big", UINT64_C(1) << 63},
	{"zero", 0},
	{"unknown", OBJECT_UNKNOWN},
	{"shared_buffers_2", 22},
	/* a name may be the beginning of another, or that of a function */
	{"nn", 77},
	{"min", 60},
};
#define NAME_COUNT (sizeof(names) / sizeof(names[0]))

static const struct row {
	const char *rule, *text;
	uint64_t value;
} values[] = {
	{"a number", "42", 42},
	{"blanks and tabs anywhere", " \t1\t+ 2 ", 3},
	{"a leading zero is no octal", "010", 10},
	{"the largest number that is known", "18446744073709551614", SATURATED},
	{"one more stays there", "18446744073709551615", SATURATED},
	{"a name", "n", 7},
	{"a longer name that begins with it", "nn", 77},
	{"digits and underscores in names", "shared_buffers_2", 22},
	{"a function's name without brackets is a name", "min + 1", 61},
	{"products before sums", "2 + 3 * 4", 14},
	{"quotients before differences", "20 - 9 / 3", 17},
	{"brackets first", "(2 + 3) * 4", 20},
	{"sums from the left", "10 - 3 - 2", 5},
	{"quotients from the left", "100 / 10 / 5", 2},
	{"products and quotients from the left", "7 / 2 * 2", 6},
	{"sums before comparisons", "1 + 1 < 3", 1},
	{"at least: equal", "n >= 7", 1},
	{"at least: one less", "n >= 8", 0},
	{"less: equal", "n < 7", 0},
	{"less: one more", "n < 8", 1},
	{"a comparison in brackets is a number", "(1 < 2) + (2 >= 2)", 2},
	{"quotients are rounded down", "11 / 4", 2},
	{"a difference below 0 is 0", "3 - 4", 0},
	{"and counts as 0 in what follows", "3 - 4 + 5", 5},
	{"ceil, exact", "ceil(8, 4)", 2},
	{"ceil, one more", "ceil(9, 4)", 3},
	{"ceil of nothing", "ceil(0, 4)", 0},
	{"ceil of the largest", "ceil(18446744073709551614, 2)", SATURATED / 2},
	{"roundup, exact", "roundup(8, 4)", 8},
	{"roundup, one more", "roundup(9, 4)", 12},
	{"roundup of nothing", "roundup(0, 4)", 0},
	{"roundup past 2^64 stays", "roundup(18446744073709551614, 4096)", SATURATED},
	{"min", "min(3, 4)", 3},
	{"max", "max(3, 4)", 4},
	{"a blank before the bracket", "max (3, 4)", 4},
	{"functions in functions", "max(min(9, n), ceil(10, 3))", 7},
	{"if, yes: what isn't 0", "if(2, 10, 20)", 10},
	{"if, no", "if(0, 10, 20)", 20},
	{"if by a comparison", "if(n < 7, 10, if(n >= 7, 30, 40))", 30},
	{"the branch not taken may be unknown", "if(1, 5, unknown)", 5},
	{"the other one, too", "if(0, unknown, 5)", 5},
	{"deeper in it as well", "if(0, max(1, unknown) + 3, 5)", 5},
	{"an if in the branch not taken", "if(0, if(unknown, unknown, 1), 5)", 5},
	{"the branch not taken may divide by 0", "if(zero, 10 / zero, 5)", 5},
	{"or round up to 0", "if(zero, ceil(10, zero) + roundup(1, zero), 5)", 5},
	{"after it the rest counts again", "if(0, unknown, 1) + n", 8},
	{"a sum past 2^64 stays", "big + big", SATURATED},
	{"a product past 2^64 stays", "big * 2", SATURATED},
	{"just below it is exact", "(big - 1) * 2", SATURATED},
	{"and a product of nothing is nothing", "big * 2 * 0", 0},
	{"31 brackets", "(((((((((((((((((((((((((((((((1)))))))))))))))))))))))))))))))", 1},
	{"brackets side by side are not deep",
	 "(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+"
	 "(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)",
	 40},
	{"a long sum is not deep",
	 "1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1", 40},
};

static void comes_to_its_value(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		const struct row *row = &values[i];
		const char *culprit = NULL;
		uint64_t value = 12345;
		int r = formula_evaluate(row->text, names, NAME_COUNT, &value, &culprit);

		if (r || value != row->value)
			print_message("%s: %s: %d %llu at %s\n", row->rule, row->text, r,
				      (unsigned long long)value, culprit ? culprit : "");
		assert_int_equal(r, 0);
		assert_true(value == row->value);
	}
}

/* The place is where the text stops being a formula. */
static const struct bad {
	const char *rule, *text;
	size_t at;
} bad[] = {
	{"nothing", "", 0},
	{"blanks", "  ", 2},
	{"an unknown name", "1 + nope", 4},
	{"an unknown name in the branch not taken is a slip of the pen all the same",
	 "if(0, nope, 1)", 6},
	{"the beginning of a name", "bi", 0},
	{"32 brackets", "((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))", 32},
	{"an unknown function", "1 + floor(1, 2)", 4},
	{"a number past 2^64", "2 * 18446744073709551616", 4},
	{"a size is no number", "64G", 2},
	{"a fraction is none", "1.5", 1},
	{"hexadecimal is none", "0x10", 1},
	{"a sign is none", "-1", 0},
	{"a sum without its end", "1 +", 3},
	{"two numbers", "1 2", 2},
	{"a bracket too few", "(1 + 2", 6},
	{"a bracket too many", "1 + 2)", 5},
	{"empty brackets", "()", 1},
	{"other comparisons", "1 > 2", 2},
	{"at most", "1 <= 2", 3},
	{"equal", "1 = 1", 2},
	{"two comparisons in a row", "1 < 2 < 3", 6},
	{"a function with one argument", "ceil(1)", 6},
	{"a function with three", "max(1, 2, 3)", 8},
	{"an if with two", "if(1, 2)", 7},
	{"an if with four", "if(1, 2, 3, 4)", 10},
	{"if without brackets", "if 1", 0},
	{"a capital function", "CEIL(1, 2)", 0},
	{"a semicolon", "1; 2", 1},
	{"a newline", "1\n", 1},
	{"letters that aren't ASCII", "\xc3\xbc", 0},
	{"an underscore begins no name", "_n", 0},
};

static void says_where_it_stops_being_a_formula(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct bad *row = &bad[i];
		const char *culprit = NULL;
		uint64_t value;
		int r = formula_evaluate(row->text, names, NAME_COUNT, &value, &culprit);

		if (r != -EINVAL || culprit != row->text + row->at)
			print_message("%s: \"%s\": %d at \"%s\"\n", row->rule, row->text, r,
				      culprit ? culprit : "(null)");
		assert_int_equal(r, -EINVAL);
		assert_ptr_equal(culprit, row->text + row->at);
	}
}

static void assert_refused(const char *text, int wanted, const char **culprit)
{
	uint64_t value;

	*culprit = NULL;
	assert_int_equal(formula_evaluate(text, names, NAME_COUNT, &value, culprit), wanted);
	assert_non_null(*culprit);
}

static void names_what_is_not_known(void **state)
{
	const char *culprit;

	(void)state;
	assert_refused("n + unknown", -ENODATA, &culprit);
	assert_ptr_equal(culprit, names[3].name);
	assert_refused("if(1, unknown, 5)", -ENODATA, &culprit);
	assert_ptr_equal(culprit, names[3].name);
	assert_refused("if(unknown, 1, 1)", -ENODATA, &culprit);
	/* a product with 0 isn't known either */
	assert_refused("0 * unknown", -ENODATA, &culprit);
}

static void refuses_to_divide_by_0(void **state)
{
	const char *culprit;

	(void)state;
	assert_refused("1 / zero", -EDOM, &culprit);
	assert_refused("1 / (3 - 4)", -EDOM, &culprit);
	assert_refused("ceil(1, zero)", -EDOM, &culprit);
	assert_refused("roundup(1, zero)", -EDOM, &culprit);
	assert_refused("if(1, 1 / zero, 5)", -EDOM, &culprit);
}

static void refuses_what_is_nested_too_deep(void **state)
{
	char text[20001];
	const char *culprit;

	(void)state;
	memset(text, '(', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_refused(text, -EINVAL, &culprit);
	/* functions count as well */
	text[0] = '\0';
	for (int i = 0; i < 40; i++)
		strcat(text, "max(1,");
	assert_refused(text, -EINVAL, &culprit);
	text[0] = '\0';
	for (int i = 0; i < 40; i++)
		strcat(text, "if(1,");
	assert_refused(text, -EINVAL, &culprit);
}

/* The beginnings of a formula are none, or formulas of their own; nothing is read behind them. */
static void reads_no_further_than_the_text(void **state)
{
	static const char whole[] =
		"if(n >= 7, roundup(ceil(n * 3 + 1, 2), min(4, nn)), unknown / (n - 3))";

	(void)state;
	for (size_t length = 0; length <= strlen(whole); length++) {
		char *text = strndup(whole, length);
		const char *culprit = NULL;
		uint64_t value;
		int r = formula_evaluate(text, names, NAME_COUNT, &value, &culprit);

		assert_true(r == -EINVAL || length == strlen(whole));
		if (r == -EINVAL)
			assert_true(culprit >= text && culprit <= text + length);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_to_its_value),
		cmocka_unit_test(says_where_it_stops_being_a_formula),
		cmocka_unit_test(names_what_is_not_known),
		cmocka_unit_test(refuses_to_divide_by_0),
		cmocka_unit_test(refuses_what_is_nested_too_deep),
		cmocka_unit_test(reads_no_further_than_the_text),
	};

	return cmocka_run_group_tests_name("tune_formula", tests, NULL, NULL);
}
