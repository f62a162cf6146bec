/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What did the caller ask the kernel for? Numbers from the kernel's syscall tables and asm-generic/unistd.h, Linux
 * 6.1, commands from linux/{shm,sem,msg}.h, the multiplexer's call numbers from linux/ipc.h.
 */
#include "syscall.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const call_names[CALL_COUNT_] = {
	[CALL_SHMGET] = "shmget",	  [CALL_SHMAT] = "shmat",	  [CALL_SHMCTL] = "shmctl",
	[CALL_SHMDT] = "shmdt",		  [CALL_SEMGET] = "semget",	  [CALL_SEMOP] = "semop",
	[CALL_SEMTIMEDOP] = "semtimedop", [CALL_SEMCTL] = "semctl",	  [CALL_MSGGET] = "msgget",
	[CALL_MSGSND] = "msgsnd",	  [CALL_MSGRCV] = "msgrcv",	  [CALL_MSGCTL] = "msgctl",
	[CALL_MQ_OPEN] = "mq_open",	  [CALL_MQ_UNLINK] = "mq_unlink",
};

struct call_number {
	uint16_t number;
	uint8_t call;
};

static const struct call_number x86_64[] = {
	{29, CALL_SHMGET},   {30, CALL_SHMAT},	    {31, CALL_SHMCTL}, {67, CALL_SHMDT},
	{64, CALL_SEMGET},   {65, CALL_SEMOP},	    {66, CALL_SEMCTL}, {68, CALL_MSGGET},
	{69, CALL_MSGSND},   {70, CALL_MSGRCV},	    {71, CALL_MSGCTL}, {220, CALL_SEMTIMEDOP},
	{240, CALL_MQ_OPEN}, {241, CALL_MQ_UNLINK},
};

static const struct call_number generic[] = {
	{180, CALL_MQ_OPEN}, {181, CALL_MQ_UNLINK}, {186, CALL_MSGGET},	    {187, CALL_MSGCTL},
	{188, CALL_MSGRCV},  {189, CALL_MSGSND},    {190, CALL_SEMGET},	    {191, CALL_SEMCTL},
	{193, CALL_SEMOP},   {194, CALL_SHMGET},    {192, CALL_SEMTIMEDOP}, {195, CALL_SHMCTL},
	{196, CALL_SHMAT},   {197, CALL_SHMDT},
};

/* Since Linux 5.1, the same on all machines that had the multiplexer only. */
static const struct call_number since_5_1[] = {
	{392, CALL_SEMTIMEDOP}, {393, CALL_SEMGET}, {394, CALL_SEMCTL}, {395, CALL_SHMGET},
	{396, CALL_SHMCTL},	{397, CALL_SHMAT},  {398, CALL_SHMDT},	{399, CALL_MSGGET},
	{400, CALL_MSGSND},	{401, CALL_MSGRCV}, {402, CALL_MSGCTL}, {420, CALL_SEMTIMEDOP},
};

/* arm's own ABI (EABI), and what all 32-bit machines have got since Linux 5.1. */
static const struct call_number arm[] = {
	{298, CALL_SEMOP},	{299, CALL_SEMGET},  {300, CALL_SEMCTL},    {301, CALL_MSGSND},
	{302, CALL_MSGRCV},	{303, CALL_MSGGET},  {304, CALL_MSGCTL},    {305, CALL_SHMAT},
	{306, CALL_SHMDT},	{307, CALL_SHMGET},  {308, CALL_SHMCTL},    {312, CALL_SEMTIMEDOP},
	{420, CALL_SEMTIMEDOP}, {274, CALL_MQ_OPEN}, {275, CALL_MQ_UNLINK},
};

static const struct call_number multiplexed[] = {
	{1, CALL_SEMOP},   {2, CALL_SEMGET},  {3, CALL_SEMCTL},	 {4, CALL_SEMTIMEDOP},
	{11, CALL_MSGSND}, {12, CALL_MSGRCV}, {13, CALL_MSGGET}, {14, CALL_MSGCTL},
	{21, CALL_SHMAT},  {22, CALL_SHMDT},  {23, CALL_SHMGET}, {24, CALL_SHMCTL},
};

#define TABLE(table) table, sizeof(table) / sizeof((table)[0])
#define NO_NUMBER UINT32_MAX
#define X32_BIT UINT64_C(0x40000000)

static const struct arch {
	const char *number, *name; /* linux/audit.h AUDIT_ARCH_*, and as ausearch -i prints it */
	const struct call_number *calls;
	size_t count;
	uint32_t multiplexer, mq_open;
} archs[] = {
	{"c000003e", "x86_64", TABLE(x86_64), NO_NUMBER, NO_NUMBER},
	{"40000003", "i386", TABLE(since_5_1), 117, 277},
	{"c00000b7", "aarch64", TABLE(generic), NO_NUMBER, NO_NUMBER},
	{"c0000015", "ppc64le", TABLE(since_5_1), 117, 262},
	{"80000015", "ppc64", TABLE(since_5_1), 117, 262},
	{"80000016", "s390x", TABLE(since_5_1), 117, 271},
	{"16", "s390", TABLE(since_5_1), 117, 271},
	{"40000028", "arm", TABLE(arm), NO_NUMBER, NO_NUMBER},
	{"c00000f3", "riscv64", TABLE(generic), NO_NUMBER, NO_NUMBER},
};

static const struct command {
	unsigned calls; /* set of bits 1 << call */
	uint32_t number;
	const char *name;
	bool takes_id; /* else its first argument is an index, or nothing */
} commands[] = {
#define SHM (1u << CALL_SHMCTL)
#define SEM (1u << CALL_SEMCTL)
#define MSG (1u << CALL_MSGCTL)
	{SHM | SEM | MSG, 0, "IPC_RMID", true},
	{SHM | SEM | MSG, 1, "IPC_SET", true},
	{SHM | SEM | MSG, 2, "IPC_STAT", true},
	{SHM | SEM | MSG, 3, "IPC_INFO", false},
	{SHM, 11, "SHM_LOCK", true},
	{SHM, 12, "SHM_UNLOCK", true},
	{SHM, 13, "SHM_STAT", false},
	{SHM, 14, "SHM_INFO", false},
	{SHM, 15, "SHM_STAT_ANY", false},
	{SEM, 11, "GETPID", true},
	{SEM, 12, "GETVAL", true},
	{SEM, 13, "GETALL", true},
	{SEM, 14, "GETNCNT", true},
	{SEM, 15, "GETZCNT", true},
	{SEM, 16, "SETVAL", true},
	{SEM, 17, "SETALL", true},
	{SEM, 18, "SEM_STAT", false},
	{SEM, 19, "SEM_INFO", false},
	{SEM, 20, "SEM_STAT_ANY", false},
	{MSG, 11, "MSG_STAT", false},
	{MSG, 12, "MSG_INFO", false},
	{MSG, 13, "MSG_STAT_ANY", false},
};

/* 32-bit callers and the multiplexer add it to say that the structures are the new ones */
#define IPC_64 0x100u

#define NUMBER_MAX 20

/* A number in the base, "0x" before it or not. false for anything else, such as a name. */
static bool read_number(struct span text, int base, uint64_t *value)
{
	char digits[NUMBER_MAX + 1];
	char *end;

	if (!text.length || text.length > NUMBER_MAX || !isxdigit((unsigned char)*text.at))
		return false;
	memcpy(digits, text.at, text.length);
	digits[text.length] = '\0';
	*value = strtoull(digits, &end, base);
	return !*end;
}

/* One flag of a …get or shmat by its name (linux/ipc.h, linux/shm.h), or a number, octal as modes are. */
static bool read_flag(struct span word, uint64_t *value)
{
	static const struct {
		const char *name;
		uint16_t value;
	} flags[] = {
		{"IPC_CREAT", 01000},	   {"IPC_EXCL", 02000},	   {"IPC_NOWAIT", 04000},
		{"SHM_HUGETLB", 04000},	   {"SHM_RDONLY", 010000}, {"SHM_RND", 020000},
		{"SHM_NORESERVE", 010000}, {"SHM_REMAP", 040000},  {"SHM_EXEC", 0100000},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (span_is(word, flags[i].name)) {
			*value = flags[i].value;
			return true;
		}
	return read_number(word, 0, value);
}

/* "IPC_CREAT|0666" */
static bool read_flags(struct span text, uint64_t *value)
{
	const char *bar;
	uint64_t flag;

	*value = 0;
	do {
		bar = text.length ? memchr(text.at, '|', text.length) : NULL;
		if (!read_flag(bar ? span_until(text, bar) : text, &flag))
			return false;
		*value |= flag;
		text = bar ? span_from(text, bar + 1) : SPAN_NONE;
	} while (bar);
	return true;
}

/* An argument: hex in raw logs; 0x… , octal or names in interpreted ones. */
static bool read_argument(const struct record *record, unsigned n, uint64_t *value)
{
	char name[] = {'a', (char)('0' + n), '\0'};
	struct span text = record_field(record, name);

	return record->form == FORM_RAW ? read_number(text, 16, value) : read_flags(text, value);
}

static const struct arch *read_arch(const struct record *record)
{
	struct span arch = record_field(record, "arch");

	if (span_starts(arch, "0x"))
		arch = span_from(arch, arch.at + 2);
	for (size_t i = 0; arch.at && i < sizeof(archs) / sizeof(archs[0]); i++)
		if (span_is(arch, archs[i].number) || span_is(arch, archs[i].name))
			return &archs[i];
	return NULL;
}

static bool call_by_number(const struct call_number *calls, size_t count, uint64_t number,
			   enum ipc_call *call)
{
	for (size_t i = 0; i < count; i++)
		if (calls[i].number == number) {
			*call = (enum ipc_call)calls[i].call;
			return true;
		}
	return false;
}

static bool call_by_name(struct span name, enum ipc_call *call)
{
	for (int i = 0; i < CALL_COUNT_; i++)
		if (span_is(name, call_names[i])) {
			*call = (enum ipc_call)i;
			return true;
		}
	return false;
}

/* ipc(2): which call is its first argument, in the low half (the high one is a version). */
static bool read_multiplexed(const struct record *record, enum ipc_call *call)
{
	uint64_t number;

	if (!read_argument(record, 0, &number))
		return call_by_name(record_field(record, "a0"), call);
	return call_by_number(TABLE(multiplexed), number & 0xffff, call);
}

/* *shift is where the call's own arguments begin. */
static bool read_call(const struct record *record, enum ipc_call *call, unsigned *shift)
{
	const struct arch *arch = read_arch(record);
	struct span name = record_field(record, "syscall");
	uint64_t number;

	*shift = 0;
	if (!name.at)
		return false;
	if (!read_number(name, 10, &number)) {
		*shift = span_is(name, "ipc");
		return *shift ? read_multiplexed(record, call) : call_by_name(name, call);
	}
	if (!arch)
		return false;
	if (number == arch->multiplexer) {
		*shift = 1;
		return read_multiplexed(record, call);
	}
	if (number == arch->mq_open) {
		*call = CALL_MQ_OPEN;
		return true;
	}
	return call_by_number(arch->calls, arch->count, number & ~X32_BIT, call);
}

/* Which argument is the command of a …ctl, the flags of a …get or shmat; -1: none. */
static int flags_argument(enum ipc_call call, bool is_multiplexed)
{
	switch (call) {
	case CALL_SHMGET:
	case CALL_SEMGET:
	case CALL_SEMCTL:
		return 2;
	case CALL_MSGGET:
	case CALL_SHMCTL:
	case CALL_MSGCTL:
	case CALL_MQ_OPEN:
		return 1;
	case CALL_SHMAT:
		return is_multiplexed ? 1 : 2;
	case CALL_SHMDT:
	case CALL_SEMOP:
	case CALL_SEMTIMEDOP:
	case CALL_MSGSND:
	case CALL_MSGRCV:
	case CALL_MQ_UNLINK:
	case CALL_COUNT_:
		break;
	}
	return -1;
}

static const struct command *find_command(const struct record *record, enum ipc_call call,
					  unsigned argument)
{
	char name[] = {'a', (char)('0' + argument), '\0'};
	struct span word = record_field(record, name);
	uint64_t number;
	bool is_number = read_argument(record, argument, &number);

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i].calls & 1u << call &&
		    (is_number ? (uint32_t)(number & ~IPC_64) == commands[i].number
			       : word.at && span_is(word, commands[i].name)))
			return &commands[i];
	return NULL;
}

static void read_get(const struct record *record, unsigned shift, struct ipc_syscall *out)
{
	uint64_t value = 0;
	struct span result = record_field(record, "exit");

	out->has_key = read_argument(record, shift, &value);
	out->key = (uint32_t)value;
	if (span_is(record_field(record, "success"), "yes") && read_number(result, 10, &value)) {
		out->has_id = true;
		out->id = (int32_t)value;
	}
}

static void read_id(const struct record *record, unsigned shift, struct ipc_syscall *out)
{
	uint64_t value = 0;

	out->has_id = read_argument(record, shift, &value);
	out->id = (int32_t)value;
}

/* The arguments of all but …get: an id and, of …ctl, a command. */
static void read_use(const struct record *record, unsigned shift, int flags,
		     struct ipc_syscall *out)
{
	bool is_control = 1u << out->call & (SHM | SEM | MSG);
	const struct command *command =
		is_control ? find_command(record, out->call, shift + (unsigned)flags) : NULL;

	if (out->call == CALL_SHMDT || out->call == CALL_MQ_OPEN || out->call == CALL_MQ_UNLINK)
		return;
	if (command)
		snprintf(out->op, sizeof(out->op), "%s:%s", call_names[out->call], command->name);
	if (!is_control || (command && command->takes_id))
		read_id(record, shift, out);
}

bool syscall_read(const struct record *record, struct ipc_syscall *out)
{
	unsigned shift;
	uint64_t value;
	int flags;

	*out = (struct ipc_syscall){.flags = -1};
	if (!read_call(record, &out->call, &shift))
		return false;
	snprintf(out->op, sizeof(out->op), "%s", call_names[out->call]);
	flags = flags_argument(out->call, shift);
	if (flags >= 0 && shift + (unsigned)flags <= 3 && !(1u << out->call & (SHM | SEM | MSG)) &&
	    read_argument(record, shift + (unsigned)flags, &value))
		out->flags = (int64_t)(uint32_t)value;
	if (out->call == CALL_SHMGET || out->call == CALL_SEMGET || out->call == CALL_MSGGET)
		read_get(record, shift, out);
	else
		read_use(record, shift, flags, out);
	return true;
}
