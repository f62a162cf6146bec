/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An IPC object of any of the six kinds, as one look at the kernel showed it, and the ways it is
 * written: `shm:5`, `pshm:/name`, key 0x%08x, sizes in K/M/G/T, spans as systemd writes them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

enum ipc_kind {
	KIND_SHM,  /* System V shared memory segment */
	KIND_SEM,  /* System V semaphore set */
	KIND_MSG,  /* System V message queue */
	KIND_PSHM, /* POSIX shared memory, a file below /dev/shm */
	KIND_PSEM, /* POSIX named semaphore, /dev/shm/sem.NAME */
	KIND_PMQ,  /* POSIX message queue, a file in an mqueue mount */
	KIND_COUNT_
};

/* a set of kinds */
#define KIND_BIT(kind) (1u << (unsigned)(kind))
#define KINDS_SYSV (KIND_BIT(KIND_SHM) | KIND_BIT(KIND_SEM) | KIND_BIT(KIND_MSG))
#define KINDS_DEV_SHM (KIND_BIT(KIND_PSHM) | KIND_BIT(KIND_PSEM))
#define KINDS_ALL (KINDS_SYSV | KINDS_DEV_SHM | KIND_BIT(KIND_PMQ))

static inline bool kind_is_sysv(enum ipc_kind kind)
{
	return kind <= KIND_MSG;
}

/* What usage.h found out; SysV shm is judged by nattch, POSIX objects by the lease. */
enum lease_state {
	LEASE_NOT_ASKED,
	LEASE_FREE,	  /* granted: nobody has the file open or mapped */
	LEASE_IN_USE,	  /* refused: somebody has */
	LEASE_UNREADABLE, /* the owner has no read permission: asked again when it is removed */
	LEASE_UNKNOWN, /* no lease to be had (fs.leases-enable=0, not permitted): counts as use */
};

#define OBJECT_UNKNOWN UINT64_MAX

struct ipc_object {
	enum ipc_kind kind;
	int id;	      /* System V: the id, 0 is valid; POSIX: -1 */
	uint32_t key; /* System V: the key as an unsigned number, 0 is IPC_PRIVATE */
	char *name;   /* POSIX: the name with its leading '/', owned; System V: NULL */

	uid_t uid, cuid; /* POSIX files know no creator: cuid == uid */
	gid_t gid, cgid;
	mode_t mode;	/* permission bits, and SHM_DEST for a segment marked for destruction */
	uint64_t bytes; /* shm: segsz; msg: cbytes; pshm, psem: st_size; sem: 0;
			 * pmq: messages times mq_msgsize, an upper bound */

	time_t ctime;  /* last change, seconds since the epoch */
	time_t newest; /* the newest of all its times: what its age counts from */

	uint64_t nattch; /* shm */
	uint64_t qnum;	 /* msg, pmq: messages in the queue */
	/* what only some kinds have shares its place: hosts have tens of thousands of objects */
	union {
		uint64_t qbytes; /* msg: how many bytes it takes */
		struct {
			/* pmq: messages it takes, bytes of each; 0 if it could not be asked */
			uint32_t maxmsg, msgsize;
		};
	};
	union {
		uint32_t nsems; /* sem */
		uint32_t nlink; /* POSIX: names of the file */
	};
	pid_t cpid;	/* shm: creator; 0 if not visible in our PID namespace or not known */
	pid_t lpid;	/* shm: last attach or detach; msg: last sender */
	pid_t lrpid;	/* msg: last receiver */
	time_t lpid_at; /* when lpid; sem: the last operation; 0 is never */
	union {
		time_t lrpid_at; /* msg: when lrpid; 0 is never */
		time_t atime;	 /* shm: last attach, 0 is never; POSIX: last read */
	};
	union {
		time_t dtime; /* shm: last detach, 0 is never */
		time_t mtime; /* POSIX: last write */
	};

	dev_t dev; /* POSIX: which file it was */
	ino_t ino;

	/* filled by inventory_read_resident(): bytes in memory and in swap, or OBJECT_UNKNOWN */
	uint64_t rss, swap;

	/* filled by usage_probe() */
	pid_t live_user; /* a live process that last used it, 0 for none */
	enum lease_state lease : 8;
	bool has_waiters : 1; /* sem, msg: a live process sleeps on it */
	bool is_blind : 1;    /* a user of it would not be visible from here */
};

/* Releases what the object owns. */
void object_done(struct ipc_object *obj);

/*
 * It was made at that time or before, the oldest that it has; whoever made it had started by then. ctime
 * alone is the last change.
 */
time_t object_made_by(const struct ipc_object *obj);

/* "shm", "sem", "msg", "pshm", "psem", "pmq" */
const char *kind_name(enum ipc_kind kind);

/* The word for error messages and tables: "shared memory segment" ... */
const char *kind_title(enum ipc_kind kind);

/*
 * Reads "shm,sem,pmq" into a set of KIND_BIT(). Returns 0, or -EINVAL for an unknown or empty
 * element; *set is then unchanged.
 */
int kinds_parse(const char *text, unsigned *set);

/*
 * Writes the object's name as the command lines take it, `shm:5` or `pshm:/name`. Bytes that are
 * not printable UTF-8 come as \xHH, a backslash as \x5c: the line is safe for any terminal.
 * Returns a string to be freed, or NULL without memory.
 */
char *object_ref(const struct ipc_object *obj);

/*
 * Reads how an object is called, whether there is one or not: its kind, and in *which the id or name as it
 * stands in the text. Returns 0 or -EINVAL.
 */
int object_parse_ref(const char *text, enum ipc_kind *kind, const char **which);

/* Escapes one name in the same way; NULL gives NULL. */
char *name_escape(const char *name);

/* A key as 0x%08x in a buffer of at least KEY_TEXT_SIZE bytes. */
#define KEY_TEXT_SIZE 11
const char *key_format(uint32_t key, char buf[KEY_TEXT_SIZE]);

/*
 * Reads a key: 0x… , or decimal, also negative as audit records write it (-1 is 0xffffffff).
 * Returns 0, -EINVAL, or -ERANGE outside of 32 bits.
 */
int key_parse(const char *text, uint32_t *key);

/*
 * Reads a span of time as systemd.time(7) writes it: "90", "90s", "5min", "2h 30min", "1d", "2w",
 * "500ms". A number without unit is seconds. Returns 0 with nanoseconds in *ns, -EINVAL, or
 * -ERANGE above 292 years.
 */
int span_parse(const char *text, uint64_t *ns);

/* A size with one digit after the point, in K/M/G/T of 1024, in a buffer of SIZE_TEXT_SIZE. */
#define SIZE_TEXT_SIZE 16
const char *size_format(uint64_t bytes, char buf[SIZE_TEXT_SIZE]);

/*
 * Reads a size in bytes, with K, M, G or T behind it in those of 1024. Returns 0, -EINVAL, or
 * -ERANGE past 2^64.
 */
int size_parse(const char *text, uint64_t *bytes);

/* Reads a percentage from 1 to 100, with or without the sign. Returns 0 or -EINVAL. */
int percent_parse(const char *text, unsigned *percent);

/* Reads a decimal uid (not (uid_t)-1). Returns 0, -EINVAL or -ERANGE. */
int uid_parse(const char *text, uid_t *uid);
