/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which services run as one user in one IPC namespace? Each may change the others' objects, and what one
 * leaves behind can't be told from theirs: ipcclean keeps it.
 */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "finders.h"
#include "unit_uses.h"
#include "words.h"

static bool is_in_list(const char *list, const char *unit)
{
	size_t length = strlen(unit);

	for (const char *at = list; at && (at = strstr(at, unit)); at += length)
		if ((at == list || at[-1] == ' ') && (at[length] == '\0' || at[length] == ','))
			return true;
	return false;
}

/* The services whose processes run as uid in our IPC namespace: "a.service, b.service". */
static size_t list_units_of(struct text *list, struct audit *audit, uid_t uid)
{
	int proc_fd = audit->procs.proc_fd;
	ino_t ours = procs_ipc_ns(proc_fd, 0);
	size_t count = 0;

	if (!ours)
		return 0;
	for (size_t i = 0; i < audit->procs.count; i++) {
		const struct proc *proc = &audit->procs.all[i];
		const char *unit = proc->euid == uid ? unit_of_process(audit, proc->pid) : NULL;

		if (!unit || is_in_list(list->bytes, unit) ||
		    procs_ipc_ns(proc_fd, proc->pid) != ours)
			continue;
		text_add_format(list, "%s%s", count++ ? ", " : "", unit);
	}
	return count;
}

static void find_shared_user(struct audit *audit, uid_t uid, size_t objects,
			     struct findings *findings)
{
	_cleanup_(text_done) struct text list = {0}, user = {0};
	struct finding *finding;

	if (list_units_of(&list, audit, uid) < 2)
		return;
	words_add_user(&user, audit, uid);
	if (list.failed || user.failed) {
		findings->failed = true;
		return;
	}
	finding = findings_add(findings, FINDING_SHARED_USER, SEVERITY_WARNING, NULL,
			       "%s share the user %s and its %zu objects: each may change those of "
			       "the others, and what one leaves behind can't be told from theirs",
			       list.bytes, user.bytes, objects);
	finder_set_owner(finding, audit, uid);
	finding_set_fix(finding,
			"systemctl edit: a User= of its own, or PrivateIPC=yes for what shares no "
			"objects");
	finding_number(finding, "uid", uid);
	finding_number(finding, "objects", objects);
	finding_text(finding, "units", list.bytes);
}

static int by_uid(const void *a, const void *b)
{
	const uid_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Of each owner but root, whose services are many and know of each other. */
void find_shared_users(struct audit *audit, struct findings *findings)
{
	_cleanup_free_ uid_t *uids = calloc(audit->inv.count + 1, sizeof(*uids));
	size_t next;

	/* the units of this host are not those of another namespace */
	if (audit->place)
		return;
	if (!uids) {
		findings->failed = true;
		return;
	}
	for (size_t i = 0; i < audit->inv.count; i++)
		uids[i] = audit->inv.objects[i].uid;
	qsort(uids, audit->inv.count, sizeof(*uids), by_uid);
	for (size_t i = 0; i < audit->inv.count; i = next) {
		for (next = i; next < audit->inv.count && uids[next] == uids[i]; next++)
			;
		if (uids[i])
			find_shared_user(audit, uids[i], next - i, findings);
	}
}
