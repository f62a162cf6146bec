/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What columns are there, and what does each say? Names follow lsipc(1) where it has the same. */
#include "columns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "changes.h"
#include "say.h"
#include "words.h"

enum {
	OBJECT,
	KIND,
	ID,
	KEY,
	NAME,
	OWNER,
	CREATOR,
	UID,
	GID,
	CUID,
	CGID,
	MODE,
	PERMS,
	SIZE,
	RSS,
	SWAP,
	NATTCH,
	HUGE,
	NSEMS,
	MSGS,
	USEDBYTES,
	QBYTES,
	MAXMSG,
	MSGSIZE,
	CPID,
	COMMAND,
	UNIT,
	CONTAINER,
	LPID,
	LSPID,
	LRPID,
	USERS,
	ATTACH,
	DETACH,
	CTIME,
	LASTOP,
	SEND,
	RECV,
	MTIME,
	AGE,
	CHANGE,
	STATE,
	INODE,
	LINKS,
	COUNT_
};

static const struct column all[COUNT_] = {
	[OBJECT] = {"OBJECT", "how the command lines call it: shm:5, pshm:/name", FORM_TEXT, 0},
	[KIND] = {"KIND", "shm, sem, msg, pshm, psem or pmq", FORM_TEXT, 0},
	[ID] = {"ID", "System V: the identifier", FORM_NUMBER, 0},
	[KEY] = {"KEY", "System V: the key; 0x00000000 is private", FORM_TEXT, 0},
	[NAME] = {"NAME", "POSIX: the name", FORM_TEXT, 0},
	[OWNER] = {"OWNER", "the owner's name", FORM_TEXT, 0},
	[CREATOR] = {"CREATOR", "the creating user's name", FORM_TEXT, 0},
	[UID] = {"UID", "the owner", FORM_NUMBER, 0},
	[GID] = {"GID", "the owner's group", FORM_NUMBER, 0},
	[CUID] = {"CUID", "the creating user", FORM_NUMBER, 0},
	[CGID] = {"CGID", "the creating user's group", FORM_NUMBER, 0},
	[MODE] = {"MODE", "permissions, octal", FORM_TEXT, 0},
	[PERMS] = {"PERMS", "permissions, as ls -l has them", FORM_TEXT, 0},
	[SIZE] = {"SIZE", "bytes; of a queue, in its messages", FORM_SIZE, 0},
	[RSS] = {"RSS", "shared memory: bytes in memory", FORM_SIZE, NEEDS_RESIDENT},
	[SWAP] = {"SWAP", "shared memory: bytes in swap", FORM_SIZE, NEEDS_RESIDENT},
	[HUGE] = {"HUGE", "shm: size of its huge pages, 0 for none; known while it is attached",
		  FORM_SIZE, NEEDS_MAPPED},
	[NATTCH] = {"NATTCH", "shm: how often it is attached", FORM_NUMBER, 0},
	[NSEMS] = {"NSEMS", "sem: semaphores in the set", FORM_NUMBER, 0},
	[MSGS] = {"MSGS", "msg, pmq: messages in the queue", FORM_NUMBER, 0},
	[USEDBYTES] = {"USEDBYTES", "msg: bytes in the queue", FORM_SIZE, 0},
	[QBYTES] = {"QBYTES", "msg: bytes that it takes", FORM_SIZE, 0},
	[MAXMSG] = {"MAXMSG", "pmq: messages that it takes", FORM_NUMBER, 0},
	[MSGSIZE] = {"MSGSIZE", "pmq: bytes that a message may have", FORM_SIZE, 0},
	[CPID] = {"CPID", "shm: the creating process", FORM_NUMBER, 0},
	[COMMAND] = {"COMMAND", "shm: its name, while it lives", FORM_TEXT, NEEDS_PROCESSES},
	[UNIT] = {"UNIT", "shm: its unit or session, while it lives", FORM_TEXT, NEEDS_PROCESSES},
	[CONTAINER] = {"CONTAINER", "shm: its container, while it lives", FORM_TEXT,
		       NEEDS_PROCESSES},
	[LPID] = {"LPID", "shm: the process of the last attach or detach", FORM_NUMBER, 0},
	[LSPID] = {"LSPID", "msg: the last sender", FORM_NUMBER, 0},
	[LRPID] = {"LRPID", "msg: the last receiver", FORM_NUMBER, 0},
	[USERS] = {"USERS", "processes that have it attached, mapped or open", FORM_TEXT,
		   NEEDS_MAPPED | NEEDS_OPEN},
	[ATTACH] = {"ATTACH", "shm: last attach", FORM_TIME, 0},
	[DETACH] = {"DETACH", "shm: last detach", FORM_TIME, 0},
	[CTIME] = {"CTIME", "last change of owner or mode, or creation", FORM_TIME, 0},
	[LASTOP] = {"LAST-OP", "sem: last operation", FORM_TIME, 0},
	[SEND] = {"SEND", "msg: last message sent", FORM_TIME, 0},
	[RECV] = {"RECV", "msg: last message received", FORM_TIME, 0},
	[MTIME] = {"MTIME", "POSIX: last write", FORM_TIME, 0},
	[AGE] = {"AGE", "since the newest of its times", FORM_SPAN, 0},
	[CHANGE] = {"CHANGE", "watch: bytes more or less than at the last look, a second",
		    FORM_CHANGE, 0},
	[STATE] = {"STATE", "shm: dest (goes with its last user), locked", FORM_TEXT, 0},
	[INODE] = {"INODE", "POSIX: the file's inode", FORM_NUMBER, 0},
	[LINKS] = {"LINKS", "POSIX: names of the file", FORM_NUMBER, 0},
};

const struct column *columns_find(const char *name, size_t length)
{
	for (size_t i = 0; i < COUNT_; i++)
		if (strlen(all[i].name) == length && !strncasecmp(all[i].name, name, length))
			return &all[i];
	return NULL;
}

static int add_list(const char *text, struct columns *columns)
{
	for (;;) {
		size_t length = strcspn(text, ",");
		const struct column *column = columns_find(text, length);

		if (!column) {
			say_error("--output: %.*s: no such column; see ipcaudit --list-columns",
				  (int)length, text);
			return -EINVAL;
		}
		if (columns->count == COLUMNS_MAX) {
			say_error("--output: more than %d columns", COLUMNS_MAX);
			return -EINVAL;
		}
		columns->list[columns->count++] = column;
		if (!text[length])
			return 0;
		text += length + 1;
	}
}

int columns_parse(const char *text, const char *usual, struct columns *columns)
{
	int r = 0;

	columns->count = 0;
	if (!text || *text == '+')
		r = add_list(usual, columns);
	if (r == 0 && text)
		r = add_list(text + (*text == '+'), columns);
	return r;
}

int columns_parse_sort(const char *text, const struct column **sort, bool *is_descending)
{
	*sort = NULL;
	*is_descending = text && *text == '-';
	if (!text)
		return 0;
	text += *is_descending;
	*sort = columns_find(text, strlen(text));
	if (*sort)
		return 0;
	say_error("--sort: %s: no such column; see ipcaudit --list-columns", text);
	return -EINVAL;
}

unsigned columns_needs(const struct columns *columns)
{
	unsigned needs = 0;

	for (size_t i = 0; i < columns->count; i++)
		needs |= columns->list[i]->needs;
	return needs;
}

int columns_print_all(FILE *out)
{
	for (size_t i = 0; i < COUNT_; i++)
		if (fprintf(out, "%-10s %s\n", all[i].name, all[i].help) < 0)
			return -errno;
	return 0;
}

/* Gives *value and whether it means something: for this kind, and known. */
static bool set(uint64_t *value, bool means, uint64_t number)
{
	*value = number;
	return means;
}

static bool sysv_number(const struct ipc_object *obj, int column, uint64_t *value)
{
	bool is_shm = obj->kind == KIND_SHM, is_sem = obj->kind == KIND_SEM,
	     is_msg = obj->kind == KIND_MSG;

	switch (column) {
	case ID:
		return set(value, kind_is_sysv(obj->kind), (uint64_t)obj->id);
	case NATTCH:
		return set(value, is_shm, obj->nattch);
	case NSEMS:
		return set(value, is_sem, obj->nsems);
	case USEDBYTES:
		return set(value, is_msg, obj->bytes);
	case QBYTES:
		return set(value, is_msg, obj->qbytes);
	case CPID:
		return set(value, is_shm && obj->cpid, (uint64_t)obj->cpid);
	case LPID:
		return set(value, is_shm && obj->lpid, (uint64_t)obj->lpid);
	case LSPID:
		return set(value, is_msg && obj->lpid, (uint64_t)obj->lpid);
	case LRPID:
		return set(value, is_msg && obj->lrpid, (uint64_t)obj->lrpid);
	case ATTACH:
		return set(value, is_shm && obj->atime, (uint64_t)obj->atime);
	case DETACH:
		return set(value, is_shm && obj->dtime, (uint64_t)obj->dtime);
	case LASTOP:
		return set(value, is_sem && obj->lpid_at, (uint64_t)obj->lpid_at);
	case SEND:
		return set(value, is_msg && obj->lpid_at, (uint64_t)obj->lpid_at);
	case RECV:
		return set(value, is_msg && obj->lrpid_at, (uint64_t)obj->lrpid_at);
	}
	return false;
}

static bool posix_number(const struct ipc_object *obj, int column, uint64_t *value)
{
	bool is_queue = obj->kind == KIND_PMQ && obj->maxmsg;

	if (kind_is_sysv(obj->kind))
		return false;
	switch (column) {
	case MAXMSG:
		return set(value, is_queue, obj->maxmsg);
	case MSGSIZE:
		return set(value, is_queue, obj->msgsize);
	case MTIME:
		return set(value, true, (uint64_t)obj->mtime);
	case INODE:
		return set(value, true, obj->ino);
	case LINKS:
		return set(value, true, obj->nlink);
	}
	return false;
}

static uint64_t change_of(const struct audit *audit, size_t object)
{
	double rate = changes_per_second(audit->changes, audit->changes->growth[object]);

	/* past these a conversion is undefined */
	if (rate >= 0x1p63)
		return UINT64_MAX;
	return (uint64_t)(rate <= -0x1p63 ? INT64_MIN : (int64_t)rate) + CHANGE_BIAS;
}

bool column_number(const struct column *column, const struct audit *audit, size_t object,
		   uint64_t *value)
{
	const struct ipc_object *obj = &audit->inv.objects[object];
	int which = (int)(column - all);

	switch (which) {
	case UID:
		return set(value, true, obj->uid);
	case GID:
		return set(value, true, obj->gid);
	case CUID:
		return set(value, true, obj->cuid);
	case CGID:
		return set(value, true, obj->cgid);
	case SIZE:
		return set(value, obj->kind != KIND_SEM, obj->bytes);
	case RSS:
		return set(value, obj->rss != OBJECT_UNKNOWN, obj->rss);
	case SWAP:
		return set(value, obj->swap != OBJECT_UNKNOWN, obj->swap);
	case HUGE:
		*value = holders_hugepage_size(&audit->holders, object);
		return obj->kind == KIND_SHM && *value != OBJECT_UNKNOWN;
	case MSGS:
		return set(value, obj->kind == KIND_MSG || obj->kind == KIND_PMQ, obj->qnum);
	case CTIME:
		return set(value, true, (uint64_t)obj->ctime);
	case AGE:
		return set(value, true, audit_age_s(audit, obj));
	case CHANGE:
		return audit->changes && audit->changes->elapsed_ns &&
		       set(value, true, change_of(audit, object));
	}
	return sysv_number(obj, which, value) || posix_number(obj, which, value);
}

static void write_creator(int which, struct audit *audit, const struct ipc_object *obj,
			  struct text *cell)
{
	const struct who *who =
		audit_creator_lives(audit, obj) ? whos_get(&audit->whos, obj->cpid) : NULL;
	const char *text = !who		      ? NULL
			   : which == COMMAND ? who->comm
			   : which == UNIT    ? who->unit
					      : who->container;

	text_add(cell, text ? text : "-");
}

static void write_text(int which, struct audit *audit, size_t object, struct text *cell)
{
	const struct ipc_object *obj = &audit->inv.objects[object];
	char key[KEY_TEXT_SIZE];

	switch (which) {
	case OBJECT:
		words_add_object(cell, obj);
		break;
	case KIND:
		text_add(cell, kind_name(obj->kind));
		break;
	case KEY:
		text_add(cell, kind_is_sysv(obj->kind) ? key_format(obj->key, key) : "-");
		break;
	case NAME:
		words_add_name(cell, obj);
		break;
	case OWNER:
		words_add_user(cell, audit, obj->uid);
		break;
	case CREATOR:
		words_add_user(cell, audit, obj->cuid);
		break;
	case MODE:
		words_add_mode(cell, obj->mode);
		break;
	case PERMS:
		words_add_perms(cell, obj->mode);
		break;
	case COMMAND:
	case UNIT:
	case CONTAINER:
		write_creator(which, audit, obj, cell);
		break;
	case USERS:
		words_add_holders(cell, audit, object);
		break;
	case STATE:
		words_add_state(cell, obj);
		break;
	}
}

void column_write(const struct column *column, struct audit *audit, size_t object,
		  struct text *cell)
{
	char size[SIZE_TEXT_SIZE];
	uint64_t value;

	if (column->form == FORM_TEXT) {
		write_text((int)(column - all), audit, object, cell);
		return;
	}
	if (!column_number(column, audit, object, &value)) {
		text_add_char(cell, '-');
		return;
	}
	switch (column->form) {
	case FORM_TEXT:
	case FORM_NUMBER:
		text_add_uint(cell, value);
		break;
	case FORM_SIZE:
		text_add(cell, size_format(value, size));
		break;
	case FORM_TIME:
		words_add_time(cell, (time_t)value, audit->now);
		break;
	case FORM_SPAN:
		words_add_span(cell, value);
		break;
	case FORM_CHANGE:
		words_add_change(cell, (int64_t)(value - CHANGE_BIAS));
		break;
	}
}
