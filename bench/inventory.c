// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The inventory against the least it can cost, a bare SHM_STAT_ANY loop over the same indices, turn
 * by turn in one process. Prints a line a round: nanoseconds of the loop, nanoseconds of the
 * inventory, objects.
 *
 *   inventory [ROUNDS]        without: one inventory and nothing else, for a look from outside
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>

#include "cleanup.h"
#include "clock.h"
#include "inventory.h"

#ifndef SHM_STAT_ANY
#define SHM_STAT_ANY 15
#endif

static uint64_t time_loop(void)
{
	uint64_t begin = clock_now_ns();
	struct shmid_ds ds;
	struct shminfo info;
	int highest = shmctl(0, IPC_INFO, (struct shmid_ds *)(void *)&info);

	for (int index = 0; index <= highest; index++)
		(void)!shmctl(index, SHM_STAT_ANY, &ds);
	return clock_now_ns() - begin;
}

static uint64_t time_inventory(unsigned kinds, size_t *count)
{
	_cleanup_(inventory_done) struct inventory inv = {.shm_fd = -1, .mqueue_fd = -1};
	uint64_t begin = clock_now_ns();

	if (inventory_scan(&inv, kinds, NULL) < 0)
		return 0;
	*count = inv.count;
	return clock_now_ns() - begin;
}

int main(int argc, char **argv)
{
	bool is_all = argc > 1 && !strcmp(argv[1], "all");
	int rounds = argc > 1 && !is_all ? atoi(argv[1]) : 0;
	size_t count = 0;

	if (!rounds)
		return time_inventory(is_all ? KINDS_ALL : KIND_BIT(KIND_SHM), &count) == 0;
	for (int i = 0; i < rounds; i++) {
		uint64_t loop = time_loop(), inventory = time_inventory(KIND_BIT(KIND_SHM), &count);

		printf("%llu %llu %zu\n", (unsigned long long)loop, (unsigned long long)inventory,
		       count);
	}
	return 0;
}
