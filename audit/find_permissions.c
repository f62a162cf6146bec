/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who could read or change what is not theirs? The mode bits of others (ipc/util.c: ipcperms), an
 * owner that is not the creator (both may change and remove it), and programs that made an object
 * with another user's rights than their caller's.
 */
#include <string.h>

#include "cleanup.h"
#include "finders.h"
#include "words.h"

#define OTHERS_READ 0004
#define OTHERS_WRITE 0002

static void add_world_accessible(struct audit *audit, const struct ipc_object *obj,
				 struct findings *findings)
{
	bool writable = obj->mode & OTHERS_WRITE;
	struct text mode = {0};
	_cleanup_free_ char *ref = object_ref(obj);
	struct finding *finding;

	words_add_mode(&mode, obj->mode);
	finding = findings_add(findings, FINDING_WORLD_ACCESSIBLE,
			       writable ? SEVERITY_WARNING : SEVERITY_INFO, obj,
			       "mode %s: every user of the host may %s it",
			       mode.bytes ? mode.bytes : "?",
			       !writable		 ? "read"
			       : obj->mode & OTHERS_READ ? "read and change"
							 : "change");
	finder_set_owner(finding, audit, obj->uid);
	if (ref)
		finding_set_fix(finding, "ipcaudit fix-mode %s %04o --yes", ref,
				obj->mode & 0777u & ~0007u);
	finding_text(finding, "mode", mode.bytes);
	finding_number(finding, "uid", obj->uid);
	finding_number(finding, "bytes", obj->bytes);
	text_done(&mode);
}

static void add_given_away(struct audit *audit, const struct ipc_object *obj,
			   struct findings *findings)
{
	const char *owner = usernames_get(&audit->usernames, obj->uid);
	_cleanup_free_ char *owner_name = owner ? strdup(owner) : NULL;
	const char *creator = usernames_get(&audit->usernames, obj->cuid);
	/* services that start as root hand objects to their worker's user: the usual way */
	struct finding *finding =
		findings_add(findings, FINDING_GIVEN_AWAY,
			     obj->cuid ? SEVERITY_WARNING : SEVERITY_INFO, obj,
			     "made by %s, given to %s: both may change and remove it",
			     creator ? creator : "?", owner_name ? owner_name : "?");

	finding_set_owner(finding, creator);
	finding_number(finding, "uid", obj->uid);
	finding_number(finding, "cuid", obj->cuid);
}

static void add_setuid_creator(struct audit *audit, const struct ipc_object *obj,
			       const struct proc *creator, struct findings *findings)
{
	_cleanup_(text_done) struct text process = {0}, caller = {0};
	struct finding *finding;

	words_add_process(&process, audit, creator->pid);
	words_add_user(&caller, audit, creator->ruid);
	finding = findings_add(findings, FINDING_SETUID_CREATOR, SEVERITY_INFO, obj,
			       "made by process %s, which %s runs with another user's rights",
			       process.bytes ? process.bytes : "?",
			       caller.bytes ? caller.bytes : "?");
	finding_set_owner(finding, caller.bytes);
	finding_number(finding, "creator_pid", (uint64_t)creator->pid);
	finding_number(finding, "ruid", creator->ruid);
	finding_number(finding, "euid", creator->euid);
}

void find_permissions(struct audit *audit, struct findings *findings)
{
	for (size_t i = 0; i < audit->inv.count; i++) {
		const struct ipc_object *obj = &audit->inv.objects[i];
		const struct proc *creator;

		if (!audit_is_wanted(audit, i))
			continue;
		if (obj->mode & (OTHERS_READ | OTHERS_WRITE))
			add_world_accessible(audit, obj, findings);
		if (obj->uid != obj->cuid)
			add_given_away(audit, obj, findings);
		creator = audit_creator_lives(audit, obj) ? procs_find(&audit->procs, obj->cpid)
							  : NULL;
		if (creator && creator->ruid != creator->euid)
			add_setuid_creator(audit, obj, creator, findings);
	}
}
