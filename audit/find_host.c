/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of this host's settings endangers objects, or hides what happens to them? */
#include <fcntl.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "finders.h"
#include "readall.h"
#include "removeipc.h"

#define LEASES_ENABLE "/proc/sys/fs/leases-enable"
#define ASK_LOGIND_NS (3 * NS_PER_S)

/* login.defs(5): SYS_UID_MAX, what systemd is built with */
#define SYSTEM_UID_MAX 999

static bool are_leases_off(void)
{
	_cleanup_close_ int fd = open(LEASES_ENABLE, O_RDONLY | O_CLOEXEC);
	char text[8];

	return fd >= 0 && read_all(fd, text, sizeof(text)) > 0 && text[0] == '0';
}

static void find_leases(struct findings *findings)
{
	struct finding *finding;

	if (!are_leases_off())
		return;
	finding = findings_add(
		findings, FINDING_LEASE_DISABLED, SEVERITY_WARNING, NULL,
		"fs.leases-enable=0: whether POSIX objects are in use can't be told, so "
		"none of them is ever cleaned up");
	finding_set_fix(finding, "sysctl -w fs.leases-enable=1");
	finding_number(finding, "fs.leases-enable", 0);
}

/* logind leaves system users' objects (logind-user.c: user_finalize); the range is the usual one. */
static bool is_at_risk(const struct audit *audit, const struct ipc_object *obj)
{
	return obj->uid >= audit->config->min_uid && obj->uid > SYSTEM_UID_MAX;
}

static void find_removeipc(struct audit *audit, struct findings *findings)
{
	const struct ipc_object *example = NULL;
	enum removeipc_state state;
	struct finding *finding;
	size_t count = 0;

	for (size_t i = 0; i < audit->inv.count; i++)
		if (is_at_risk(audit, &audit->inv.objects[i]) && !count++)
			example = &audit->inv.objects[i];
	if (!count || removeipc_ask(ASK_LOGIND_NS, &state) < 0 || !removeipc_fix(state))
		return;
	finding = findings_add(
		findings, FINDING_REMOVEIPC_RISK, SEVERITY_WARNING, NULL,
		"logind's RemoveIPC= is on: at the end of a user's last session it removes "
		"what other processes of the user still use; %zu objects are at risk",
		count);
	finder_set_owner(finding, audit, example->uid);
	finding_set_fix(finding, "%s", removeipc_fix(state));
	finding_number(finding, "objects", count);
	finding_number(finding, "example_uid", example->uid);
}

void find_host(struct audit *audit, struct findings *findings)
{
	find_leases(findings);
	find_removeipc(audit, findings);
}
