/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The numbers that ipctune recommends: limits of IPC namespaces, which sysctls set them, and what the
 * kernel itself allows. kernel.sem holds four of them in one file; vm.nr_hugepages is one for each size
 * of huge page and stands apart (hugepages.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum parameter_id {
	PARAMETER_SHMMAX,
	PARAMETER_SHMALL,
	PARAMETER_SHMMNI,
	PARAMETER_SEMMSL, /* the four of kernel.sem, in the order of the file */
	PARAMETER_SEMMNS,
	PARAMETER_SEMOPM,
	PARAMETER_SEMMNI,
	PARAMETER_MSGMAX,
	PARAMETER_MSGMNB,
	PARAMETER_MSGMNI,
	PARAMETER_MQ_QUEUES,
	PARAMETER_MQ_MSG,
	PARAMETER_MQ_MSGSIZE,
	PARAMETER_COUNT_
};

/* A sysctl as it is read, recommended and written: one number, or the four of kernel.sem. */
enum sysctl_id {
	SYSCTL_SHMMAX,
	SYSCTL_SHMALL,
	SYSCTL_SHMMNI,
	SYSCTL_SEM,
	SYSCTL_MSGMAX,
	SYSCTL_MSGMNB,
	SYSCTL_MSGMNI,
	SYSCTL_MQ_QUEUES,
	SYSCTL_MQ_MSG,
	SYSCTL_MQ_MSGSIZE,
	SYSCTL_COUNT_
};

#define NR_HUGEPAGES "vm.nr_hugepages"

/* From here on a limit is no amount: the kernel's default of shmmax and shmall, and SAP's shmall in bytes. */
#define UNLIMITED (UINT64_C(1) << 63)

/*
 * One value for each parameter, and which of them are known: SUSE's hosts really have a shmmax of 2^64-1, so
 * that no value can stand for "not known".
 */
struct parameters {
	uint64_t value[PARAMETER_COUNT_];
	unsigned known; /* set of 1 << parameter_id */
};

static inline bool parameter_is_known(const struct parameters *values, enum parameter_id id)
{
	return values->known >> id & 1;
}

static inline void parameter_set(struct parameters *values, enum parameter_id id, uint64_t value)
{
	values->value[id] = value;
	values->known |= 1u << id;
}

/* "kernel.shmmax", "kernel.sem" … */
const char *sysctl_name(enum sysctl_id id);
/* Whether that is vm.nr_hugepages, with or without "vm.". */
bool sysctl_is_hugepages(const char *name);
/* Finds it by its name, with dots or slashes. Returns a sysctl_id, or -ENOENT. */
int sysctl_by_name(const char *name);
/* Its parameters: *count of them (1 or 4), from the one returned on. */
enum parameter_id sysctl_parameters(enum sysctl_id id, unsigned *count);
enum sysctl_id parameter_sysctl(enum parameter_id id);

/* "shmmax", "semmsl", "mqueue queues_max" …: for people. */
const char *parameter_name(enum parameter_id id);
/* Finds it by "shmmax" or "SEMMNS". Returns a parameter_id, or -ENOENT. */
int parameter_by_name(const char *name);
/* "bytes", "pages", "segments" … */
const char *parameter_unit(enum parameter_id id);
/* "shmget: ENOSPC": what fails at the limit, and how. */
const char *parameter_failure(enum parameter_id id);

/*
 * What a new IPC namespace begins with (include/uapi/linux/{shm,sem,msg}.h, ipc/mqueue.c), on a kernel
 * whose unsigned long has so many bits.
 */
uint64_t parameter_default(enum parameter_id id, unsigned long_bits);

/*
 * The largest value that makes sense: ULONG_MAX - 2^24 of the kernel's own advice for shmmax and shmall,
 * ipcmni for numbers of ids, what the kernel accepts for the rest.
 */
uint64_t parameter_cap(enum parameter_id id, unsigned long_bits, uint64_t ipcmni);

/*
 * The text of a sysctl: one number, or four with blanks between them, "-" for one that isn't known.
 * Returns buf.
 */
#define SYSCTL_TEXT_SIZE 96
const char *sysctl_format(enum sysctl_id id, const struct parameters *values,
			  char buf[SYSCTL_TEXT_SIZE]);

/*
 * Reads a sysctl's text as /proc/sys and sysctl.d have it: decimal numbers, blanks or tabs between the
 * four. Stricter than the kernel, which ignores what stands behind a blank: 0 with all of its parameters
 * set, or -EINVAL (nothing set), -ERANGE past 2^64.
 */
int sysctl_parse(enum sysctl_id id, const char *text, struct parameters *values);
