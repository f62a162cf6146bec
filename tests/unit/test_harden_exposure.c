/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each part of a unit's exposure: the setting that makes it, and the nearest that doesn't. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exposure.h"

/* systemd's @ipc but its pipes: what 252 makes of `~@ipc` */
static const char *const ipc_set[] = {"ipc",
				      "memfd_create",
				      "mq_getsetattr",
				      "mq_notify",
				      "mq_open",
				      "mq_timedreceive",
				      "mq_timedsend",
				      "mq_unlink",
				      "msgctl",
				      "msgget",
				      "msgrcv",
				      "msgsnd",
				      "pipe",
				      "pipe2",
				      "process_madvise",
				      "process_vm_readv",
				      "process_vm_writev",
				      "semctl",
				      "semget",
				      "semop",
				      "semtimedop",
				      "shmat",
				      "shmctl",
				      "shmdt",
				      "shmget",
				      NULL};

/* What is only read. */
static char **list(const char *const *names)
{
	return (char **)(uintptr_t)names;
}

static struct unit_facts hardened(void)
{
	return (struct unit_facts){.has_private_ipc = true,
				   .restricts_suid = true,
				   .has_no_new_privileges = true,
				   .removes_ipc = true,
				   .umask = 077,
				   .filter = {.calls = list(ipc_set)}};
}

static unsigned total(const struct unit_facts *unit)
{
	const struct exposure_facts facts = {.unit = unit};
	struct exposure exposure;

	exposure_weigh(&facts, &exposure);
	return exposure.total;
}

static bool has(const struct exposure_facts *facts, enum exposure_part part)
{
	struct exposure exposure;

	exposure_weigh(facts, &exposure);
	return exposure.tenths[part] > 0;
}

static void is_nothing_where_all_is_taken_away(void **state)
{
	const struct unit_facts unit = hardened();

	(void)state;
	assert_int_equal(total(&unit), 0);
}

static void each_setting_is_a_part(void **state)
{
	struct unit_facts unit = hardened();
	const struct exposure_facts facts = {.unit = &unit};

	(void)state;
	unit.has_private_ipc = false;
	assert_true(has(&facts, EXPOSED_NAMESPACE));
	unit.shares_ipc = true;
	assert_false(has(&facts, EXPOSED_NAMESPACE));
	unit = hardened();
	unit.restricts_suid = false;
	assert_true(has(&facts, EXPOSED_SUID));
	unit = hardened();
	unit.has_no_new_privileges = false;
	assert_true(has(&facts, EXPOSED_PRIVILEGES));
	unit = hardened();
	unit.umask = 070;
	assert_true(has(&facts, EXPOSED_UMASK));
	unit.umask = 007;
	assert_false(has(&facts, EXPOSED_UMASK));
}

static void a_filter_counts_for_what_it_leaves(void **state)
{
	static const char *const shm_only[] = {"shmat:EPERM", "shmctl", "shmdt", "shmget", NULL};
	static const char *const allowed[] = {"read", "semctl", NULL};
	struct unit_facts unit = hardened();
	const struct exposure_facts facts = {.unit = &unit};

	(void)state;
	unit.filter = (struct manager_filter){.calls = list(shm_only)};
	assert_false(has(&facts, EXPOSED_SHM));
	assert_true(has(&facts, EXPOSED_SEM));
	assert_true(has(&facts, EXPOSED_PROCESS));
	/* an allow-list: nothing else */
	unit.filter = (struct manager_filter){.is_allow_list = true, .calls = list(allowed)};
	assert_true(has(&facts, EXPOSED_SEM));
	assert_false(has(&facts, EXPOSED_SHM));
	assert_false(has(&facts, EXPOSED_PROCESS));
	/* SystemCallFilter= with an empty value: none */
	unit.filter = (struct manager_filter){0};
	assert_true(has(&facts, EXPOSED_SHM));
	assert_true(has(&facts, EXPOSED_MQ));
}

static void what_the_unit_uses_is_not_held_against_it(void **state)
{
	struct unit_facts unit = hardened();
	struct exposure_facts facts = {.unit = &unit, .kinds = KIND_BIT(KIND_SEM)};

	(void)state;
	unit.filter = (struct manager_filter){0};
	assert_false(has(&facts, EXPOSED_SEM));
	assert_true(has(&facts, EXPOSED_SHM));
	/* named semaphores are files, and need no call of System V */
	facts.kinds = KIND_BIT(KIND_PSEM);
	assert_true(has(&facts, EXPOSED_SEM));
	/* it is with others: the namespace can't be its own */
	unit.has_private_ipc = false;
	assert_true(has(&facts, EXPOSED_NAMESPACE));
	facts.shares_objects = true;
	assert_false(has(&facts, EXPOSED_NAMESPACE));
}

static void leftovers_are_those_that_nobody_cleans(void **state)
{
	struct unit_facts unit = hardened();
	struct exposure_facts facts = {.unit = &unit, .kinds = KIND_BIT(KIND_SHM)};

	(void)state;
	unit.has_private_ipc = unit.removes_ipc = false;
	assert_true(has(&facts, EXPOSED_LEFTOVERS));
	unit.cleans = true;
	assert_false(has(&facts, EXPOSED_LEFTOVERS));
	unit.cleans = false;
	facts.kinds = 0;
	assert_false(has(&facts, EXPOSED_LEFTOVERS));
}

static void the_worst_comes_first_and_the_sum_is_bounded(void **state)
{
	struct unit_facts unit = {.umask = 022};
	const struct exposure_facts facts = {.unit = &unit,
					     .kinds = KIND_BIT(KIND_PSHM),
					     .has_open_object = true,
					     .shares_user = true};
	struct exposure exposure;

	(void)state;
	exposure_weigh(&facts, &exposure);
	assert_int_equal(exposure.total, 100);
	assert_int_equal(exposure_worst(&exposure), EXPOSED_OBJECTS);
	unit = hardened();
	exposure_weigh(&(const struct exposure_facts){.unit = &unit}, &exposure);
	assert_int_equal(exposure_worst(&exposure), EXPOSED_COUNT_);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_nothing_where_all_is_taken_away),
		cmocka_unit_test(each_setting_is_a_part),
		cmocka_unit_test(a_filter_counts_for_what_it_leaves),
		cmocka_unit_test(what_the_unit_uses_is_not_held_against_it),
		cmocka_unit_test(leftovers_are_those_that_nobody_cleans),
		cmocka_unit_test(the_worst_comes_first_and_the_sum_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
