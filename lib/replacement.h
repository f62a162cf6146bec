/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file that is written beside its place and renamed there: whoever reads it meanwhile, and whatever
 * ends us, finds the old one or the new one, whole.
 */
#pragma once

#include <stdio.h>
#include <sys/types.h>

struct replacement {
	FILE *out;	 /* to be written to */
	char *temporary; /* its name until then */
};

/* Returns 0 and a replacement for replacement_done(), or a negative errno. */
int replacement_begin(struct replacement *replacement, const char *file);

/* Puts it into the file's place, with that mode. Returns 0 or a negative errno. */
int replacement_end(struct replacement *replacement, const char *file, mode_t mode);

/* What was not put into its place is removed. */
void replacement_done(struct replacement *replacement);
