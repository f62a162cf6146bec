/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What came, went and grew between two looks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "changes.h"
#include "clock.h"

static struct ipc_object segment(int id, uint64_t bytes)
{
	return (struct ipc_object){.kind = KIND_SHM, .id = id, .bytes = bytes};
}

static struct ipc_object file(ino_t ino, uint64_t bytes)
{
	return (struct ipc_object){.kind = KIND_PSHM, .id = -1, .ino = ino, .bytes = bytes};
}

static struct ipc_object queue(int id, uint64_t bytes, uint64_t qnum)
{
	return (struct ipc_object){.kind = KIND_MSG, .id = id, .bytes = bytes, .qnum = qnum};
}

/* Looks at all of them but those from `count` on, at that second. */
static void look(struct changes *changes, struct ipc_object *objects, size_t count, uint64_t second)
{
	uint32_t chosen[8];
	struct inventory inv = {.objects = objects, .count = count};
	struct selection selection = {chosen, count};

	assert_in_range(count, 0, 8);
	for (size_t i = 0; i < count; i++)
		chosen[i] = (uint32_t)i;
	assert_int_equal(changes_look(changes, &inv, &selection, second * NS_PER_S), 0);
}

static void the_first_look_has_no_rates(void **state)
{
	struct ipc_object now[] = {segment(3, 4096), queue(3, 100, 2)};
	struct changes changes = {0};

	(void)state;
	look(&changes, now, 2, 10);
	assert_int_equal(changes.elapsed_ns, 0);
	assert_int_equal(changes.kinds[KIND_SHM].objects, 1);
	assert_int_equal(changes.kinds[KIND_SHM].bytes, 4096);
	assert_int_equal(changes.kinds[KIND_SHM].came, 0);
	assert_int_equal(changes.kinds[KIND_MSG].messages, 2);
	assert_true(changes.growth[0] == 0);
	assert_true(changes_per_second(&changes, 5) == 0);
	changes_done(&changes);
}

static void what_came_went_and_grew(void **state)
{
	/* in other orders: kinds and ids decide, not the place in the inventory */
	struct ipc_object before[] = {queue(7, 100, 2), segment(1, 10), segment(2, 20), file(9, 5)},
			  now[] = {file(9, 15), segment(3, 30), segment(2, 20), queue(7, 40, 1)};
	struct changes changes = {0};

	(void)state;
	look(&changes, before, 4, 10);
	look(&changes, now, 4, 12);
	assert_int_equal(changes.elapsed_ns, 2 * NS_PER_S);
	assert_int_equal(changes.kinds[KIND_SHM].came, 1);
	assert_int_equal(changes.kinds[KIND_SHM].gone, 1);
	assert_true(changes.kinds[KIND_SHM].growth == 20);
	assert_int_equal(changes.kinds[KIND_MSG].came, 0);
	assert_int_equal(changes.kinds[KIND_MSG].gone, 0);
	assert_true(changes.kinds[KIND_MSG].growth == -60);
	assert_true(changes.growth[0] == 10);
	assert_true(changes.growth[1] == 30);
	assert_true(changes.growth[2] == 0);
	assert_true(changes.growth[3] == -60);
	assert_true(changes_per_second(&changes, changes.growth[0]) == 5);
	changes_done(&changes);
}

static void a_number_is_another_object_in_another_kind(void **state)
{
	struct ipc_object before[] = {segment(5, 10)}, now[] = {queue(5, 10, 1)};
	struct changes changes = {0};

	(void)state;
	look(&changes, before, 1, 10);
	look(&changes, now, 1, 11);
	assert_int_equal(changes.kinds[KIND_SHM].gone, 1);
	assert_int_equal(changes.kinds[KIND_MSG].came, 1);
	changes_done(&changes);
}

static void all_of_them_and_none(void **state)
{
	struct ipc_object some[] = {segment(1, 10), segment(2, UINT64_MAX)};
	struct changes changes = {0};

	(void)state;
	look(&changes, some, 0, 10);
	look(&changes, some, 2, 11);
	assert_int_equal(changes.kinds[KIND_SHM].came, 2);
	look(&changes, some, 0, 12);
	assert_int_equal(changes.kinds[KIND_SHM].gone, 2);
	assert_int_equal(changes.kinds[KIND_SHM].objects, 0);
	assert_true(changes.kinds[KIND_SHM].growth < -0x1p63);
	changes_done(&changes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_look_has_no_rates),
		cmocka_unit_test(what_came_went_and_grew),
		cmocka_unit_test(a_number_is_another_object_in_another_kind),
		cmocka_unit_test(all_of_them_and_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
