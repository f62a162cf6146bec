/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How /dev/shm and /dev/mqueue are mounted: proc_pid_mountinfo(5), tmpfs(5). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "cleanup.h"
#include "host.h"
#include "mounts.h"

/* A /dev/shm larger than this part of memory, in percent, can fill it. tmpfs' own default is 50. */
#define PERCENT_LARGE 80

/* The option of a comma-separated list that begins so; NULL for none. */
static const char *find_option(const char *options, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = options; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, name, length) &&
		    (at[length] == '\0' || at[length] == ',' || at[length] == '='))
			return at;
	}
	return NULL;
}

/* Adds those of nosuid, nodev, noexec that are missing: "nosuid,nodev". */
static void add_missing(struct text *missing, const struct mount *mount)
{
	static const char *const wanted[] = {"nosuid", "nodev", "noexec"};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!find_option(mount->options, wanted[i]))
			text_add_format(missing, "%s%s", missing->length ? "," : "", wanted[i]);
}

static bool read_mount(const struct host *host, const char *where, struct mount *mount,
		       struct host_check *check)
{
	_cleanup_free_ char *text = NULL;
	int r = host_read_text(host, "/proc/self/mountinfo", &text);

	if (r == 0)
		r = mount_find(text, where, mount);
	if (r == 0)
		return true;
	check->state = HOST_NONE;
	text_add_format(&check->evidence, "%s: %s", where,
			r == -ENOENT ? "nothing is mounted there" : strerror(-r));
	return false;
}

/* What every user may write to should neither run programs nor give privileges. */
static void judge_options(const struct mount *mount, const char *where, struct host_check *check)
{
	_cleanup_(text_done) struct text missing = {0};

	text_add_format(&check->evidence, "%s: %s", where, mount->options);
	add_missing(&missing, mount);
	if (!missing.length)
		return;
	check->state = find_option(mount->options, "nosuid") ? HOST_ADVICE : HOST_RISK;
	text_add_format(&check->risk,
			"without %s it takes what every user may put there for a "
			"program, a device or a set-user-id file",
			missing.bytes);
	text_add_format(&check->command, "mount -o remount,%s %s, and in /etc/fstab", missing.bytes,
			where);
}

static void judge_size(const struct mount *mount, struct host_check *check)
{
	const char *size = find_option(mount->super_options, "size=");
	struct sysinfo info;
	uint64_t kib, memory_kib;

	size = size ? size : strstr(mount->super_options, "size=");
	if (!size || sscanf(size, "size=%" SCNu64 "k", &kib) != 1 || sysinfo(&info) < 0) {
		text_add(&check->evidence, ", of half of the memory");
		return;
	}
	memory_kib = (uint64_t)info.totalram * info.mem_unit / 1024;
	text_add_format(&check->evidence, ", size %" PRIu64 " %% of memory",
			memory_kib ? kib * 100 / memory_kib : 0);
	if (kib * 100 <= memory_kib * PERCENT_LARGE)
		return;
	if (check->state == HOST_FINE)
		check->state = HOST_ADVICE;
	text_add_format(&check->risk, "%sany user can fill the memory through it",
			check->risk.length ? "; " : "");
	text_add_format(&check->command, "%smount -o remount,size=50%% /dev/shm",
			check->command.length ? "; " : "");
}

void host_check_dev_shm(const struct host *host, struct host_check *check)
{
	struct mount mount;

	if (!read_mount(host, "/dev/shm", &mount, check))
		return;
	judge_options(&mount, "/dev/shm", check);
	judge_size(&mount, check);
	text_add_format(&check->evidence, ", %s",
			find_option(mount.super_options, "usrquota") ||
					find_option(mount.super_options, "quota")
				? "with a quota for each user"
				: "no quota for each user");
}

void host_check_mqueue(const struct host *host, struct host_check *check)
{
	struct mount mount;

	if (read_mount(host, "/dev/mqueue", &mount, check))
		judge_options(&mount, "/dev/mqueue", check);
}
