/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is wrong, one finding each: how bad, with which object, what it rests on, whom to talk to and
 * what to do. Finders (find_*.c) look at the snapshot and add to the list; nothing is changed.
 */
#pragma once

#include <stdio.h>

#include "audit.h"
#include "document.h"

enum severity {
	SEVERITY_INFO,	   /* worth knowing */
	SEVERITY_WARNING,  /* will fail, or leak, some day */
	SEVERITY_CRITICAL, /* fails now */
};

/* Stable words: ipcaudit(8) and --list-findings list them, JSON prints them. */
enum finding_id {
	FINDING_ORPHAN,
	FINDING_GHOST_ATTACHMENT,
	FINDING_UNLINKED_HELD,
	FINDING_LIMIT_NEAR,
	FINDING_WORLD_ACCESSIBLE,
	FINDING_GIVEN_AWAY,
	FINDING_SETUID_CREATOR,
	FINDING_KNOWN_LEAKER,
	FINDING_LEASE_DISABLED,
	FINDING_REMOVEIPC_RISK,
	FINDING_SHARED_USER,
	FINDING_SYSCALL_FILTER,
	FINDING_FTOK_PRIVATE_TMP,
	FINDING_SEM_CYCLE,
	FINDING_SEM_DEAD_HOLDER,
	FINDING_QUEUE_LOST_CONSUMER,
	FINDING_QUEUE_FULL,
	FINDING_COUNT_
};

/* A column of a table in the evidence. */
struct evidence_column {
	const char *name;
	bool is_flag;
};

enum evidence_form {
	EVIDENCE_NUMBER,
	EVIDENCE_TIME,
	EVIDENCE_TEXT,
	EVIDENCE_FLAG,
	EVIDENCE_DRAWING,
	EVIDENCE_TABLE,
};

struct evidence {
	const char *name; /* of a JSON member */
	enum evidence_form form;
	uint64_t number;
	char *text; /* owned */
	/* a table */
	const struct evidence_column *columns;
	size_t width, row_count, rows_allocated;
	uint64_t *cells; /* owned; row by row, `width` in each */
};

#define EVIDENCE_MAX 12

struct finding {
	enum finding_id id;
	enum severity severity;
	enum ipc_kind kind; /* of the object */
	char *object;	    /* as command lines call it; NULL: the host */
	char *summary;	    /* one sentence */
	char *owner;	    /* the person or unit to talk to; NULL if that is nobody */
	char *fix;	    /* the command to act; NULL if there is none */
	uid_t uid;	    /* whose it is, for groups of many; (uid_t)-1 for nobody's */
	struct evidence evidence[EVIDENCE_MAX];
	size_t evidence_count;
};

struct findings {
	struct finding *list;
	size_t count, allocated;
	bool failed; /* without memory: one may be missing */
};

/*
 * Adds a finding about an object (NULL: about the host), with a sentence. Returns NULL without
 * memory, which all that follows take, and findings->failed remembers.
 */
struct finding *findings_add(struct findings *findings, enum finding_id id, enum severity severity,
			     const struct ipc_object *obj, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
void finding_set_owner(struct finding *finding, const char *owner);
void finding_set_fix(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What it rests on. Names live as long as the program. A number OBJECT_UNKNOWN is null. */
void finding_number(struct finding *finding, const char *name, uint64_t value);
void finding_time(struct finding *finding, const char *name, time_t value);
void finding_text(struct finding *finding, const char *name, const char *value);
void finding_flag(struct finding *finding, const char *name, bool value);
/* Lines that people are shown at once, without -v; in JSON a text. */
void finding_drawing(struct finding *finding, const char *name, const char *lines);

/* A table, in JSON an array of objects. Its columns live as long as the program. */
void finding_table(struct finding *finding, const char *name, const struct evidence_column *columns,
		   size_t width);
/* A row of the table that was added last: `width` numbers, OBJECT_UNKNOWN for null. */
void finding_row(struct finding *finding, const uint64_t *cells);

void findings_done(struct findings *findings);

const char *finding_name(enum finding_id id);
const char *severity_name(enum severity severity);

/* Prints id, worst severity and meaning of all. Returns 0 or a negative errno. */
int findings_print_all(FILE *out);

/* Which of them a command asks for: a set of bits 1 << enum finding_id. */
uint64_t findings_of_command(enum command command);

/*
 * Runs the finders of those findings, then leaves out what the command line's filters leave out.
 * The list is sorted: the worst first, then by id and owner. Returns 0 or -ENOMEM.
 */
int findings_make(struct findings *findings, struct audit *audit, uint64_t wanted);

/* What the finders of those findings need in the snapshot. */
unsigned findings_needs(uint64_t wanted);

/*
 * Adds them to the array that a document is in, of a place (NULL: our own, which isn't named). Returns
 * 0 or a negative errno.
 */
int findings_put_json(struct document_stream *stream, const struct findings *findings,
		      const struct place *place);
