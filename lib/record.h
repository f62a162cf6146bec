/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One line of a log, as far as it matters here: which audit record it is, of which event, and
 * where its fields begin. Every form that audit records are kept in is known: audit.log raw and
 * enriched, `ausearch --raw` and `-i`, the kernel's and the journal's lines, and syslog's prefixes.
 */
#pragma once

#include "span.h"

enum record_type {
	RECORD_NONE,	/* nothing of ours */
	RECORD_AVC,	/* of the kernel or of a program (USER_AVC), denied or granted */
	RECORD_SYSCALL, /* of the same event: which call, with which arguments */
	RECORD_IPC,	/* owner, mode and label of a System V object */
	RECORD_PATH,	/* owner, mode and label of a file below /dev/shm */
	RECORD_MQ_OPEN, /* how a queue was opened */
	RECORD_JSON,	/* an object: an event of laurel's, or an entry of the journal's */
	RECORD_SECCOMP, /* a system call that a filter logs or refuses: an event of its own */
};

/* How values are written: it decides what has to be decoded, for looks deceive ("cafe"). */
enum record_form {
	FORM_RAW,	  /* strings in quotes, or in hex */
	FORM_INTERPRETED, /* ausearch -i: strings as they are, names for numbers */
	FORM_LAUREL,	  /* strings as they are, odd bytes as %HH */
};

struct record {
	enum record_type type;
	enum record_form form;
	struct span node;  /* the host's name of aggregated logs */
	struct span event; /* what stands in `audit(…)`; may be empty */
	struct span body;  /* the fields; of an AVC from "denied" or "granted" on */
	bool is_granted;
	bool has_key_number; /* laurel's: the IPC key came as a number, so nobody has taken it for hex */
};

/*
 * Whether a line could be a record of ours at all, in a few nanoseconds for the lines of audit.log
 * that are none.
 */
bool record_may_matter(struct span line);

/* Reads a line without its newline. record->type is RECORD_NONE if it is nothing of ours. */
void record_read(struct span line, struct record *record);

/*
 * The record that stands in the line of an AVC record behind it: the write of that was torn, or its newline
 * lost. An empty span if none does. In raw records only: the kernel writes a text with a blank in hex
 * (kernel/audit.c: audit_string_contains_control), ausearch -i any text as it is.
 */
struct span record_glued(struct span line);

/* The value of a field ` name=…` of a raw or interpreted record, quotes taken off. */
struct span record_field(const struct record *record, const char *name);
