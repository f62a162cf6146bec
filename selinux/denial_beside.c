/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What do the records beside an AVC add? SYSCALL the call with key, id and flags (its own key= is an
 * audit rule's name and never looked at), IPC the object's owner and mode as they were, PATH a file's
 * whole name; and what a name alone doesn't say: whether it is in /dev/shm, or a queue's. They exist only
 * where an audit rule is loaded.
 */
#include <errno.h>
#include <limits.h>
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

/* Of a queue that is to be made, the AVC has the name only, and it has a file's class. */
static void take_for_queue(struct denial *denial)
{
	if (denial->about != ABOUT_NAME || denial->ino != DENIAL_UNKNOWN)
		return;
	denial->about = ABOUT_FILE;
	denial->kind = KIND_PMQ;
	denial->is_tentative = false;
}

/* The first argument of a …get is what the program asked for: a doubtful key has to agree. */
static void add_key(struct denial *denial, uint32_t key)
{
	if (denial->key_source == KEY_RECORD && (!denial->is_key_doubtful || denial->key == key))
		return;
	denial->key = key;
	denial->key_source = KEY_SYSCALL;
}

/* The record of a capability, as that of class ipc, doesn't tell the kind of its object. */
static void add_kind(struct denial *denial, enum ipc_call call)
{
	static const enum ipc_kind kinds[CALL_COUNT_] = {
		[CALL_SHMGET] = KIND_SHM, [CALL_SHMAT] = KIND_SHM,	[CALL_SHMCTL] = KIND_SHM,
		[CALL_SHMDT] = KIND_SHM,  [CALL_SEMGET] = KIND_SEM,	[CALL_SEMOP] = KIND_SEM,
		[CALL_SEMCTL] = KIND_SEM, [CALL_SEMTIMEDOP] = KIND_SEM, [CALL_MSGGET] = KIND_MSG,
		[CALL_MSGSND] = KIND_MSG, [CALL_MSGRCV] = KIND_MSG,	[CALL_MSGCTL] = KIND_MSG,
	};

	if (denial->has_kind || call == CALL_MQ_OPEN || call == CALL_MQ_UNLINK ||
	    (denial->about != ABOUT_SYSV && denial->about != ABOUT_CAPABILITY))
		return;
	denial->has_kind = true;
	denial->kind = kinds[call];
}

static void add_syscall(struct denial *denial, const struct record *record)
{
	struct ipc_syscall call;

	if (!syscall_read(record, &call))
		return;
	memcpy(denial->op, call.op, sizeof(denial->op));
	denial->op_flags = call.flags;
	if (call.call == CALL_MQ_OPEN || call.call == CALL_MQ_UNLINK)
		take_for_queue(denial);
	if (denial->about != ABOUT_SYSV && denial->about != ABOUT_SEGMENT_FILE &&
	    denial->about != ABOUT_CAPABILITY)
		return;
	add_kind(denial, call.call);
	if (call.has_id && denial->id == DENIAL_UNKNOWN)
		denial->id = (int64_t)call.id;
	if (call.has_key)
		add_key(denial, call.key);
}

/* Where there are no quotes, it may hold blanks: it goes on to what the kernel writes behind it. */
static struct span read_name(const struct record *record)
{
	struct span name = record_field(record, "name"), rest;
	const char *end;

	if (!name.length || record->form == FORM_RAW)
		return name;
	rest = span_from(record->body, name.at);
	end = span_find(rest, " inode=") ?: span_find(rest, " nametype=");
	name = end ? span_until(rest, end) : name;
	while (span_ends(name, " "))
		name.length--;
	return name;
}

/* A PATH record's name, to be freed: in hex where it has bytes that quotes can't hold. */
static char *copy_name(const struct record *record, struct span name)
{
	char *copy = strndup(name.at, name.length);

	if (copy && record->form == FORM_RAW && name.at[-1] != '"')
		hex_decode(copy);
	return copy;
}

/* What isn't there yet has no inode: its last name is all that the AVC has of it. */
static bool is_to_be_made(const struct denial *denial, const struct record *record,
			  const char *path)
{
	return denial->ino == DENIAL_UNKNOWN &&
	       span_is(record_field(record, "nametype"), "CREATE") &&
	       !strcmp(strrchr(path, '/') + 1, denial->name);
}

/* The file as it was looked up: the same one, by its inode. */
static int add_path(struct denial *denial, const struct record *record)
{
	struct span name = read_name(record);
	bool is_same = denial->ino != DENIAL_UNKNOWN &&
		       span_decimal(record_field(record, "inode")) == denial->ino;
	_cleanup_free_ char *path = NULL;

	if (is_same)
		add_owner(denial, record);
	/* the kernel takes no longer ones, and each byte may be two digits */
	if (denial->about != ABOUT_NAME || !name.length || name.length > 2 * (size_t)PATH_MAX)
		return 0;
	path = copy_name(record, name);
	if (!path)
		return -ENOMEM;
	if (strncmp(path, "/dev/shm/", strlen("/dev/shm/")) != 0 ||
	    (!is_same && !is_to_be_made(denial, record, path)))
		return 0;
	denial->size += name.length + 1;
	denial->path = STEAL_PTR(path);
	denial->is_tentative = false;
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
		take_for_queue(denial);
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
