/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of this host's settings endangers objects, or hides what happens to them? */
#include <fcntl.h>
#include <unistd.h>

#include "cleanup.h"
#include "finders.h"
#include "readall.h"

#define LEASES_ENABLE "/proc/sys/fs/leases-enable"

static bool are_leases_off(void)
{
	_cleanup_close_ int fd = open(LEASES_ENABLE, O_RDONLY | O_CLOEXEC);
	char text[8];

	return fd >= 0 && read_all(fd, text, sizeof(text)) > 0 && text[0] == '0';
}

void find_host(struct audit *audit, struct findings *findings)
{
	struct finding *finding;

	(void)audit;
	if (!are_leases_off())
		return;
	finding = findings_add(
		findings, FINDING_LEASE_DISABLED, SEVERITY_WARNING, NULL,
		"fs.leases-enable=0: whether POSIX objects are in use can't be told, so "
		"none of them is ever cleaned up");
	finding_set_fix(finding, "sysctl -w fs.leases-enable=1");
	finding_number(finding, "fs.leases-enable", 0);
}
