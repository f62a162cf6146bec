// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Wiping against memset of the same segment, turn by turn in one process. Prints a line a round:
 * nanoseconds of memset on a fresh attachment, of memset on that attachment once more, of
 * wipe_attached on a fresh one; the pages that the segment had before and after the wipe; and
 * nanoseconds of mincore(2) over all of it, which a wipe can't do without.
 *
 *   wipe MIB RESIDENT_MIB ROUNDS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "clock.h"
#include "wipe.h"

#define MIB (1024 * 1024UL)

static uint64_t time_memset(void *addr, size_t size)
{
	uint64_t begin = clock_now_ns();

	memset(addr, 0, size);
	__asm__ volatile("" : : "r"(addr) : "memory");
	return clock_now_ns() - begin;
}

static unsigned long pages(void)
{
	struct shm_info info;

	return shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&info) < 0 ? 0 : info.shm_rss;
}

static int make(size_t size, size_t resident)
{
	int id = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
	char *addr = id < 0 ? (char *)-1 : shmat(id, NULL, 0);

	if (addr == (char *)-1)
		return -1;
	/* in its middle: the hole is on both sides */
	memset(addr + (size - resident) / 2, 'x', resident);
	shmdt(addr);
	return id;
}

static uint64_t time_mincore(int id, size_t size)
{
	unsigned char *resident = malloc(size / (size_t)sysconf(_SC_PAGESIZE));
	void *addr = shmat(id, NULL, 0);
	uint64_t begin = clock_now_ns(), end;

	if (!resident || addr == (void *)-1 || mincore(addr, size, resident) < 0)
		perror("mincore");
	end = clock_now_ns();
	shmdt(addr);
	free(resident);
	return end - begin;
}

/* A segment of its own for each: memset leaves no holes. */
static int time_one(size_t size, size_t resident, bool is_wipe, uint64_t ns[2],
		    unsigned long used[2])
{
	int id = make(size, resident), r = 0;
	uint64_t begin, wiped;
	void *addr;

	if (id < 0)
		return -1;
	used[0] = pages();
	begin = clock_now_ns();
	addr = shmat(id, NULL, 0);
	if (addr == (void *)-1)
		return -1;
	if (is_wipe) {
		r = wipe_attached(addr, size, false, &wiped);
		ns[0] = clock_now_ns() - begin;
	} else {
		(void)time_memset(addr, size);
		ns[0] = clock_now_ns() - begin;
		ns[1] = time_memset(addr, size);
	}
	used[1] = pages();
	shmdt(addr);
	if (is_wipe)
		ns[1] = time_mincore(id, size);
	shmctl(id, IPC_RMID, NULL);
	return r;
}

int main(int argc, char **argv)
{
	size_t size = argc == 4 ? strtoul(argv[1], NULL, 10) * MIB : 0;
	size_t resident = argc == 4 ? strtoul(argv[2], NULL, 10) * MIB : 0;

	if (!size || resident > size) {
		fprintf(stderr, "usage: wipe MIB RESIDENT_MIB ROUNDS\n");
		return 2;
	}
	for (int i = 0; i < atoi(argv[3]); i++) {
		unsigned long used[2], wiped_used[2];
		uint64_t ns[2], wipe_ns[2];

		if (time_one(size, resident, false, ns, used) < 0 ||
		    time_one(size, resident, true, wipe_ns, wiped_used) < 0) {
			perror("wipe");
			return 1;
		}
		printf("%llu %llu %llu %lu %lu %llu\n", (unsigned long long)ns[0],
		       (unsigned long long)ns[1], (unsigned long long)wipe_ns[0], wiped_used[0],
		       wiped_used[1], (unsigned long long)wipe_ns[1]);
	}
	return 0;
}
