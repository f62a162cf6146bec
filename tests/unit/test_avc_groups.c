/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is kept of a log is bounded: by the number of groups, and by what their texts take. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "groups.h"
#include "reader.h"

#define DENIALS 4000
/* near the longest that the kernel writes: as hex, it is twice as long */
#define LONG_NAME 4000

static int on_denial(struct denial *denial, void *data)
{
	return groups_add(data, denial, &(struct sighting){0});
}

static int on_error(const char *file, uint64_t line, const char *what, void *data)
{
	(void)file;
	(void)data;
	fail_msg("line %ju: %s", (uintmax_t)line, what);
	return 0;
}

/* One of DENIALS: its number, and as many letters as make the name that long, in hex. */
static size_t write_record(char *to, size_t size, unsigned number, size_t length)
{
	size_t used = (size_t)snprintf(to, size,
				       "type=AVC msg=audit(1700000000.001:%u): avc:  denied  "
				       "{ read } for  pid=1 comm=\"app\" path=2F6465762F73686D2F",
				       number);

	for (unsigned rest = number, i = 0; i < 4; i++, rest /= 10)
		used += (size_t)snprintf(to + used, size - used, "3%u", rest % 10);
	for (size_t i = 4; i < length; i++)
		used += (size_t)snprintf(to + used, size - used, "C3");
	return used + (size_t)snprintf(to + used, size - used,
				       " dev=\"tmpfs\" ino=%u scontext=a:b:c_t:s0 "
				       "tcontext=a:b:d_tmpfs_t:s0 tclass=file permissive=0\n",
				       number + 1);
}

static void read_records(struct groups *groups, unsigned count, size_t length)
{
	struct reader_sink sink = {on_denial, on_error, groups};
	struct reader *reader;

	assert_int_equal(reader_new(&reader, &sink), 0);
	for (unsigned i = 0; i < count; i++) {
		size_t size;
		char *space = reader_space(reader, &size);

		assert_int_equal(reader_advance(reader, write_record(space, size, i, length)), 0);
	}
	assert_int_equal(reader_end(reader), 0);
	assert_int_equal(reader_flush(reader), 0);
	reader_free(reader);
}

static uint64_t counted(const struct groups *groups)
{
	uint64_t sum = groups->left_out;

	for (size_t i = 0; i < groups->count; i++)
		sum += groups->all[i].count;
	return sum;
}

static size_t allocated(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void long_names_are_kept_in_bounds(void **state)
{
	struct groups groups = {0};
	size_t before = allocated();

	(void)state;
	read_records(&groups, DENIALS, LONG_NAME);
	assert_true(groups.bytes <= GROUPS_BYTES_MAX);
	assert_true(allocated() - before < 2 * GROUPS_BYTES_MAX);
	assert_in_range(groups.count, GROUPS_BYTES_MAX / (LONG_NAME + 300), DENIALS - 1);
	assert_int_equal(counted(&groups), DENIALS);
	/* what has its group already is counted there */
	read_records(&groups, 1, LONG_NAME);
	assert_int_equal(groups.all[0].count, 2);
	assert_int_equal(counted(&groups), DENIALS + 1);
	groups_done(&groups);
}

static void short_names_have_groups_of_their_own(void **state)
{
	struct groups groups = {0};

	(void)state;
	read_records(&groups, DENIALS, 100);
	assert_int_equal(groups.count, DENIALS);
	assert_int_equal(groups.left_out, 0);
	groups_done(&groups);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_names_are_kept_in_bounds),
		cmocka_unit_test(short_names_have_groups_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
