// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Who has what attached, against the least it can cost, reading every /proc/PID/maps once, turn by turn
 * in one process. Prints a line a round: nanoseconds of the reading, nanoseconds of the holders,
 * how many were found.
 *
 *   maps ROUNDS
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "holders.h"

static char buffer[1 << 16];

static uint64_t time_reading(const struct procs *procs)
{
	uint64_t begin = clock_now_ns();

	for (size_t i = 0; i < procs->count; i++) {
		_cleanup_close_ int fd = -1;
		char path[32];

		snprintf(path, sizeof(path), "%d/maps", procs->all[i].pid);
		fd = openat(procs->proc_fd, path, O_RDONLY | O_CLOEXEC);
		while (fd >= 0 && read(fd, buffer, sizeof(buffer)) > 0)
			;
	}
	return clock_now_ns() - begin;
}

static uint64_t time_holders(const struct inventory *inv, const struct procs *procs, size_t *count)
{
	_cleanup_(holders_done) struct holders holders = {0};
	uint64_t begin = clock_now_ns();

	if (holders_read(&holders, inv, procs, HOLDERS_MAPPED) < 0)
		return 0;
	*count = holders.count;
	return clock_now_ns() - begin;
}

int main(int argc, char **argv)
{
	_cleanup_(inventory_done) struct inventory inv = {.shm_fd = -1, .mqueue_fd = -1};
	_cleanup_(procs_done) struct procs procs = {.proc_fd = -1};
	int rounds = argc > 1 ? atoi(argv[1]) : 0;
	size_t count = 0;

	if (inventory_scan(&inv, KINDS_ALL, NULL) < 0 || procs_read(&procs) < 0)
		return 1;
	for (int i = 0; i < rounds; i++) {
		uint64_t reading = time_reading(&procs),
			 holders = time_holders(&inv, &procs, &count);

		printf("%llu %llu %zu\n", (unsigned long long)reading, (unsigned long long)holders,
		       count);
	}
	return 0;
}
