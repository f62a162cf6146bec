/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One mount in the text of /proc/self/mountinfo. */
#pragma once

#define MOUNT_OPTIONS_SIZE 512

struct mount {
	char options[MOUNT_OPTIONS_SIZE];	/* of the mount point: "rw,nosuid,nodev" */
	char super_options[MOUNT_OPTIONS_SIZE]; /* of the file system: "rw,size=8k" */
};

/*
 * The last mount at that place, which hides those before it. Returns 0, -ENOENT, or -EBADMSG where its
 * line is no line of mountinfo.
 */
int mount_find(const char *mountinfo, const char *where, struct mount *mount);
