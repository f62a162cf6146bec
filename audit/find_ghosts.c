/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which segments are removed already and yet there? IPC_RMID takes the key and marks the segment;
 * its memory goes with the last detach (ipc/shm.c: do_shm_rmid). Programs do that on purpose while
 * they live; once the creator is gone, or nobody that we see has it attached, it is a leak.
 */
#include <sys/shm.h>

#include "finders.h"
#include "words.h"

static void list_users(struct text *text, struct audit *audit, const struct holding *holding,
		       size_t count)
{
	pid_t last = 0;

	for (size_t i = 0; i < count; i++) {
		if (holding[i].pid == last)
			continue;
		if (last)
			text_add(text, ", ");
		last = holding[i].pid;
		words_add_process(text, audit, last);
		if (holders_is_foreign(&audit->holders, &holding[i]))
			text_add(text, " (of another IPC namespace)");
	}
}

static void add_ghost(struct audit *audit, size_t object, struct findings *findings)
{
	const struct ipc_object *obj = &audit->inv.objects[object];
	size_t count;
	const struct holding *holding = holders_of(&audit->holders, object, &count);
	bool creator_lives = audit_creator_lives(audit, obj), are_all_seen = count >= obj->nattch;
	struct text users = {0};
	struct finding *finding;

	list_users(&users, audit, holding, count);
	finding = findings_add(
		findings, FINDING_GHOST_ATTACHMENT,
		creator_lives && are_all_seen ? SEVERITY_INFO : SEVERITY_WARNING, obj,
		"removed, but attached %llu times, by %s%s", (unsigned long long)obj->nattch,
		count ? users.bytes : "processes that can't be seen from here",
		count && !are_all_seen ? " and others that can't be seen from here" : "");
	finder_set_owner(finding, audit, obj->uid);
	if (count)
		finding_set_fix(finding, "systemctl restart UNIT, or kill %d: what has it attached",
				holding[0].pid);
	finding_number(finding, "nattch", obj->nattch);
	finding_number(finding, "seen", count);
	finding_number(finding, "bytes", obj->bytes);
	finding_number(finding, "rss", obj->rss);
	finding_number(finding, "creator_pid", (uint64_t)obj->cpid);
	finding_flag(finding, "creator_alive", creator_lives);
	finding_text(finding, "users", users.bytes);
	text_done(&users);
}

void find_ghosts(struct audit *audit, struct findings *findings)
{
	for (size_t i = 0; i < audit->inv.count; i++) {
		const struct ipc_object *obj = &audit->inv.objects[i];

		if (obj->kind == KIND_SHM && obj->mode & SHM_DEST && audit_is_wanted(audit, i))
			add_ghost(audit, i, findings);
	}
}
