/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The questions that causes ask the host: does it apply now, what shows it, what to do. */
#include "why_ask.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "readall.h"
#include "removeipc.h"
#include "words.h"

#define ASK_LOGIND_NS (3 * NS_PER_S)

static bool read_number(const char *path, uint64_t *value)
{
	char text[64];

	return read_text_at(AT_FDCWD, path, text, sizeof(text)) >= 0 && limit_parse(text, value);
}

static const struct limit *limit_of(const struct why *why, enum limit_id id)
{
	for (size_t i = 0; i < why->limits.count; i++)
		if (why->limits.list[i].id == id)
			return &why->limits.list[i];
	return NULL;
}

static void add_limit(struct text *evidence, const struct limit *limit)
{
	text_add_format(evidence, "%s is %" PRIu64 ", used: ", limit_name(limit->id), limit->value);
	if (limit->used == OBJECT_UNKNOWN)
		text_add(evidence, "not known");
	else
		text_add_uint(evidence, limit->used);
}

static void add_raise(struct text *fix, const struct limit *limit)
{
	if (limit_sysctl(limit->id))
		text_add_format(fix, "ipcaudit orphans (what leaks?), or raise %s",
				limit_sysctl(limit->id));
	else
		text_add(fix, "ipcaudit orphans (what leaks?), or mount -o remount,... /dev/shm");
}

/* Used up: every call that takes one more fails. */
static enum certainty is_used_up(const struct why *why, enum limit_id id, struct text *evidence,
				 struct text *fix)
{
	const struct limit *limit = limit_of(why, id);

	if (!limit || limit_percent(limit) < 100)
		return CAUSE_ABSENT;
	add_limit(evidence, limit);
	add_raise(fix, limit);
	return CAUSE_CERTAIN;
}

/* What is left is less than one call may ask for. */
static enum certainty is_short(const struct why *why, enum limit_id id, uint64_t most,
			       struct text *evidence, struct text *fix)
{
	const struct limit *limit = limit_of(why, id);

	if (!limit || limit_percent(limit) < 0)
		return CAUSE_ABSENT;
	if (limit->used >= limit->value)
		return is_used_up(why, id, evidence, fix);
	if (limit->value - limit->used >= most)
		return CAUSE_ABSENT;
	add_limit(evidence, limit);
	text_add_format(evidence, "; more than %" PRIu64 " fails", limit->value - limit->used);
	add_raise(fix, limit);
	return CAUSE_POSSIBLE;
}

static uint64_t memory_pages(void)
{
	long pages = sysconf(_SC_PHYS_PAGES);

	return pages > 0 ? (uint64_t)pages : 0;
}

enum certainty ask_shmmni(const struct why *why, struct text *evidence, struct text *fix)
{
	return is_used_up(why, LIMIT_SHMMNI, evidence, fix);
}

enum certainty ask_shmall(const struct why *why, struct text *evidence, struct text *fix)
{
	return is_short(why, LIMIT_SHMALL, memory_pages(), evidence, fix);
}

enum certainty ask_semmni(const struct why *why, struct text *evidence, struct text *fix)
{
	return is_used_up(why, LIMIT_SEMMNI, evidence, fix);
}

enum certainty ask_semmns(const struct why *why, struct text *evidence, struct text *fix)
{
	const struct limit *largest = limit_of(why, LIMIT_SEMMSL);

	return is_short(why, LIMIT_SEMMNS, largest ? largest->value : 1, evidence, fix);
}

enum certainty ask_msgmni(const struct why *why, struct text *evidence, struct text *fix)
{
	return is_used_up(why, LIMIT_MSGMNI, evidence, fix);
}

enum certainty ask_queues_max(const struct why *why, struct text *evidence, struct text *fix)
{
	return is_used_up(why, LIMIT_MQ_QUEUES, evidence, fix);
}

enum certainty ask_shm_bytes(const struct why *why, struct text *evidence, struct text *fix)
{
	return is_used_up(why, LIMIT_DEV_SHM_BYTES, evidence, fix);
}

enum certainty ask_shm_inodes(const struct why *why, struct text *evidence, struct text *fix)
{
	return is_used_up(why, LIMIT_DEV_SHM_INODES, evidence, fix);
}

/* A limit on single objects that some program may well go past on this machine. */
static enum certainty is_low(const struct why *why, enum limit_id id, uint64_t enough,
			     struct text *evidence, struct text *fix)
{
	const struct limit *limit = limit_of(why, id);

	if (!limit || limit->value == OBJECT_UNKNOWN || limit->value >= enough)
		return CAUSE_ABSENT;
	text_add_format(evidence, "%s is %" PRIu64 " %s", limit_name(id), limit->value,
			limit_unit(id));
	text_add_format(fix, "raise %s, or ask for less", limit_sysctl(id));
	return CAUSE_POSSIBLE;
}

enum certainty ask_shmmax(const struct why *why, struct text *evidence, struct text *fix)
{
	return is_low(why, LIMIT_SHMMAX, memory_pages() * (uint64_t)sysconf(_SC_PAGESIZE), evidence,
		      fix);
}

enum certainty ask_semmsl(const struct why *why, struct text *evidence, struct text *fix)
{
	return is_low(why, LIMIT_SEMMSL, UINT64_MAX, evidence, fix);
}

enum certainty ask_semopm(const struct why *why, struct text *evidence, struct text *fix)
{
	return is_low(why, LIMIT_SEMOPM, UINT64_MAX, evidence, fix);
}

enum certainty ask_msgmax(const struct why *why, struct text *evidence, struct text *fix)
{
	return is_low(why, LIMIT_MSGMAX, UINT64_MAX, evidence, fix);
}

enum certainty ask_mq_maxmsg(const struct why *why, struct text *evidence, struct text *fix)
{
	if (why->uid == 0)
		return CAUSE_ABSENT; /* CAP_SYS_RESOURCE goes past both */
	if (is_low(why, LIMIT_MQ_MAXMSG, UINT64_MAX, evidence, fix) == CAUSE_ABSENT)
		return CAUSE_ABSENT;
	text_add(evidence, "; ");
	text_add(fix, "; ");
	return is_low(why, LIMIT_MQ_MSGSIZE, UINT64_MAX, evidence, fix);
}

/* The kernel takes negative values of kernel.sem, and then refuses every set. */
enum certainty ask_negative(const struct why *why, struct text *evidence, struct text *fix)
{
	const struct limit *semmsl = limit_of(why, LIMIT_SEMMSL),
			   *semmns = limit_of(why, LIMIT_SEMMNS);

	if (!semmsl || !semmns ||
	    (semmsl->value != OBJECT_UNKNOWN && semmns->value != OBJECT_UNKNOWN))
		return CAUSE_ABSENT;
	text_add(evidence, "kernel.sem holds a negative number");
	text_add(fix, "sysctl -w kernel.sem='32000 1024000000 500 32000', the kernel's default");
	return CAUSE_CERTAIN;
}

typedef bool object_test(const struct why *why, size_t object);

/* Counts the objects of the kinds that the test is true of, and names the first ones. */
static size_t name_objects(const struct why *why, unsigned kinds, object_test *test,
			   struct text *evidence)
{
	size_t count = 0;

	for (size_t i = 0; i < why->audit->inv.count; i++) {
		if (!(kinds & KIND_BIT(why->audit->inv.objects[i].kind)) || !test(why, i))
			continue;
		if (++count > 5)
			continue;
		text_add(evidence, count > 1 ? ", " : "");
		words_add_object(evidence, &why->audit->inv.objects[i]);
	}
	if (count > 5)
		text_add_format(evidence, " and %zu more", count - 5);
	return count;
}

static bool has_key(const struct why *why, size_t object)
{
	return why->audit->inv.objects[object].key != 0;
}

enum certainty ask_smaller(const struct why *why, struct text *evidence, struct text *fix)
{
	if (!name_objects(why, KIND_BIT(KIND_SHM) | KIND_BIT(KIND_SEM), has_key, evidence))
		return CAUSE_ABSENT;
	text_add(evidence, " have keys");
	text_add(
		fix,
		"ipcaudit list -o OBJECT,KEY,SIZE,NSEMS,OWNER: is the key taken by a smaller one?");
	return CAUSE_POSSIBLE;
}

/* ipc/util.c: ipcperms, with the owner's, group's or others' bits; groups of others aren't known. */
static bool is_closed(const struct why *why, size_t object)
{
	const struct ipc_object *obj = &why->audit->inv.objects[object];

	if (why->uid == 0)
		return false;
	if (obj->uid == why->uid || obj->cuid == why->uid)
		return (obj->mode & 0600) != 0600;
	return (obj->mode & 0006) != 0006;
}

enum certainty ask_mode(const struct why *why, struct text *evidence, struct text *fix)
{
	if (!name_objects(why, KINDS_ALL, is_closed, evidence))
		return CAUSE_ABSENT;
	text_add(evidence, " don't let this user read and write (unless a group does)");
	text_add(fix, "ipcaudit permissions; ipcaudit fix-mode OBJECT MODE, or run as the owner");
	return CAUSE_POSSIBLE;
}

enum certainty ask_selinux(const struct why *why, struct text *evidence, struct text *fix)
{
	uint64_t enforcing;

	(void)why;
	if (!read_number("/sys/fs/selinux/enforce", &enforcing) || !enforcing)
		return CAUSE_ABSENT;
	text_add(evidence, "SELinux is enforcing");
	text_add(fix, "ausearch -m AVC -ts recent | grep -E 'tclass=(shm|sem|msgq|msg|file)'");
	return CAUSE_POSSIBLE;
}

enum certainty ask_apparmor(const struct why *why, struct text *evidence, struct text *fix)
{
	(void)why;
	if (access("/sys/kernel/security/apparmor/profiles", F_OK) < 0)
		return CAUSE_ABSENT;
	text_add(evidence, "AppArmor is active");
	text_add(fix, "journalctl -k -g 'apparmor=\"DENIED\"'");
	return CAUSE_POSSIBLE;
}

static bool is_of_others(const struct why *why, size_t object)
{
	const struct ipc_object *obj = &why->audit->inv.objects[object];

	return why->uid != 0 && obj->uid != why->uid && obj->cuid != why->uid;
}

enum certainty ask_owner(const struct why *why, struct text *evidence, struct text *fix)
{
	if (!name_objects(why, KINDS_SYSV, is_of_others, evidence))
		return CAUSE_ABSENT;
	text_add(evidence, " are neither owned nor made by this user");
	text_add(fix, "IPC_SET and IPC_RMID are the owner's, the creator's and root's: run as one "
		      "of them");
	return CAUSE_POSSIBLE;
}

enum certainty ask_hugetlb_group(const struct why *why, struct text *evidence, struct text *fix)
{
	uint64_t gid;

	if (why->uid == 0 || !read_number("/proc/sys/vm/hugetlb_shm_group", &gid))
		return CAUSE_ABSENT;
	text_add_format(evidence, "with SHM_HUGETLB: vm.hugetlb_shm_group is %" PRIu64, gid);
	text_add(fix, "sysctl -w vm.hugetlb_shm_group=GID of a group that the user is in");
	return CAUSE_POSSIBLE;
}

enum certainty ask_removeipc(const struct why *why, struct text *evidence, struct text *fix)
{
	enum removeipc_state state;

	(void)why;
	if (removeipc_ask(ASK_LOGIND_NS, &state) < 0 || !removeipc_fix(state))
		return CAUSE_ABSENT;
	text_add(evidence,
		 "logind's RemoveIPC= is on: it removes a user's sets and queues at logout, "
		 "in use or not");
	text_add(fix, removeipc_fix(state));
	return CAUSE_POSSIBLE;
}

enum certainty ask_removed(const struct why *why, struct text *evidence, struct text *fix)
{
	(void)why;
	text_add(evidence,
		 "somebody has removed the set or queue while it was waited on (IPC_RMID, "
		 "ipcrm)");
	text_add(
		fix,
		"journalctl SYSLOG_IDENTIFIER=ipcguard (was it ipcclean?); audit rule: auditctl -a "
		"always,exit -F arch=b64 -S semctl,msgctl,shmctl -k ipc");
	return CAUSE_POSSIBLE;
}

static bool is_orphan_like(const struct why *why, size_t object)
{
	return audit_is_unused(why->audit, object) == 1;
}

enum certainty ask_exists(const struct why *why, struct text *evidence, struct text *fix)
{
	if (!name_objects(why, KINDS_ALL, is_orphan_like, evidence))
		return CAUSE_ABSENT;
	text_add(evidence, " exist and nobody uses them: left by an earlier run?");
	text_add(fix, "ipcaudit orphans; ipcaudit list -o OBJECT,KEY,OWNER,AGE");
	return CAUSE_POSSIBLE;
}

enum certainty ask_in_use(const struct why *why, struct text *evidence, struct text *fix)
{
	if (!why->audit->inv.count)
		return CAUSE_ABSENT;
	text_add_format(evidence, "%zu objects exist; another one may have the key or name",
			why->audit->inv.count);
	text_add(fix, "ipcaudit list -o OBJECT,KEY,OWNER,COMMAND,USERS");
	return CAUSE_POSSIBLE;
}

/* "Name:  123 kB" of /proc/meminfo. */
static bool read_meminfo(const char *name, uint64_t *value)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/meminfo", "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0, length = strlen(name);

	while (f && getline(&line, &size, f) > 0)
		if (!strncmp(line, name, length) && line[length] == ':')
			return sscanf(line + length + 1, "%" SCNu64, value) == 1;
	return false;
}

enum certainty ask_huge_pages(const struct why *why, struct text *evidence, struct text *fix)
{
	uint64_t available, total;

	(void)why;
	if (!read_meminfo("HugePages_Free", &available) ||
	    !read_meminfo("HugePages_Total", &total) || available)
		return CAUSE_ABSENT;
	text_add_format(evidence, "with SHM_HUGETLB: no huge page is free, of %" PRIu64, total);
	text_add(fix, "sysctl -w vm.nr_hugepages=N");
	return CAUSE_POSSIBLE;
}

enum certainty ask_overcommit(const struct why *why, struct text *evidence, struct text *fix)
{
	uint64_t mode, limit, committed;

	(void)why;
	if (!read_number("/proc/sys/vm/overcommit_memory", &mode) || mode != 2 ||
	    !read_meminfo("CommitLimit", &limit) || !read_meminfo("Committed_AS", &committed))
		return CAUSE_ABSENT;
	text_add_format(evidence,
			"vm.overcommit_memory=2: %" PRIu64 " of %" PRIu64 " KiB are committed",
			committed, limit);
	text_add(fix, "raise vm.overcommit_ratio, or SHM_NORESERVE");
	return committed >= limit ? CAUSE_CERTAIN : CAUSE_POSSIBLE;
}

enum certainty ask_memory(const struct why *why, struct text *evidence, struct text *fix)
{
	uint64_t available, total;

	(void)why;
	if (!read_meminfo("MemAvailable", &available) || !read_meminfo("MemTotal", &total) ||
	    available > total / 20)
		return CAUSE_ABSENT;
	text_add_format(evidence, "%" PRIu64 " of %" PRIu64 " KiB of memory are available",
			available, total);
	text_add(fix, "ipcaudit list shm pshm --sort=-RSS");
	return CAUSE_POSSIBLE;
}

enum certainty ask_rlimit(const struct why *why, struct text *evidence, struct text *fix)
{
	for (size_t i = 0; i < why->limits.count; i++) {
		const struct limit *limit = &why->limits.list[i];

		if (limit->id != LIMIT_MQ_BYTES || limit->uid != why->uid)
			continue;
		add_limit(evidence, limit);
		text_add(fix, "LimitMSGQUEUE= in the unit, or ulimit -q");
		return limit_percent(limit) >= 100 ? CAUSE_CERTAIN : CAUSE_POSSIBLE;
	}
	return CAUSE_ABSENT;
}

enum certainty ask_always(const struct why *why, struct text *evidence, struct text *fix)
{
	(void)why;
	text_add(evidence, "depends on the call's arguments alone");
	text_add(fix, "strace -f -e trace=%ipc: which argument is it?");
	return CAUSE_POSSIBLE;
}
