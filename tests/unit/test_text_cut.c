/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text for a terminal of so many columns: never half a character, never one column too many. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text.h"

static void what_fits_stays(void **state)
{
	static const struct {
		const char *whole;
		size_t columns;
		const char *cut;
	} rows[] = {
		{"", 0, ""},
		{"abc", 3, "abc"},
		{"abc", 4, "abc"},
		{"abc", 2, "ab"},
		{"abc", 0, ""},
		{"gr\u00fcn", 3, "gr\u00fc"},
		{"gr\u00fcn", 4, "gr\u00fcn"},
		/* a character of two columns, and one that adds none to the last */
		{"\u6f22\u5b57", 4, "\u6f22\u5b57"},
		{"\u6f22\u5b57", 3, "\u6f22"},
		{"\u6f22\u5b57", 1, ""},
		{"e\u0301a", 1, "e\u0301"},
		/* not UTF-8: a byte each */
		{"a\xff\xfe", 2, "a\xff"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text text = {0};

		text_add(&text, rows[i].whole);
		text_cut(&text, rows[i].columns);
		assert_string_equal(text.bytes, rows[i].cut);
		assert_in_range(text_width(&text), 0, rows[i].columns);
		text_done(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_stays),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
