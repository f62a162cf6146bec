/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was there before the unit? /run/ipcguard/baseline/UNIT, a text of numbers:
 *
 *   ipcguard-baseline 1 BOOT_ID UNIT INVOCATION
 *   s KIND ID KEY CUID               a System V object
 *   f DEV INO                        a POSIX object's file
 *   p PID START_TICKS STARTED SEEN   a process of the unit, last seen alive at SEEN
 *   end HASH
 *
 * It is a hint (rule 7): its last line tells a damaged or shortened file, the boot id one of
 * another boot. Whoever writes it holds a lock on the directory and renames a complete file into
 * place.
 */
#include "baseline.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "baseline_parse.h"
#include "cleanup.h"
#include "clock.h"
#include "manager.h"
#include "readall.h"
#include "textfile.h"

#define RUN_DIR "/run/ipcguard"
/* no unit can be called so: it has no suffix */
#define TEMPORARY_NAME ".new"
#define FILE_SIZE_MAX (64 * 1024 * 1024)
#define LOCK_WAIT_NS (5 * NS_PER_S)
#define LOCK_STEP_NS 10000000

static int read_boot_id(char boot_id[BOOT_ID_SIZE])
{
	_cleanup_close_ int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, boot_id, BOOT_ID_SIZE - 1);
	if (n != BOOT_ID_SIZE - 1)
		return n < 0 ? -errno : -ENODATA;
	boot_id[BOOT_ID_SIZE - 1] = '\0';
	return 0;
}

/* Whether nobody but root and ourselves can have written it. */
static int check_writers(int fd, mode_t type)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if ((st.st_mode & S_IFMT) != type || st.st_mode & 0022 ||
	    (st.st_uid != 0 && st.st_uid != geteuid()))
		return -EPERM;
	if (type == S_IFREG && st.st_size > FILE_SIZE_MAX)
		return -EBADMSG;
	return 0;
}

static int open_dir(int at, const char *path, mode_t create_mode)
{
	_cleanup_close_ int fd = -1;
	int r;

	if (create_mode && mkdirat(at, path, create_mode) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ELOOP ? -EPERM : -errno;
	r = check_writers(fd, S_IFDIR);
	return r < 0 ? r : STEAL_FD(fd);
}

/* The directory of the files. With create, it is made if need be. */
static int open_baselines(const char *run_dir, bool create)
{
	_cleanup_close_ int run =
		open_dir(AT_FDCWD, run_dir ? run_dir : RUN_DIR, create ? 0755 : 0);

	return run < 0 ? run : open_dir(run, "baseline", create ? 0700 : 0);
}

static int read_text(int fd, char **text, size_t *size)
{
	_cleanup_free_ char *buf = NULL;
	size_t length = 0, allocated = 0;

	for (;;) {
		ssize_t n;

		if (allocated - length < 2) {
			char *grown;

			allocated = allocated ? allocated * 2 : 4096;
			if (allocated > FILE_SIZE_MAX + 4096UL)
				return -EBADMSG;
			grown = realloc(buf, allocated);
			if (!grown)
				return -ENOMEM;
			buf = grown;
		}
		n = read_all(fd, buf + length, allocated - length - 1);
		if (n < 0)
			return (int)n;
		length += (size_t)n;
		if (length < allocated - 1)
			break;
	}
	buf[length] = '\0';
	*size = length;
	*text = STEAL_PTR(buf);
	return 0;
}

static int load_from(int dir, const char *unit, struct baseline **out)
{
	_cleanup_close_ int fd = openat(dir, unit, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	_cleanup_(baseline_freep) struct baseline *baseline = NULL;
	_cleanup_free_ char *text = NULL;
	char boot_id[BOOT_ID_SIZE];
	size_t size = 0;
	int r;

	if (fd < 0)
		return errno == ELOOP ? -EPERM : -errno;
	r = check_writers(fd, S_IFREG);
	if (r == 0)
		r = read_text(fd, &text, &size);
	if (r == 0)
		r = baseline_parse(text, size, &baseline);
	if (r == 0)
		r = read_boot_id(boot_id);
	if (r < 0)
		return r;
	if (strcmp(baseline->unit, unit))
		return -EBADMSG;
	/* ids and pids of another boot mean nothing now */
	if (strcmp(baseline->boot_id, boot_id))
		return -ENOENT;
	*out = STEAL_PTR(baseline);
	return 0;
}

int baseline_load(struct baseline **out, const char *run_dir, const char *unit)
{
	_cleanup_close_ int dir = -1;

	if (!unit_name_is_service(unit))
		return -EINVAL;
	dir = open_baselines(run_dir, false);
	return dir < 0 ? dir : load_from(dir, unit, out);
}

/* flock(2) knows no time limit: asked again until there is none left. */
static int lock(int dir)
{
	uint64_t deadline_ns = clock_now_ns() + LOCK_WAIT_NS;
	const struct timespec step = {.tv_nsec = LOCK_STEP_NS};

	while (flock(dir, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (clock_is_past(deadline_ns))
			return -EBUSY;
		nanosleep(&step, NULL);
	}
	return 0;
}

static int add_objects(struct baseline *baseline, const struct inventory *inv, time_t since)
{
	for (size_t i = 0; i < inv->count; i++) {
		struct baseline_object object;
		int r;

		if (since && inv->objects[i].ctime > since)
			continue;
		baseline_identify(&inv->objects[i], &object);
		r = baseline_add_object(baseline, &object);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A process that is there already is seen later now. */
static int add_process(struct baseline *baseline, const struct proc *proc, time_t now)
{
	for (size_t i = 0; i < baseline->process_count; i++) {
		struct baseline_process *known = &baseline->processes[i];

		if (known->pid == proc->pid && known->start_ticks == proc->start_ticks) {
			known->seen = now > known->seen ? now : known->seen;
			return 0;
		}
	}
	return baseline_add_process(baseline,
				    &(struct baseline_process){proc->pid, proc->start_ticks,
							       proc->started, now});
}

static int add_processes(struct baseline *baseline, const struct procs *procs, time_t now)
{
	char path[CGROUP_PATH_SIZE], unit[UNIT_NAME_SIZE];

	for (size_t i = 0; i < procs->count; i++) {
		const struct proc *proc = &procs->all[i];
		int r;

		if (proc->is_kernel_thread || procs_cgroup(procs, proc->pid, path) < 0 ||
		    cgroup_unit(path, unit) < 0 || strcmp(unit, baseline->unit) ||
		    procs_is_caller(procs, proc->pid))
			continue;
		r = add_process(baseline, proc, now);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The name of a start, if it is one: systemd's are 32 hex digits. */
static bool is_invocation(const char *text)
{
	size_t length = strspn(text, "0123456789abcdef");

	return length && length < INVOCATION_SIZE && !text[length];
}

/* What the new file starts from: the old one of the same start, or nothing. */
static int begin(int dir, const char *unit, const char *invocation, struct baseline **out,
		 bool *is_second_look)
{
	_cleanup_(baseline_freep) struct baseline *old = NULL, *fresh = NULL;
	int r = load_from(dir, unit, &old);

	*is_second_look =
		r == 0 && is_invocation(invocation) && !strcmp(old->invocation, invocation);
	if (*is_second_look) {
		*out = STEAL_PTR(old);
		return 0;
	}
	fresh = calloc(1, sizeof(*fresh));
	if (!fresh)
		return -ENOMEM;
	r = read_boot_id(fresh->boot_id);
	if (r < 0)
		return r;
	snprintf(fresh->unit, sizeof(fresh->unit), "%s", unit);
	snprintf(fresh->invocation, sizeof(fresh->invocation), "%s",
		 is_invocation(invocation) ? invocation : "-");
	*out = STEAL_PTR(fresh);
	return 0;
}

static int replace(int dir, const struct baseline *baseline)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int r = baseline_print(baseline, &text, &size);

	if (r == 0 && size > FILE_SIZE_MAX)
		r = -EFBIG;
	/* nobody else writes one, we hold the lock */
	if (r == 0)
		r = textfile_replace(dir, baseline->unit, TEMPORARY_NAME, 0600, text, size);
	return r;
}

int baseline_record(const char *run_dir, const char *unit, const char *invocation, time_t since,
		    const struct inventory *inv, const struct procs *procs)
{
	_cleanup_(baseline_freep) struct baseline *baseline = NULL;
	_cleanup_close_ int dir = -1;
	bool is_second_look;
	int r;

	if (!unit_name_is_service(unit))
		return -EINVAL;
	dir = open_baselines(run_dir, true);
	r = dir < 0 ? dir : lock(dir);
	if (r == 0)
		r = begin(dir, unit, invocation, &baseline, &is_second_look);
	if (r == 0 && !is_second_look)
		r = add_objects(baseline, inv, since);
	if (r == 0)
		r = add_processes(baseline, procs, time(NULL));
	return r < 0 ? r : replace(dir, baseline);
}

int baseline_forget(const char *run_dir, const char *unit)
{
	_cleanup_close_ int dir = -1;
	int r;

	if (!unit_name_is_service(unit))
		return -EINVAL;
	dir = open_baselines(run_dir, false);
	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	r = lock(dir);
	if (r < 0)
		return r;
	return unlinkat(dir, unit, 0) < 0 && errno != ENOENT ? -errno : 0;
}
