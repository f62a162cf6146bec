/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Differences as diff -u has them; applied to random old texts, they make the new ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "linediff.h"

static char *diff(const char *old, const char *new)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_int_equal(
		linediff_print(f, "f", old, old ? strlen(old) : 0, new, new ? strlen(new) : 0), 0);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void assert_diff(const char *old, const char *new, const char *expected)
{
	_cleanup_free_ char *text = diff(old, new);

	assert_string_equal(text, expected);
}

static void equal_texts_have_none(void **state)
{
	(void)state;
	assert_diff("a\nb\n", "a\nb\n", "");
	assert_diff("a\nb", "a\nb", "");
	assert_diff(NULL, NULL, "");
}

static void a_line_comes_with_three_around_it(void **state)
{
	(void)state;
	assert_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
		    "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n");
}

static void what_is_common_in_between_stays(void **state)
{
	(void)state;
	assert_diff("a\nb\nc\nd\n", "x\nb\nc\ny\n",
		    "--- f\n+++ f\n@@ -1,4 +1,4 @@\n-a\n+x\n b\n c\n-d\n+y\n");
}

static void a_file_comes_and_goes(void **state)
{
	(void)state;
	assert_diff(NULL, "a\n", "--- /dev/null\n+++ f\n@@ -0,0 +1,1 @@\n+a\n");
	assert_diff("a\n", NULL, "--- f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n");
}

static void a_missing_last_newline_is_said(void **state)
{
	(void)state;
	assert_diff("a", "a\n",
		    "--- f\n+++ f\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

/* What a hunk of a text without context left out makes of the old text. */
static char *apply(const char *old, const char *patch)
{
	const char *line = strstr(patch, "\n@@ -");
	unsigned long first = strtoul(line + 5, NULL, 10);
	char *result = NULL;
	size_t size;
	FILE *f = open_memstream(&result, &size);

	for (unsigned long i = 1; i < first; i++) {
		fprintf(f, "%.*s\n", (int)strcspn(old, "\n"), old);
		old = strchr(old, '\n') + 1;
	}
	for (line = strchr(line + 1, '\n') + 1; *line; line = strchr(line, '\n') + 1) {
		if (*line != '+') {
			assert_memory_equal(line + 1, old, strcspn(old, "\n") + 1);
			old = strchr(old, '\n') + 1;
		}
		if (*line != '-')
			fprintf(f, "%.*s\n", (int)strcspn(line + 1, "\n"), line + 1);
	}
	fputs(old, f);
	fclose(f);
	return result;
}

static void fill(char *text, unsigned *seed)
{
	size_t count = (size_t)rand_r(seed) % 12;

	for (size_t i = 0; i < count; i++) {
		text[2 * i] = (char)('a' + rand_r(seed) % 3);
		text[2 * i + 1] = '\n';
	}
	text[2 * count] = '\0';
}

static void applied_to_the_old_text_it_makes_the_new(void **state)
{
	unsigned seed = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char old[32], new[32];

		fill(old, &seed);
		fill(new, &seed);
		if (strcmp(old, new) != 0) {
			_cleanup_free_ char *patch = diff(old, new), *made = apply(old, patch);

			assert_string_equal(made, new);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_texts_have_none),
		cmocka_unit_test(a_line_comes_with_three_around_it),
		cmocka_unit_test(what_is_common_in_between_stays),
		cmocka_unit_test(a_file_comes_and_goes),
		cmocka_unit_test(a_missing_last_newline_is_said),
		cmocka_unit_test(applied_to_the_old_text_it_makes_the_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
