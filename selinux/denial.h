/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A denial about IPC: what an AVC record says, and what the other records of its event add.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "creations.h"
#include "object.h"
#include "record.h"

/* How the denial names what it is about. */
enum denial_about {
	ABOUT_SYSV,	    /* a System V object */
	ABOUT_SEGMENT_FILE, /* the file behind a segment's mapping, /SYSVkkkkkkkk */
	ABOUT_FILE,	    /* a file of /dev/shm or an mqueue mount, by its path */
	ABOUT_NAME,	    /* by its last name and its label only: taken for one of /dev/shm */
	ABOUT_MOUNT,	    /* the mount of such files */
	ABOUT_INFO,	    /* SHM_INFO and its siblings: the limits, no object */
	ABOUT_CAPABILITY,   /* ipc_owner: the mode bits refused, and the capability was asked */
	ABOUT_COUNT_
};

/* Where the key was read. */
enum key_source {
	KEY_NONE,
	KEY_RECORD,   /* as the AVC record has it */
	KEY_REPAIRED, /* the log's program had taken it for hex: turned back (AVC only) */
	KEY_PATH,     /* the name of the segment's file */
	KEY_SYSCALL,  /* the first argument of shmget, semget, msgget */
	KEY_COUNT_
};

/* The kernel's records have at most 8,970 bytes (linux/audit.h), and what it names 4,096. */
#define AVC_LENGTH_MAX (16u << 10)

#define DENIAL_UNKNOWN (-1) /* of numbers that are never negative */

struct denial {
	char *arena;	   /* owns the texts below */
	char *path;	   /* of a PATH record, owned; name and container may point into it */
	size_t size;	   /* of both, in bytes */
	const char *node;  /* NULL: not told */
	const char *event; /* as in audit(…); NULL: not told */
	const char *class; /* "sem" */
	const char *perms; /* as the record has them, one blank between */
	const char *scontext, *tcontext;
	const char *comm;      /* decoded; NULL: not told */
	const char *name;      /* POSIX: "/name", or a last name alone (ABOUT_NAME); or NULL */
	const char *container; /* the path that leads to a container's /dev/shm; or NULL */
	uint64_t line;	       /* of its file, from 1 */
	uint64_t offset;       /* where that line begins, of all bytes that were read */
	time_t time;	       /* 0: not told, or its date can be read in two ways */
	int64_t pid;	       /* DENIAL_UNKNOWN */
	int permissive;	       /* 0, 1 or DENIAL_UNKNOWN */
	enum denial_about about;
	bool is_tentative; /* ABOUT_NAME that is IPC only if a record beside it says so */
	bool has_kind;
	enum ipc_kind kind;
	enum key_source key_source;
	bool is_key_doubtful; /* the log's program may have changed it */
	const char *damage;   /* a key that can't be read: a fixed text, or NULL */
	const char *file;     /* of the reader, for what is said of the damage; NULL: not told */
	uint32_t key;
	int64_t id;  /* System V; DENIAL_UNKNOWN */
	int64_t ino; /* of a file; DENIAL_UNKNOWN */

	/* from the records beside it */
	char op[32];	     /* "semctl:GETVAL"; empty: not told */
	int64_t op_flags;    /* the flags of a …get; DENIAL_UNKNOWN */
	int64_t object_uid;  /* the owner at that time; DENIAL_UNKNOWN */
	int64_t object_mode; /* permission bits at that time; DENIAL_UNKNOWN */

	struct creation made; /* by the log; .is_known or not */
};

enum denial_answer {
	DENIAL_FOUND,
	DENIAL_NOT_IPC,
	DENIAL_GRANTED, /* about IPC, but an auditallow rule's record */
	DENIAL_DAMAGED, /* *what says how: a fixed text */
};

/*
 * Reads an AVC record. Returns an answer or -ENOMEM; a denial (DENIAL_FOUND only) is released by
 * denial_done(). A key that can't be read is its damage: a record beside may bring the key.
 */
int denial_read(const struct record *record, struct denial *denial, const char **what);
void denial_done(struct denial *denial);

/* Adds what a SYSCALL, IPC or PATH record of its event tells. 0 or -ENOMEM. */
int denial_add(struct denial *denial, const struct record *record);

/*
 * Whether it is of the host of this name: its log tells none, or that one. Either may have a domain behind its
 * first dot that the other is written without (auditd.conf(5): name_format).
 */
bool denial_is_of_host(const struct denial *denial, const char *host);

/* The type of a context, "sshd_t", as a part of it; all of it where it has no such form. */
struct span context_type(const char *context);
bool context_has_same_type(const char *a, const char *b);
/* A copy, to be freed; NULL without memory. */
char *context_copy_type(const char *context);

/* Stable words for JSON. */
const char *denial_about_name(enum denial_about about);
const char *key_source_name(enum key_source source);
