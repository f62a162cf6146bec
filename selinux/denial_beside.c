/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What do the records beside an AVC add? SYSCALL the call with key, id and flags (its own key= is an
 * audit rule's name and never looked at), IPC the object's owner and mode as they were, PATH a file's
 * whole name. They exist only where an audit rule is loaded.
 */
#include <errno.h>
#include <stdlib.h>

#include "cleanup.h"
#include "denial_internal.h"
#include "spannumber.h"
#include "syscall.h"

/* "0600", "0100600", laurel's "0o600", and "000,660" or "file,600" of ausearch -i. */
static int64_t read_mode(struct span text)
{
	int64_t mode = 0;

	if (text.length < 3)
		return DENIAL_UNKNOWN;
	for (const char *at = span_end(text) - 3; at < span_end(text); at++) {
		if (*at < '0' || *at > '7')
			return DENIAL_UNKNOWN;
		mode = 8 * mode + (*at - '0');
	}
	return mode;
}

static void add_owner(struct denial *denial, const struct record *record)
{
	denial->object_uid = span_decimal(record_field(record, "ouid"));
	denial->object_mode = read_mode(record_field(record, "mode"));
}

static void add_syscall(struct denial *denial, const struct record *record)
{
	struct ipc_syscall call;

	if (!syscall_read(record, &call))
		return;
	memcpy(denial->op, call.op, sizeof(denial->op));
	denial->op_flags = call.flags;
	if (denial->about != ABOUT_SYSV && denial->about != ABOUT_SEGMENT_FILE)
		return;
	if (call.has_id && denial->id == DENIAL_UNKNOWN)
		denial->id = (int64_t)call.id;
	if (call.has_key && denial->key_source != KEY_RECORD) {
		denial->key = call.key;
		denial->key_source = KEY_SYSCALL;
	}
}

/* The file as it was looked up: the same one, by its inode. */
static int add_path(struct denial *denial, const struct record *record)
{
	struct span name = record_field(record, "name");

	if (denial->ino == DENIAL_UNKNOWN ||
	    span_decimal(record_field(record, "inode")) != denial->ino)
		return 0;
	add_owner(denial, record);
	if (denial->about != ABOUT_NAME || !span_starts(name, "/dev/shm/"))
		return 0;
	free(denial->path);
	denial->path = strndup(name.at, name.length);
	if (!denial->path)
		return -ENOMEM;
	denial_take_path(denial->path, denial);
	return 0;
}

int denial_add(struct denial *denial, const struct record *record)
{
	switch (record->type) {
	case RECORD_SYSCALL:
		add_syscall(denial, record);
		return 0;
	case RECORD_IPC:
		if (denial->about == ABOUT_SYSV)
			add_owner(denial, record);
		return 0;
	case RECORD_PATH:
		return add_path(denial, record);
	case RECORD_MQ_OPEN:
		if (!denial->op[0])
			memcpy(denial->op, "mq_open", sizeof("mq_open"));
		return 0;
	case RECORD_NONE:
	case RECORD_AVC:
	case RECORD_JSON:
	case RECORD_SECCOMP:
		break;
	}
	return 0;
}
