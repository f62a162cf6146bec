/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that read an AVC record share. */
#pragma once

#include "denial.h"

/* The parts of an AVC record's text. */
struct avc_parts {
	struct span perms;  /* between the braces */
	struct span middle; /* pid=, comm= and what it is about, blanks at its end included */
	struct span scontext, tcontext, class;
	struct span tail; /* from the class on */
};

/* The value of a field of the middle, quotes taken off; at NULL if it isn't there. */
struct span avc_field(const struct avc_parts *parts, const char *name);

/* The same decoded, in the arena. */
char *avc_keep_text(const struct record *record, const struct avc_parts *parts, const char *name,
		    char **arena);

/* Fills in what a denial of a file class is about. false if that is no IPC. */
bool avc_read_file(const struct record *record, const struct avc_parts *parts,
		   struct denial *denial, char **arena);

/*
 * Takes a path for what it names: about, kind, key, name, container, which point into it; it is
 * changed. false if that is no IPC.
 */
bool denial_take_path(char *path, struct denial *denial);

/* Decodes a whole text of hex digits in place. false, and nothing changed, if it is none. */
bool hex_decode(char *text);
