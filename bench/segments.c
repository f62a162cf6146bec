// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the others are measured on and against: many segments of a user, and the least that removing
 * them can cost.
 *
 *   segments fill COUNT UID     makes them, of 4 KiB each, unused
 *   segments remove UID         a bare IPC_RMID loop; prints the loop's own nanoseconds
 *   segments one MIB RESIDENT UID    one segment, its first RESIDENT MiB written
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>

#include "clock.h"

#define COUNT_MAX 32768
#define MIB (1024 * 1024UL)

static int make(size_t size, uid_t uid, size_t resident)
{
	int id = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
	struct shmid_ds ds;
	void *addr;

	if (id < 0 || shmctl(id, IPC_STAT, &ds) < 0)
		return -1;
	if (resident) {
		addr = shmat(id, NULL, 0);
		if (addr == (void *)-1)
			return -1;
		memset(addr, 'x', resident);
		shmdt(addr);
	}
	ds.shm_perm.uid = uid;
	return shmctl(id, IPC_SET, &ds);
}

static int remove_all(uid_t uid)
{
	static int ids[COUNT_MAX];
	struct shmid_ds ds;
	uint64_t begin;
	int count = 0, id;

	for (int index = 0; index < COUNT_MAX && count < COUNT_MAX; index++) {
		id = shmctl(index, SHM_STAT, &ds);
		if (id >= 0 && ds.shm_perm.uid == uid)
			ids[count++] = id;
	}
	begin = clock_now_ns();
	for (int i = 0; i < count; i++)
		if (shmctl(ids[i], IPC_RMID, NULL) < 0)
			return -1;
	printf("%llu %d\n", (unsigned long long)(clock_now_ns() - begin), count);
	return 0;
}

static unsigned long number(const char *text)
{
	return strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
	int r = 0;

	if (argc == 4 && !strcmp(argv[1], "fill")) {
		for (unsigned long i = 0; i < number(argv[2]) && r == 0; i++)
			r = make(4096, (uid_t)number(argv[3]), 0);
	} else if (argc == 3 && !strcmp(argv[1], "remove")) {
		r = remove_all((uid_t)number(argv[2]));
	} else if (argc == 5 && !strcmp(argv[1], "one")) {
		r = make(number(argv[2]) * MIB, (uid_t)number(argv[4]), number(argv[3]) * MIB);
	} else {
		fprintf(stderr,
			"usage: segments fill COUNT UID | remove UID | one MIB RESIDENT UID\n");
		return 2;
	}
	if (r < 0)
		perror("segments");
	return r < 0;
}
