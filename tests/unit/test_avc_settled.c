/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Up to where has a log been told that is still being written? A checkpoint begins there the next time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reader.h"

#define OTHER "type=CWD msg=audit(1700000000.001:1): cwd=\"/\"\n"
#define AVC                                                                        \
	"type=AVC msg=audit(1700000000.001:1): avc:  denied  { read } for  pid=1 " \
	"ipc_key=1  scontext=a:b:c_t tcontext=a:b:d_t tclass=shm permissive=0\n"

static int on_denial(struct denial *denial, void *data)
{
	++*(int *)data;
	denial_done(denial);
	return 0;
}

static int on_error(const char *file, uint64_t line, const char *what, void *data)
{
	(void)file;
	(void)line;
	(void)what;
	(void)data;
	return 0;
}

static int given;

static int setup(void **state)
{
	struct reader_sink sink = {on_denial, on_error, &given};

	given = 0;
	return reader_new((struct reader **)state, &sink);
}

static int teardown(void **state)
{
	reader_free(*state);
	return 0;
}

static void take(struct reader *reader, const char *text, size_t length)
{
	size_t room;

	memcpy(reader_space(reader, &room), text, length);
	assert_int_equal(reader_advance(reader, length), 0);
}

static void whole_lines_are_settled(void **state)
{
	struct reader *reader = *state;

	take(reader, OTHER, strlen(OTHER));
	assert_int_equal(reader_settled(reader), strlen(OTHER));
	take(reader, OTHER, 10);
	assert_int_equal(reader_settled(reader), strlen(OTHER));
	assert_int_equal(reader_taken(reader), strlen(OTHER) + 10);
	take(reader, &OTHER[10], strlen(OTHER) - 10);
	assert_int_equal(reader_settled(reader), 2 * strlen(OTHER));
}

static void a_denial_that_waits_is_not(void **state)
{
	struct reader *reader = *state;

	take(reader, OTHER, strlen(OTHER));
	take(reader, AVC OTHER, strlen(AVC OTHER));
	assert_int_equal(reader_tick(reader), 0);
	assert_int_equal(given, 0);
	assert_true(reader_is_waiting(reader));
	assert_int_equal(reader_settled(reader), strlen(OTHER));
	/* one that came after the tick waits for the next but one */
	take(reader, AVC, strlen(AVC));
	assert_int_equal(reader_tick(reader), 0);
	assert_int_equal(given, 1);
	assert_int_equal(reader_settled(reader), strlen(OTHER AVC OTHER));
	assert_int_equal(reader_tick(reader), 0);
	assert_int_equal(given, 2);
	assert_false(reader_is_waiting(reader));
	assert_int_equal(reader_settled(reader), strlen(OTHER AVC OTHER AVC));
}

/* It may be whole with the line that is still to come. */
static void a_wrapped_record_is_not(void **state)
{
	struct reader *reader = *state;
	size_t half = (size_t)(strstr(AVC, " tclass") - AVC);

	take(reader, OTHER AVC, strlen(OTHER) + half);
	take(reader, "\n", 1);
	assert_int_equal(reader_settled(reader), strlen(OTHER));
	take(reader, &AVC[half], strlen(AVC) - half);
	assert_int_equal(reader_tick(reader), 0);
	assert_int_equal(reader_tick(reader), 0);
	assert_int_equal(given, 1);
	assert_int_equal(reader_settled(reader), strlen(OTHER AVC) + 1);
}

static void a_line_too_long_is_not_until_it_ends(void **state)
{
	struct reader *reader = *state;
	static char many[LINE_LENGTH_MAX / 2];

	memset(many, 'x', sizeof(many));
	take(reader, OTHER, strlen(OTHER));
	for (int i = 0; i < 5; i++)
		take(reader, many, sizeof(many));
	assert_int_equal(reader_settled(reader), strlen(OTHER));
	assert_int_equal(reader_taken(reader), strlen(OTHER) + 5 * sizeof(many));
	take(reader, "\n" OTHER, 1 + strlen(OTHER));
	assert_int_equal(reader_settled(reader), 2 * strlen(OTHER) + 5 * sizeof(many) + 1);
}

/* A file's last line needs no newline; the next file goes on from there. */
static void counting_goes_on_in_the_next_file(void **state)
{
	struct reader *reader = *state;

	take(reader, OTHER, 10);
	assert_int_equal(reader_end(reader), 0);
	assert_int_equal(reader_settled(reader), 10);
	take(reader, OTHER, strlen(OTHER));
	assert_int_equal(reader_settled(reader), 10 + strlen(OTHER));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole_lines_are_settled, setup, teardown),
		cmocka_unit_test_setup_teardown(a_denial_that_waits_is_not, setup, teardown),
		cmocka_unit_test_setup_teardown(a_wrapped_record_is_not, setup, teardown),
		cmocka_unit_test_setup_teardown(a_line_too_long_is_not_until_it_ends, setup,
						teardown),
		cmocka_unit_test_setup_teardown(counting_goes_on_in_the_next_file, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
