/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel is set to: sysctls, and what it was booted with. */
#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "host.h"
#include "ipc_limits.h"
#include "textfile.h"
#include "wipe.h"

#define PATH_SIZE 4096
#define FILE_MAX_BYTES (256 * 1024)

/* fs.mqueue.* as the kernel sets them (ipc/mqueue.c) */
#define QUEUES_MAX_DEFAULT 256
#define MSG_MAX_DEFAULT 10
#define MSGSIZE_MAX_DEFAULT 8192

/* So much of one queue's memory is more than anything that was seen to need it. */
#define QUEUE_BYTES_LARGE (UINT64_C(64) << 20)

int host_read_text(const struct host *host, const char *path, char **text)
{
	char full[PATH_SIZE];

	if ((size_t)snprintf(full, sizeof(full), "%s%s", host->root, path) >= sizeof(full))
		return -ENAMETOOLONG;
	return textfile_read(full, FILE_MAX_BYTES, text);
}

int host_read_number(const struct host *host, const char *path, uint64_t *value)
{
	_cleanup_free_ char *text = NULL;
	int r = host_read_text(host, path, &text);

	if (r < 0)
		return r;
	return limit_parse(text, value) ? 0 : -EBADMSG;
}

static void cannot_tell(struct host_check *check, const char *what, int r)
{
	check->state = HOST_NONE;
	text_add_format(&check->evidence, "%s: %s", what, strerror(-r));
}

/* Segments that nobody has attached: what the setting would remove at once (ipc/shm.c). */
static size_t count_detached(const struct look *look, const struct ipc_object **example)
{
	size_t count = 0;

	for (size_t i = 0; i < look->inv.count; i++) {
		const struct ipc_object *obj = &look->inv.objects[i];

		if (obj->kind == KIND_SHM && obj->nattch == 0 && !count++)
			*example = obj;
	}
	return count;
}

void host_check_rmid_forced(const struct host *host, struct host_check *check)
{
	const struct ipc_object *example = NULL;
	size_t count = count_detached(host->look, &example);
	uint64_t value;
	int r = host_read_number(host, "/proc/sys/kernel/shm_rmid_forced", &value);

	if (r < 0) {
		cannot_tell(check, "kernel.shm_rmid_forced", r);
		return;
	}
	text_add_format(&check->evidence, "kernel.shm_rmid_forced=%" PRIu64, value);
	if (value)
		return;
	if (count) {
		text_add_format(&check->evidence,
				"; leave it so: %zu segments live without being attached, such as "
				"shm:%d, and would be removed at once",
				count, example->id);
		return;
	}
	check->state = HOST_ADVICE;
	text_add(&check->evidence, "; no segment is without a process now");
	text_add(&check->risk, "a segment outlives the processes that used it, until memory or "
			       "identifiers run out; but programs that detach and come back break");
	text_add(&check->command, "sysctl -w kernel.shm_rmid_forced=1, where no program keeps "
				  "segments between its runs");
}

void host_check_init_on_free(const struct host *host, struct host_check *check)
{
	int r = wipe_kernel_inits_on_free();

	(void)host;
	if (r < 0) {
		cannot_tell(check, "init_on_free", r);
		return;
	}
	text_add_format(&check->evidence, "init_on_free=%d", r);
	if (r)
		return;
	check->state = HOST_ADVICE;
	text_add(&check->risk, "what removed objects held stays in memory until it is reused; "
			       "queues and semaphores can't be wiped otherwise");
	text_add(&check->command, "boot with init_on_free=1 (costs a few percent), or wipe by "
				  "ipcclean --wipe");
}

void host_check_ptrace(const struct host *host, struct host_check *check)
{
	uint64_t value;
	int r = host_read_number(host, "/proc/sys/kernel/yama/ptrace_scope", &value);

	if (r == -ENOENT) {
		check->state = HOST_ADVICE;
		text_add(&check->evidence, "this kernel has no Yama");
		text_add(&check->risk, "a process may read and change the memory of any other of "
				       "its user (process_vm_readv(2), ptrace(2))");
		text_add(&check->command, "boot with lsm= that names yama");
		return;
	}
	if (r < 0) {
		cannot_tell(check, "kernel.yama.ptrace_scope", r);
		return;
	}
	text_add_format(&check->evidence, "kernel.yama.ptrace_scope=%" PRIu64, value);
	if (value)
		return;
	check->state = HOST_RISK;
	text_add(&check->risk, "a process may read and change the memory of any other of its user "
			       "(process_vm_readv(2), ptrace(2))");
	text_add(&check->command, "sysctl -w kernel.yama.ptrace_scope=1");
}

void host_check_hugetlb_group(const struct host *host, struct host_check *check)
{
	const struct group *group;
	uint64_t value;
	int r = host_read_number(host, "/proc/sys/vm/hugetlb_shm_group", &value);

	if (r < 0) {
		cannot_tell(check, "vm.hugetlb_shm_group", r);
		return;
	}
	text_add_format(&check->evidence, "vm.hugetlb_shm_group=%" PRIu64, value);
	/* 0 is the group root */
	if (!value)
		return;
	group = getgrgid((gid_t)value);
	if (group) {
		text_add(&check->evidence, ", ");
		text_add_escaped(&check->evidence, group->gr_name);
		text_add(&check->evidence, ": it may take all huge pages");
		return;
	}
	check->state = HOST_RISK;
	text_add(&check->evidence, ", a group that doesn't exist");
	text_add(&check->risk, "whoever is given this group later may take all huge pages");
	text_add(&check->command, "sysctl -w vm.hugetlb_shm_group=0, or the group that is meant");
}

void host_check_mqueue_limits(const struct host *host, struct host_check *check)
{
	uint64_t queues, messages, size, bytes;

	if (host_read_number(host, "/proc/sys/fs/mqueue/queues_max", &queues) < 0 ||
	    host_read_number(host, "/proc/sys/fs/mqueue/msg_max", &messages) < 0 ||
	    host_read_number(host, "/proc/sys/fs/mqueue/msgsize_max", &size) < 0) {
		check->state = HOST_NONE;
		text_add(&check->evidence, "no /proc/sys/fs/mqueue: no POSIX message queues");
		return;
	}
	text_add_format(&check->evidence,
			"queues_max=%" PRIu64 " msg_max=%" PRIu64 " msgsize_max=%" PRIu64, queues,
			messages, size);
	if (__builtin_mul_overflow(messages, size, &bytes) || bytes > QUEUE_BYTES_LARGE) {
		char text[SIZE_TEXT_SIZE];

		check->state = HOST_ADVICE;
		text_add_format(&check->risk,
				"one queue may hold %s of kernel memory; only RLIMIT_MSGQUEUE "
				"stands before it",
				size_format(bytes, text));
		text_add_format(&check->command,
				"sysctl -w fs.mqueue.msg_max=%d fs.mqueue.msgsize_max=%d, or what "
				"ipcaudit limits shows as used",
				MSG_MAX_DEFAULT, MSGSIZE_MAX_DEFAULT);
	} else if (queues > 16 * QUEUES_MAX_DEFAULT) {
		check->state = HOST_ADVICE;
		text_add(&check->risk, "very many queues may be made before anybody notices");
		text_add_format(&check->command, "sysctl -w fs.mqueue.queues_max=%d",
				QUEUES_MAX_DEFAULT);
	}
}
