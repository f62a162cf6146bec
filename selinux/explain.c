/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "explain.h"

#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>

static const struct {
	const char *class; /* NULL: shm, sem and msgq */
	const char *permission, *tried;
} permissions[] = {
	{NULL, "create", "making a new one"},
	{NULL, "associate", "finding it by its key"},
	{NULL, "unix_read", "access for reading, asked beside the mode bits"},
	{NULL, "unix_write", "access for writing, asked beside the mode bits"},
	{NULL, "getattr", "asking for its state (IPC_STAT)"},
	{NULL, "setattr", "changing its owner or mode (IPC_SET)"},
	{NULL, "destroy", "removing it (IPC_RMID)"},
	{"shm", "read", "attaching it (shmat)"},
	{"shm", "write", "attaching it for writing (shmat without SHM_RDONLY)"},
	{"shm", "lock", "keeping it out of swap (SHM_LOCK)"},
	{"sem", "read", "reading a value, or an operation on one (semop)"},
	{"sem", "write", "changing a value (semop, SETVAL, SETALL)"},
	{"msgq", "read", "taking a message out (msgrcv)"},
	{"msgq", "write", "sending to it (msgsnd)"},
	{"msgq", "enqueue", "having a message of this label in it (msgsnd)"},
	{"msg", "send", "sending this message (msgsnd)"},
	{"msg", "receive", "receiving this message (msgrcv)"},
	{"system", "ipc_info", "asking for limits and sums (SHM_INFO, SEM_INFO, MSG_INFO)"},
	{"capability", "ipc_owner", "going past mode bits that refuse"},
	{"capability", "ipc_lock", "keeping shared memory out of swap, or huge pages"},
};

static bool is_sysv_class(const char *class)
{
	return !strcmp(class, "shm") || !strcmp(class, "sem") || !strcmp(class, "msgq");
}

const char *explain_permission(const char *class, const char *permission)
{
	for (size_t i = 0; i < sizeof(permissions) / sizeof(permissions[0]); i++)
		if ((permissions[i].class ? !strcmp(permissions[i].class, class)
					  : is_sysv_class(class)) &&
		    !strcmp(permissions[i].permission, permission))
			return permissions[i].tried;
	return NULL;
}

static const struct {
	const char *op, *class, *needs;
} calls[] = {
	{"shmctl:IPC_STAT", "shm", "unix_read getattr associate"},
	{"shmctl:SHM_STAT", "shm", "unix_read getattr associate"},
	{"shmctl:SHM_STAT_ANY", "shm", "getattr associate"},
	{"shmctl:IPC_SET", "shm", "setattr"},
	{"shmctl:IPC_RMID", "shm", "destroy"},
	{"shmctl:SHM_LOCK", "shm", "lock"},
	{"shmctl:SHM_UNLOCK", "shm", "lock"},
	{"semctl:IPC_STAT", "sem", "unix_read getattr associate"},
	{"semctl:SEM_STAT", "sem", "unix_read getattr associate"},
	{"semctl:SEM_STAT_ANY", "sem", "getattr associate"},
	{"semctl:IPC_SET", "sem", "setattr"},
	{"semctl:IPC_RMID", "sem", "destroy"},
	{"semctl:GETVAL", "sem", "unix_read read"},
	{"semctl:GETALL", "sem", "unix_read read"},
	{"semctl:GETPID", "sem", "unix_read getattr"},
	{"semctl:GETNCNT", "sem", "unix_read getattr"},
	{"semctl:GETZCNT", "sem", "unix_read getattr"},
	{"semctl:SETVAL", "sem", "unix_write write"},
	{"semctl:SETALL", "sem", "unix_write write"},
	{"msgctl:IPC_STAT", "msgq", "unix_read getattr associate"},
	{"msgctl:MSG_STAT", "msgq", "unix_read getattr associate"},
	{"msgctl:MSG_STAT_ANY", "msgq", "getattr associate"},
	{"msgctl:IPC_SET", "msgq", "setattr"},
	{"msgctl:IPC_RMID", "msgq", "destroy"},
	{"msgsnd", "msgq", "unix_write write"},
	{"msgsnd", "msg", "send"},
	{"msgrcv", "msgq", "unix_read read"},
	{"msgrcv", "msg", "receive"},
	{"shmctl:SHM_INFO", "system", "ipc_info"},
	{"semctl:SEM_INFO", "system", "ipc_info"},
	{"msgctl:MSG_INFO", "system", "ipc_info"},
	{"shmctl:IPC_INFO", "system", "ipc_info"},
	{"semctl:IPC_INFO", "system", "ipc_info"},
	{"msgctl:IPC_INFO", "system", "ipc_info"},
};

static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += length)
		if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
	return false;
}

enum explain_source explain_source(const char *class, const char *denied, const char *op)
{
	if (!strcmp(class, "msgq") && !strcmp(denied, "enqueue"))
		return SOURCE_MESSAGE;
	if (strcmp(class, "msg") || strcmp(denied, "receive") || !strcmp(op, "msgrcv"))
		return SOURCE_PROCESS;
	return *op ? SOURCE_RECEIVER : SOURCE_EITHER;
}

/* The mode in the flags of a …get says what it wants of an object that is there (ipcperms()). */
static void add_get(struct text *text, const struct denial *denial)
{
	if (denial->op_flags & 0444)
		text_add(text, "unix_read ");
	if (denial->op_flags & 0222)
		text_add(text, "unix_write ");
	text_add(text, "associate");
}

static void add_attach(struct text *text, const struct denial *denial)
{
	text_add(text, denial->op_flags & SHM_RDONLY ? "unix_read read"
						     : "unix_read unix_write read write");
}

/* shmat(2) maps the segment's file (ipc/shm.c: do_shmat). */
static void add_map(struct text *text, const struct denial *denial)
{
	text_add(text, denial->op_flags & SHM_RDONLY ? "map read" : "map read write");
	if (denial->op_flags & SHM_EXEC)
		text_add(text, " execute");
}

/* Asked for reading, the operations wait for zero only (ipc/sem.c: do_semtimedop). */
static void add_semop(struct text *text, const struct denial *denial)
{
	text_add(text,
		 has_word(denial->perms, "unix_read") ? "unix_read read" : "unix_write read write");
}

/* Calls of which the needs are not always the same. */
static const struct {
	const char *op, *class;
	bool needs_flags;
	void (*add)(struct text *text, const struct denial *denial);
} varied[] = {
	{"shmget", "shm", true, add_get},	 {"semget", "sem", true, add_get},
	{"msgget", "msgq", true, add_get},	 {"shmat", "shm", true, add_attach},
	{"shmat", "file", true, add_map},	 {"semop", "sem", false, add_semop},
	{"semtimedop", "sem", false, add_semop},
};

bool explain_needs(struct text *text, const struct denial *denial)
{
	switch (explain_source(denial->class, denial->perms, denial->op)) {
	case SOURCE_MESSAGE:
	case SOURCE_RECEIVER:
		/* the other permissions of the call are asked of another label */
		text_add(text, denial->perms);
		return true;
	case SOURCE_PROCESS:
	case SOURCE_EITHER:
		break;
	}
	for (size_t i = 0; i < sizeof(varied) / sizeof(varied[0]); i++)
		if (!strcmp(varied[i].op, denial->op) && !strcmp(varied[i].class, denial->class) &&
		    (!varied[i].needs_flags || denial->op_flags != DENIAL_UNKNOWN)) {
			varied[i].add(text, denial);
			return true;
		}
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (!strcmp(calls[i].op, denial->op) && !strcmp(calls[i].class, denial->class)) {
			text_add(text, calls[i].needs);
			return true;
		}
	return false;
}

const char *explain_message(const struct denial *denial)
{
	if (strcmp(denial->class, "msgq") ||
	    explain_source(denial->class, denial->perms, denial->op) == SOURCE_MESSAGE)
		return NULL;
	if (!strcmp(denial->op, "msgsnd"))
		return "msg { send }, and msgq { enqueue } from the message's label";
	return strcmp(denial->op, "msgrcv") ? NULL : "msg { receive }";
}

const char *explain_key(uint32_t key)
{
	static const struct {
		uint32_t key, mask;
		const char *name;
	} known[] = {
		{UINT32_MAX, UINT32_MAX, "what a failed ftok() returns"},
		{0x4e545030, 0xfffffff8, "NTP0 to NTP7: reference clocks of ntpd, chronyd, gpsd"},
		{0x0052e2c1, UINT32_MAX, "PostgreSQL on port 5432"},
		{0x0d4d0000, 0xffff0000, "a udev cookie of device-mapper"},
		{0x414e4547, UINT32_MAX, "BusyBox syslogd"},
		{0xdeadbeef, UINT32_MAX, "numad"},
		{0x000007ea, UINT32_MAX, "Nextcloud's previews"},
		{0x00000a11, UINT32_MAX, "Nextcloud's previews"},
		{0x0000dead, UINT32_MAX, "glFTPd"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if ((key & known[i].mask) == known[i].key)
			return known[i].name;
	return NULL;
}

#define CATEGORIES 1024

struct categories {
	bool has[CATEGORIES];
};

/* "c5", and what stands behind it. */
static bool take_category(const char **text, unsigned *category)
{
	char *end;
	unsigned long value;

	if (**text != 'c' || (*text)[1] < '0' || (*text)[1] > '9')
		return false;
	value = strtoul(*text + 1, &end, 10);
	*text = end;
	*category = (unsigned)value;
	return value < CATEGORIES;
}

/* "c0.c1023,c5 c7": a dot is a range, a comma or blank stands between. false for another form. */
static bool read_categories(const char *text, struct categories *categories)
{
	unsigned first, last;

	for (;;) {
		if (!take_category(&text, &first))
			return false;
		last = first;
		if (*text == '.' && (text++, !take_category(&text, &last)))
			return false;
		for (unsigned i = first; i <= last; i++)
			categories->has[i] = true;
		if (*text != ',' && *text != ' ')
			return *text == '\0' || *text == '-';
		text++;
	}
}

/* user:role:type:LOW[-HIGH], each level sensitivity[:categories]. NULL where there is no range. */
static const char *range_of(const char *context)
{
	for (int colons = 0; colons < 3; colons++) {
		context = strchr(context, ':');
		if (!context)
			return NULL;
		context++;
	}
	return context;
}

/* Those of a level, which ends at '-' or NUL; none where it names none. */
static bool read_level(const char *level, struct categories *categories)
{
	size_t length = strcspn(level, "-");
	const char *colon = memchr(level, ':', length);

	*categories = (struct categories){0};
	return !colon || read_categories(colon + 1, categories);
}

/* policy/mcs of the reference policy, of ipc, sem, msgq, shm and msg. */
static bool has_constrained(const char *denied)
{
	static const char *const words[] = {"create",  "destroy",   "setattr",	  "read",
					    "write",   "unix_read", "unix_write", "lock",
					    "enqueue", "send",	    "receive"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (has_word(denied, words[i]))
			return true;
	return false;
}

enum explain_range explain_range(const char *scontext, const char *tcontext, const char *denied)
{
	const char *source = range_of(scontext), *target = range_of(tcontext);
	struct categories clearance, needed;
	bool has_any = false, lacks_any = false;
	const char *high;

	if (!source || !target || !has_constrained(denied))
		return RANGE_NONE;
	high = strchr(source, '-');
	/* the object's high level is that of a process whose range it has taken over */
	if (!read_level(high ? high + 1 : source, &clearance) ||
	    !read_level(strchr(target, '-') ? strchr(target, '-') + 1 : target, &needed))
		return RANGE_NONE;
	for (int i = 0; i < CATEGORIES; i++) {
		has_any |= clearance.has[i];
		lacks_any |= needed.has[i] && !clearance.has[i];
	}
	if (!lacks_any)
		return RANGE_NONE;
	return has_any ? RANGE_REFUSES : RANGE_PERHAPS;
}
