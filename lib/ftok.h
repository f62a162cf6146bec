/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which file does a key come from? ftok(3) makes a key of a project id, the last 8 bits of the
 * file's device and the last 16 of its inode (glibc's sysvipc/ftok.c; musl alike). Other files have
 * the same 24 bits: a match is a candidate, and none of them a proof that the key was made otherwise.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "private_tmp.h"

/* The project id in a key. */
unsigned ftok_project(uint32_t key);

/* The key of a file. */
uint32_t ftok_key(dev_t dev, ino_t ino, unsigned project);

/* The part of a key that tells of the file: keys of one file have it in common. */
uint32_t ftok_file_part(uint32_t key);

/* One file asked about, or what a unit with PrivateTmp= finds under its name. */
struct ftok_answer {
	size_t file;   /* index of the file asked about */
	char *path;    /* what whoever uses it calls it */
	char *unit;    /* whose private /tmp it is in; NULL: in nobody's */
	int error;     /* why it can't be looked at, a negative errno; the rest is void then */
	uint32_t key;  /* with the project id of the key asked about */
	bool is_match; /* that is the key asked about */
	bool is_clash; /* it is not, but what others have under this name matches */
	dev_t dev;
	ino_t ino;
};

struct ftok_answers {
	struct ftok_answer *all; /* by file, the one asked about first */
	size_t count;
	size_t matches;	 /* different files that match */
	bool has_shared; /* some file is one that units with PrivateTmp= could have another of */
};

/*
 * Asks of each file whether the key can be its own. Returns 0 and answers for ftok_answers_done(),
 * or -ENOMEM.
 */
int ftok_ask(struct ftok_answers *answers, uint32_t key, const char *const *files, size_t count,
	     const struct tmp_places *places);
void ftok_answers_done(struct ftok_answers *answers);
