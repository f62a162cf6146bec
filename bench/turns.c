// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A service's IPC at a steady rate: takes and gives a System V semaphore, two calls a turn, with a pause of so
 * many microseconds (0: none) after each turn, for so many milliseconds. Writes into FILE: calls, and
 * microseconds of processor time.
 *
 *   turns FILE MILLISECONDS PAUSE_US
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <unistd.h>

#include "clock.h"

static int take_turn(int id)
{
	struct sembuf give = {.sem_op = 1}, take = {.sem_op = -1};

	return semop(id, &give, 1) < 0 || semop(id, &take, 1) < 0 ? -1 : 0;
}

static long long microseconds(const struct timeval *tv)
{
	return tv->tv_sec * 1000000LL + tv->tv_usec;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	uint64_t calls = 0, end_ns;
	unsigned pause_us;
	FILE *out;
	int id, failed = 0;

	if (argc != 4)
		return EXIT_FAILURE;
	pause_us = (unsigned)strtoul(argv[3], NULL, 10);
	id = semget(IPC_PRIVATE, 1, 0600);
	end_ns = clock_now_ns() + strtoull(argv[2], NULL, 10) * 1000000;
	while (!failed && !clock_is_past(end_ns)) {
		failed = take_turn(id);
		calls += 2;
		if (pause_us)
			usleep(pause_us);
	}
	semctl(id, 0, IPC_RMID);
	getrusage(RUSAGE_SELF, &usage);
	out = fopen(argv[1], "w");
	if (failed || !out)
		return EXIT_FAILURE;
	fprintf(out, "%llu %lld\n", (unsigned long long)calls,
		microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime));
	return fclose(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
