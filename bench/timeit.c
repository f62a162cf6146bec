// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Runs a command, its output thrown away, and prints what it took: nanoseconds from spawn to exit, the
 * most memory it had resident in KiB, and nanoseconds of processor time, with those of its children.
 * What was done before it in the shell is not in it.
 *
 *   timeit COMMAND [ARGUMENT...]
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "clock.h"

extern char **environ;

static uint64_t nanoseconds(const struct timeval *tv)
{
	return (uint64_t)tv->tv_sec * NS_PER_S + (uint64_t)tv->tv_usec * 1000;
}

int main(int argc, char **argv)
{
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	uint64_t begin;
	int status, r;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: timeit COMMAND [ARGUMENT...]\n");
		return 2;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	begin = clock_now_ns();
	r = posix_spawnp(&pid, argv[1], &actions, NULL, argv + 1, environ);
	if (r || wait4(pid, &status, 0, &usage) < 0) {
		fprintf(stderr, "timeit: %s: %s\n", argv[1], strerror(r));
		return 2;
	}
	printf("%llu %ld %llu\n", (unsigned long long)(clock_now_ns() - begin), usage.ru_maxrss,
	       (unsigned long long)(nanoseconds(&usage.ru_utime) + nanoseconds(&usage.ru_stime)));
	return status ? 1 : 0;
}
