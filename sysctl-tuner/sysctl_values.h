/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The values in force: the files below /proc/sys, of the IPC namespace that the caller is in. What
 * is written is read back, for the kernel takes some values in part and says nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parameter.h"

#define SYSCTL_NUMBERS_MAX 4
/* vm.nr_hugepages, which is no enum sysctl_id: behind the last of them */
#define SYSCTL_HUGEPAGES SYSCTL_COUNT_
#define SYSCTL_VALUES_MAX (SYSCTL_COUNT_ + 1)

struct sysctl_value {
	unsigned id; /* enum sysctl_id, or SYSCTL_HUGEPAGES */
	unsigned count;
	uint64_t numbers[SYSCTL_NUMBERS_MAX];
};

/* What became of a value that was written. */
enum sysctl_written {
	SYSCTL_IN_FORCE,
	SYSCTL_PARTLY, /* fewer huge pages than wanted, but not fewer than before */
	SYSCTL_OTHER,  /* the kernel took it, and another value is in force */
};

const char *sysctl_value_name(const struct sysctl_value *value);
const char *sysctl_value_print(const struct sysctl_value *value, char buf[SYSCTL_TEXT_SIZE]);
bool sysctl_value_is_same(const struct sysctl_value *a, const struct sysctl_value *b);

/* Whether any of its numbers is lower than those of another. */
bool sysctl_value_lowers(const struct sysctl_value *value, const struct sysctl_value *present);

/*
 * Reads a name and the text of a value. Returns 0, -ENOENT for a sysctl that ipctune knows nothing
 * of, -EINVAL for what is no number, or not as many as needed, -ERANGE for what no kernel takes.
 */
int sysctl_value_parse(struct sysctl_value *value, const char *name, const char *text);

/* Opens <root>/proc/sys for the rest. Returns a descriptor or a negative errno. */
int sysctl_values_open(const char *root);

/* Fills the numbers from what is in force. Returns 0, -EINVAL for an unexpected text, or else. */
int sysctl_value_read(int proc_sys, struct sysctl_value *value);

/* Whether it may be written at all: 0, -EROFS, -EACCES … Changes nothing. */
int sysctl_value_try(int proc_sys, const struct sysctl_value *value);

/*
 * Writes a value at once and reads it back into *got. Returns an enum sysctl_written, or a negative
 * errno if the kernel refuses it: of kernel.sem some numbers may have changed even so.
 */
int sysctl_value_write(int proc_sys, const struct sysctl_value *wanted, struct sysctl_value *got);
