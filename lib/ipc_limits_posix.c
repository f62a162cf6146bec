/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The limits of POSIX objects: fs.mqueue.*, RLIMIT_MSGQUEUE, the size of /dev/shm, its quotas. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/quota.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "ipc_limits_internal.h"
#include "readall.h"

#ifndef SYS_quotactl_fd
#define SYS_quotactl_fd 443 /* Linux 5.14, the same on every architecture */
#endif
#ifndef Q_GETNEXTQUOTA
#define Q_GETNEXTQUOTA 0x800009 /* linux/quota.h */
#endif

/* linux/msg.h: struct msg_msg; ipc/mqueue.c: struct posix_msg_tree_node; six and six words */
#define MESSAGE_COST (6 * sizeof(long))
#define TREE_NODE_COST (6 * sizeof(long))
#define PRIORITIES 32768 /* MQ_PRIO_MAX: no more tree nodes than that */

/* linux/quota.h: struct if_nextdqblk, which glibc lacks */
struct next_quota {
	uint64_t bhardlimit, bsoftlimit, curspace, ihardlimit, isoftlimit, curinodes, btime, itime;
	uint32_t valid, id;
};
#define QUOTA_BLOCK 1024 /* QIF_DQBLKSIZE */

/* QCMD() of sys/quota.h shifts a signed number too far */
#define GET_NEXT_USER_QUOTA ((unsigned)Q_GETNEXTQUOTA << SUBCMDSHIFT | USRQUOTA)

/* As many users' quotas are read. */
#define QUOTAS_MAX 65536

uint64_t limit_queue_cost(uint32_t maxmsg, uint32_t msgsize)
{
	uint64_t nodes = maxmsg < PRIORITIES ? maxmsg : PRIORITIES;

	return (uint64_t)maxmsg * msgsize + (uint64_t)maxmsg * MESSAGE_COST +
	       nodes * TREE_NODE_COST;
}

bool limit_parse(const char *text, uint64_t *value)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno == 0 && (*end == '\0' || !strcmp(end, "\n"));
}

bool limit_parse_msgqueue(const char *text, uint64_t *value)
{
	static const char key[] = "Max msgqueue size";
	const char *line = strstr(text, key);
	char *end;

	if (!line || (line > text && line[-1] != '\n'))
		return false;
	line += strlen(key);
	line += strspn(line, " ");
	if (!strncmp(line, "unlimited", strlen("unlimited"))) {
		*value = OBJECT_UNKNOWN;
		return true;
	}
	if (!isdigit((unsigned char)*line))
		return false;
	errno = 0;
	*value = strtoull(line, &end, 10);
	return errno == 0 && *end == ' ';
}

static void read_sysctl(const struct procs *procs, const char *path, uint64_t *value)
{
	char text[64];

	if (read_text_at(procs->proc_fd, path, text, sizeof(text)) < 0 || !limit_parse(text, value))
		*value = OBJECT_UNKNOWN;
}

void limits_read_mqueue(struct limit rows[LIMIT_COUNT_], const struct shares *shares,
			const struct procs *procs)
{
	struct limit *queues = &rows[LIMIT_MQ_QUEUES];

	read_sysctl(procs, "sys/fs/mqueue/queues_max", &queues->value);
	read_sysctl(procs, "sys/fs/mqueue/msg_max", &rows[LIMIT_MQ_MAXMSG].value);
	read_sysctl(procs, "sys/fs/mqueue/msgsize_max", &rows[LIMIT_MQ_MSGSIZE].value);
	queues->used = 0;
	for (size_t i = 0; i < shares->count; i++)
		queues->used += shares->list[i].used[LIMIT_MQ_QUEUES];
}

void limits_read_dev_shm(struct limit rows[LIMIT_COUNT_], const struct inventory *inv)
{
	struct statvfs fs;

	if (inv->shm_fd < 0 || fstatvfs(inv->shm_fd, &fs) < 0)
		return;
	/* size=0 and nr_inodes=0 of tmpfs(5): no limit */
	if (fs.f_blocks) {
		rows[LIMIT_DEV_SHM_BYTES].value = fs.f_blocks * fs.f_frsize;
		rows[LIMIT_DEV_SHM_BYTES].used = (fs.f_blocks - fs.f_bfree) * fs.f_frsize;
	}
	if (fs.f_files) {
		rows[LIMIT_DEV_SHM_INODES].value = fs.f_files;
		rows[LIMIT_DEV_SHM_INODES].used = fs.f_files - fs.f_ffree;
	}
}

/* The lowest soft limit that any of the user's processes has: whichever fails first. */
static uint64_t lowest_rlimit(const struct procs *procs, uid_t uid)
{
	uint64_t lowest = OBJECT_UNKNOWN, value;

	for (size_t i = 0; i < procs->count; i++) {
		char path[32], text[4096];

		if (procs->all[i].euid != uid || procs->all[i].is_kernel_thread)
			continue;
		snprintf(path, sizeof(path), "%d/limits", procs->all[i].pid);
		if (read_text_at(procs->proc_fd, path, text, sizeof(text)) > 0 &&
		    limit_parse_msgqueue(text, &value) && value < lowest)
			lowest = value;
	}
	return lowest;
}

int limits_add_rlimits(struct limits *limits, const struct shares *shares,
		       const struct procs *procs)
{
	for (size_t i = 0; i < shares->count; i++) {
		const struct share *share = &shares->list[i];
		struct limit *row;

		if (!share->used[LIMIT_MQ_BYTES])
			continue;
		row = limits_append(limits, LIMIT_MQ_BYTES);
		if (!row)
			return -ENOMEM;
		row->has_uid = true;
		row->uid = share->uid;
		row->value = lowest_rlimit(procs, share->uid);
		row->used = share->used[LIMIT_MQ_BYTES];
	}
	return 0;
}

int limits_add_quotas(struct limits *limits, const struct inventory *inv)
{
	struct next_quota quota;
	uint32_t id = 0;

	/* ENOSYS, EINVAL, ENOTSUP, EPERM: no quotas, or not ours to see */
	for (size_t i = 0; i < QUOTAS_MAX && inv->shm_fd >= 0; i++) {
		struct limit *row;

		if (syscall(SYS_quotactl_fd, inv->shm_fd, GET_NEXT_USER_QUOTA, id, &quota) < 0)
			break;
		id = quota.id + 1;
		if (quota.bhardlimit) {
			row = limits_append(limits, LIMIT_DEV_SHM_QUOTA);
			if (!row)
				return -ENOMEM;
			row->has_uid = true;
			row->uid = quota.id;
			row->value = quota.bhardlimit * QUOTA_BLOCK;
			row->used = quota.curspace;
		}
		if (!id)
			break;
	}
	return 0;
}
