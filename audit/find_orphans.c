/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What did nobody come back for? An object that nobody has attached, open, or waits on, whose
 * creator and last user, as far as the kernel knows them, are gone. The kernel keeps no creator of
 * queues, sets and files: while their owner has processes, a queue or set counts once those who
 * used it last are dead, a file never as more than worth knowing.
 */
#include <unistd.h>

#include "cleanup.h"
#include "finders.h"
#include "words.h"

struct orphan {
	struct audit *audit;
	const struct ipc_object *obj;
	bool owner_lives;
	const struct pattern *pattern; /* the catalogue's entry, or NULL */
};

/* Somebody did something to it and can't be seen from here: that is no proof of anything. */
static bool is_user_hidden(pid_t pid, time_t when)
{
	return when && !pid;
}

static bool is_segment_orphaned(const struct audit *audit, const struct ipc_object *obj)
{
	return !is_user_hidden(obj->cpid, obj->ctime) && !is_user_hidden(obj->lpid, obj->lpid_at) &&
	       !audit_creator_lives(audit, obj) && !audit_last_user_lives(audit, obj);
}

/* Whoever used it is dead (audit_is_unused() has asked); but was it ever used? */
static bool was_used(const struct ipc_object *obj)
{
	return obj->lpid_at || (obj->kind == KIND_MSG && obj->lrpid_at);
}

static bool is_orphaned(const struct orphan *orphan)
{
	const struct ipc_object *obj = orphan->obj;

	switch (obj->kind) {
	case KIND_SHM:
		return is_segment_orphaned(orphan->audit, obj);
	case KIND_SEM:
	case KIND_MSG:
		return !orphan->owner_lives || was_used(obj);
	case KIND_PSHM:
	case KIND_PSEM:
	case KIND_PMQ:
		return true;
	case KIND_COUNT_:
		break;
	}
	return false;
}

static enum severity severity_of(const struct orphan *orphan)
{
	if (orphan->pattern && pattern_is_protected(orphan->pattern))
		return SEVERITY_INFO;
	return kind_is_sysv(orphan->obj->kind) || !orphan->owner_lives ? SEVERITY_WARNING
								       : SEVERITY_INFO;
}

/* ipcclean leaves root's objects, and those of a user who is there; then it is this one alone. */
static void set_fix(struct finding *finding, const struct orphan *orphan)
{
	const struct ipc_object *obj = orphan->obj;
	static const char letters[] = {[KIND_SHM] = 'm', [KIND_SEM] = 's', [KIND_MSG] = 'q'};
	const char *user = usernames_get(&orphan->audit->usernames, obj->uid);
	_cleanup_free_ char *name = name_escape(obj->name);

	if (orphan->pattern && pattern_is_protected(orphan->pattern))
		return;
	if (!orphan->owner_lives && obj->uid && user)
		finding_set_fix(finding, "ipcclean %s%s",
				obj->uid < orphan->audit->config->min_uid ? "orphans --yes"
									  : "user ",
				obj->uid < orphan->audit->config->min_uid ? "" : user);
	else if (kind_is_sysv(obj->kind))
		finding_set_fix(finding, "ipcrm -%c %d", letters[obj->kind], obj->id);
	else if (name)
		finding_set_fix(finding, "rm -- '%s%s'",
				obj->kind == KIND_PMQ	 ? "/dev/mqueue/"
				: obj->kind == KIND_PSEM ? "/dev/shm/sem."
							 : "/dev/shm/",
				name + 1);
}

static void add_evidence(struct finding *finding, const struct orphan *orphan)
{
	const struct ipc_object *obj = orphan->obj;

	finding_number(finding, "age_s", audit_age_s(orphan->audit, obj));
	finding_number(finding, "bytes", obj->bytes);
	finding_flag(finding, "owner_alive", orphan->owner_lives);
	if (obj->kind == KIND_SHM)
		finding_number(finding, "creator_pid", (uint64_t)obj->cpid);
	if (kind_is_sysv(obj->kind) && obj->kind != KIND_SEM && obj->lpid)
		finding_number(finding, "last_user_pid", (uint64_t)obj->lpid);
	if (obj->kind == KIND_MSG)
		finding_number(finding, "messages", obj->qnum);
	if (orphan->pattern)
		finding_text(finding, "pattern", pattern_name(orphan->pattern));
}

static void add_orphan(const struct orphan *orphan, struct findings *findings)
{
	const struct ipc_object *obj = orphan->obj;
	_cleanup_(text_done) struct text age = {0};
	char size[SIZE_TEXT_SIZE];
	struct finding *finding;

	words_add_span(&age, audit_age_s(orphan->audit, obj));
	finding = findings_add(findings, FINDING_ORPHAN, severity_of(orphan), obj,
			       "%s of %s, unused for %s: %s", kind_title(obj->kind),
			       size_format(obj->bytes, size), age.bytes ? age.bytes : "?",
			       orphan->pattern && pattern_is_protected(orphan->pattern)
				       ? "but its software keeps it on purpose; leave it"
			       : !orphan->owner_lives ? "no process of its owner is left"
			       : kind_is_sysv(obj->kind)
				       ? "the processes that made and used it are gone"
				       : "nobody has it open; its owner has other processes");
	finder_set_owner(finding, orphan->audit, obj->uid);
	set_fix(finding, orphan);
	add_evidence(finding, orphan);
}

static void add_leaker(const struct orphan *orphan, struct findings *findings)
{
	const char *software = pattern_software(orphan->pattern),
		   *upstream = pattern_upstream(orphan->pattern);
	struct finding *finding = findings_add(findings, FINDING_KNOWN_LEAKER, SEVERITY_INFO,
					       orphan->obj, "left behind by %s, which is known to",
					       software ? software : pattern_name(orphan->pattern));

	finder_set_owner(finding, orphan->audit, orphan->obj->uid);
	if (upstream)
		finding_set_fix(finding, "%s", upstream);
	finding_text(finding, "pattern", pattern_name(orphan->pattern));
	finding_text(finding, "software", software);
}

void find_orphans(struct audit *audit, struct findings *findings)
{
	for (size_t i = 0; i < audit->inv.count; i++) {
		const struct ipc_object *obj = &audit->inv.objects[i];
		struct orphan orphan = {.audit = audit, .obj = obj};

		if (!audit_is_wanted(audit, i) || audit_is_unused(audit, i) != 1)
			continue;
		orphan.owner_lives = finder_user_lives(audit, obj->uid);
		if (!is_orphaned(&orphan))
			continue;
		orphan.pattern = patterns_match(audit->patterns, obj);
		add_orphan(&orphan, findings);
		if (orphan.pattern && !pattern_is_protected(orphan.pattern))
			add_leaker(&orphan, findings);
	}
}
