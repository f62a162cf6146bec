/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules, one function each. A family of calls that was not seen at all goes as a whole. Of one that
 * was seen, only the calls that give new ways (make, attach, send, receive) go, if they were not seen; those
 * that look after what is there stay, as a path that was not taken may need them.
 */
#include "proposal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "dropins_of_ours.h"
#include "text.h"

#define OTHERS_ACCESS 0007
#define GROUP_ACCESS 0070
/* reading and writing: who doesn't own it may attach, send or take */
#define OPEN_ACCESS 0066

#define FILTER "SystemCallFilter=~"

/* A limit is this many times what was measured, and no less than the floor. */
#define LIMIT_FACTOR 2
#define QUEUE_FLOOR 65536
#define LOCKED_FLOOR (UINT64_C(1) << 20)

static void list_done(struct proposal_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->all[i].directive);
		free(list->all[i].reason);
	}
	free(list->all);
}

void proposal_done(struct proposal *proposal)
{
	list_done(&proposal->lines);
	list_done(&proposal->omitted);
	list_done(&proposal->advice);
	*proposal = (struct proposal){0};
}

int proposal_add(struct proposal_list *list, const char *directive, const char *reason, ...)
{
	struct proposal_line *grown = reallocarray(list->all, list->count + 1, sizeof(*list->all));
	va_list args;
	int n;

	if (!grown)
		return -ENOMEM;
	list->all = grown;
	grown += list->count;
	grown->directive = strdup(directive);
	va_start(args, reason);
	n = vasprintf(&grown->reason, reason, args);
	va_end(args);
	if (n < 0)
		grown->reason = NULL;
	if (grown->directive && grown->reason) {
		list->count++;
		return 0;
	}
	free(grown->directive);
	free(grown->reason);
	return -ENOMEM;
}

/* --- what its processes take along when they leave it --- */

static const char *const inherited[] = {"SystemCallFilter=", "PrivateIPC=yes",
					"RestrictSUIDSGID=yes", "UMask=0077"};

static const char *why_inherited(const struct unit_facts *facts,
				 const struct observation *observation)
{
	if (observation->saw_escape)
		return "processes of it leave it, for sessions or as containers, and would take "
		       "it along";
	if (facts->leaves_processes)
		return "KillMode= is for processes that outlive it, such as sessions and "
		       "containers: they would take it along";
	return NULL;
}

static int omit_inherited(struct proposal *proposal, const char *why)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(inherited) / sizeof(inherited[0]); i++)
		r = proposal_add(&proposal->omitted, inherited[i], "%s", why);
	return r;
}

/* --- SystemCallFilter= --- */

static bool is_of_objects(enum ipc_call call)
{
	return call_info(call)->family <= FAMILY_MQ;
}

static bool goes(const struct observation *observation, enum ipc_call call)
{
	const struct call_info *info = call_info(call);

	if (!is_of_objects(call) || observation_saw(observation, call))
		return false;
	return !info->is_upkeep || !observation_saw_family(observation, info->family);
}

/* Families of which something was seen: "System V semaphores (semop 12)". */
static void add_seen(struct text *text, const struct observation *observation)
{
	const char *between = "";

	for (int i = 0; i < CALL_COUNT_; i++) {
		uint64_t count = observation->calls[i] + observation->unknown[i];

		if (!count || !is_of_objects((enum ipc_call)i))
			continue;
		text_add_format(text, "%s%s %" PRIu64, between, call_info((enum ipc_call)i)->name,
				count);
		between = ", ";
	}
	if (!*between)
		text_add(text, "none");
}

static int omit_upkeep(struct proposal *proposal, const struct observation *observation)
{
	_cleanup_(text_done) struct text kept = {0};

	for (int i = 0; i < CALL_COUNT_; i++)
		if (is_of_objects((enum ipc_call)i) &&
		    !observation_saw(observation, (enum ipc_call)i) &&
		    !goes(observation, (enum ipc_call)i))
			text_add_format(&kept, "%s%s", kept.length ? " " : "",
					call_info((enum ipc_call)i)->name);
	if (kept.failed)
		return -ENOMEM;
	return kept.length
		       ? proposal_add(&proposal->omitted, "SystemCallFilter=",
				      "not of %s: not seen, but they look after objects that it "
				      "has, on paths that may not have been taken",
				      kept.bytes)
		       : 0;
}

static int propose_filter(struct proposal *proposal, const struct unit_facts *facts,
			  const struct observation *observation)
{
	_cleanup_(text_done) struct text filter = {0}, seen = {0};
	size_t refused_already = 0;

	if (!observation->has_calls)
		return proposal_add(&proposal->omitted, "SystemCallFilter=",
				    "its calls were not seen, only its objects");
	if (observation->lost)
		return proposal_add(&proposal->omitted, "SystemCallFilter=",
				    "records of calls were lost, %" PRIu64
				    " times: one of them may have been of any call",
				    observation->lost);
	if (observation->saw_setuid && !facts->has_no_new_privileges && facts->uid)
		return proposal_add(&proposal->omitted, "SystemCallFilter=",
				    "a process of it ran a set-user-id program, and where User= is "
				    "set a filter implies NoNewPrivileges=yes, with which none "
				    "works");
	text_add(&filter, FILTER);
	for (int i = 0; i < CALL_COUNT_; i++) {
		if (!goes(observation, (enum ipc_call)i))
			continue;
		if (manager_filter_blocks(&facts->filter, call_info((enum ipc_call)i)->name)) {
			refused_already++;
			continue;
		}
		proposal->blocked[i] = true;
		text_add_format(&filter, "%s%s", filter.bytes[filter.length - 1] == '~' ? "" : " ",
				call_info((enum ipc_call)i)->name);
	}
	add_seen(&seen, observation);
	if (filter.failed || seen.failed)
		return -ENOMEM;
	if (filter.bytes[filter.length - 1] == '~')
		return proposal_add(&proposal->omitted, "SystemCallFilter=",
				    "%zu calls are refused already, and it makes the rest",
				    refused_already);
	if (proposal_add(&proposal->lines, filter.bytes,
			 "calls of System V and message queues seen in %" PRIu64 " s: %s",
			 observation->seconds, seen.bytes) < 0)
		return -ENOMEM;
	return omit_upkeep(proposal, observation);
}

/* What is in @ipc and yet none of its objects. */
static int omit_others_of_ipc(struct proposal *proposal)
{
	return proposal_add(&proposal->omitted, "SystemCallFilter=~@ipc",
			    "it refuses pipe, pipe2 and memfd_create, too, which most programs "
			    "need; process_vm_readv and process_vm_writev are for debuggers and "
			    "crash handlers, which no observation shows");
}

/* --- PrivateIPC= --- */

static bool is_in_namespace(const struct seen_object *object)
{
	return kind_is_sysv(object->kind) || object->kind == KIND_PMQ;
}

/* An object that speaks against a namespace of its own; NULL for none. */
static const struct seen_object *find_shared(const struct observation *observation,
					     const char **why)
{
	for (size_t i = 0; i < observation->object_count; i++) {
		const struct seen_object *object = &observation->objects[i];

		if (!is_in_namespace(object))
			continue;
		*why = object->others.count ? "is used by others, too"
		       : object->was_there  ? "was there before it was started: it would be lost"
		       : object->mode & OPEN_ACCESS
			       ? "may be used by others by its mode, who may come and go unseen"
			       : NULL;
		if (*why)
			return object;
	}
	return NULL;
}

static int propose_namespace(struct proposal *proposal, const struct unit_facts *facts,
			     const struct observation *observation)
{
	const char *directive = "PrivateIPC=yes", *why;
	const struct seen_object *shared = find_shared(observation, &why);
	size_t count = 0;

	if (facts->has_private_ipc)
		return 0;
	if (!facts->knows_private_ipc)
		return proposal_add(&proposal->omitted, directive,
				    "this systemd has none (248 has)");
	if (facts->shares_ipc)
		return proposal_add(&proposal->omitted, directive,
				    "it joins the namespace of another unit on purpose");
	if (shared)
		return proposal_add(&proposal->omitted, directive, "%s %s%s%s", shared->ref, why,
				    shared->others.count ? ": " : "",
				    shared->others.count ? shared->others.items[0] : "");
	if (observation->may_mount)
		return proposal_add(&proposal->omitted, directive,
				    "it brings along a namespace of mounts, and what a process of "
				    "it may mount, the host would not see");
	if (observation->is_partial || !observation->looks)
		return proposal_add(&proposal->omitted, directive,
				    "not all of its objects were seen, so others may use some");
	for (size_t i = 0; i < observation->object_count; i++)
		count += is_in_namespace(&observation->objects[i]);
	return proposal_add(&proposal->lines, directive,
			    "%zu %s of System V and message queues in %" PRIu64
			    " looks, none of them used by another unit, none older than it",
			    count, count == 1 ? "object" : "objects", observation->looks);
}

/* --- the rest --- */

static int propose_suid(struct proposal *proposal, const struct unit_facts *facts,
			const struct observation *observation)
{
	if (facts->restricts_suid)
		return 0;
	if (observation->saw_setuid)
		return proposal_add(&proposal->omitted, "RestrictSUIDSGID=yes",
				    "a process of it ran a set-user-id program; where it has no "
				    "CAP_SYS_ADMIN this would imply NoNewPrivileges=yes");
	return proposal_add(&proposal->lines, "RestrictSUIDSGID=yes",
			    "no process of it ran a set-user-id program");
}

static int propose_umask(struct proposal *proposal, const struct unit_facts *facts,
			 const struct observation *observation)
{
	const struct seen_object *open_posix = NULL, *open_sysv = NULL, *shared = NULL;
	int r = 0;

	for (size_t i = 0; i < observation->object_count; i++) {
		const struct seen_object *object = &observation->objects[i];

		if (!(object->mode & (OTHERS_ACCESS | GROUP_ACCESS)))
			continue;
		if (kind_is_sysv(object->kind)) {
			open_sysv = object->mode & OTHERS_ACCESS ? object : open_sysv;
			continue;
		}
		open_posix = object;
		shared = object->others.count ? object : shared;
	}
	if (open_sysv)
		r = proposal_add(
			&proposal->omitted, "UMask=0077",
			"not for %s of mode %04o: System V's modes are the program's alone; "
			"now: ipcaudit fix-mode %s %04o --yes",
			open_sysv->ref, (unsigned)open_sysv->mode, open_sysv->ref,
			(unsigned)open_sysv->mode & ~0007u);
	if (r < 0 || !open_posix || (facts->umask & 077) == 077)
		return r;
	if (shared)
		return proposal_add(&proposal->omitted, "UMask=0077",
				    "%s, of mode %04o, is used by others, too: %s", shared->ref,
				    (unsigned)shared->mode, shared->others.items[0]);
	return proposal_add(&proposal->lines, "UMask=0077",
			    "%s has mode %04o, and nobody else was seen to use it; it is for all "
			    "files that the unit makes",
			    open_posix->ref, (unsigned)open_posix->mode);
}

static int propose_cleanup(struct proposal *proposal, const struct unit_facts *facts,
			   const struct observation *observation)
{
	const char *directive = "ExecStopPost=-+" BINDIR "/ipcclean service -q %n";
	const struct seen_object *left = NULL;
	size_t count = 0;

	for (size_t i = 0; i < observation->object_count; i++)
		if (observation->objects[i].is_left && !count++)
			left = &observation->objects[i];
	if (facts->cleans)
		return 0;
	if (!observation->saw_stop)
		return proposal_add(&proposal->omitted, directive,
				    "its stop was not seen, nor what it leaves behind");
	if (!left)
		return 0;
	if (facts->has_uid && facts->uid == 0)
		return proposal_add(&proposal->omitted, directive,
				    "it leaves %s, but runs as root, whose objects are never "
				    "removed; if a user of its own does the work, give --uid= to "
				    "ipcclean service",
				    left->ref);
	return proposal_add(&proposal->lines, directive,
			    "%zu %s left when it had stopped, such as %s", count,
			    count == 1 ? "object was" : "objects were", left->ref);
}

/* The next power of two, so that the figure doesn't look more exact than it is. */
static uint64_t round_up(uint64_t bytes)
{
	uint64_t power = 4096;

	while (power < bytes && power < UINT64_C(1) << 62)
		power *= 2;
	return power;
}

static int propose_limit(struct proposal *proposal, const char *name, uint64_t limit, uint64_t most,
			 uint64_t lowest)
{
	uint64_t wanted = round_up(most * LIMIT_FACTOR > lowest ? most * LIMIT_FACTOR : lowest);
	char directive[64], size[SIZE_TEXT_SIZE];

	if (!most || limit <= wanted)
		return 0;
	snprintf(directive, sizeof(directive), "%s=%" PRIu64, name, wanted);
	return proposal_add(&proposal->lines, directive,
			    "%s at most was seen, this is at least twice as much",
			    size_format(most, size));
}

/* The kernel counts both for all processes of a user together (struct ucounts). */
static int propose_limits(struct proposal *proposal, const struct unit_facts *facts,
			  const struct observation *observation)
{
	int r;

	if (observation->queue_bytes && (!facts->has_uid || facts->uid == 0))
		r = proposal_add(&proposal->omitted, "LimitMSGQUEUE=",
				 "it is counted for all of a user's processes together, and this "
				 "one is root");
	else
		r = propose_limit(proposal, "LimitMSGQUEUE", facts->msgqueue,
				  observation->queue_bytes, QUEUE_FLOOR);
	if (r < 0)
		return r;
	if (observation->has_locked_segment && observation->locked_bytes)
		return proposal_add(&proposal->omitted, "LimitMEMLOCK=",
				    "a segment of it is locked or of huge pages, which counts for "
				    "its user and not for one process");
	return propose_limit(proposal, "LimitMEMLOCK", facts->memlock, observation->locked_bytes,
			     LOCKED_FLOOR);
}

static int propose_inherited(struct proposal *proposal, const struct unit_facts *facts,
			     const struct observation *observation)
{
	const char *why = why_inherited(facts, observation);
	int r;

	if (why)
		return omit_inherited(proposal, why);
	r = propose_filter(proposal, facts, observation);
	if (r == 0)
		r = omit_others_of_ipc(proposal);
	if (r == 0)
		r = propose_namespace(proposal, facts, observation);
	if (r == 0)
		r = propose_suid(proposal, facts, observation);
	if (r == 0)
		r = propose_umask(proposal, facts, observation);
	return r == 0 ? propose_limits(proposal, facts, observation) : r;
}

int proposal_make(struct proposal *proposal, const struct unit_facts *facts,
		  const struct observation *observation)
{
	int r;

	*proposal = (struct proposal){0};
	r = propose_inherited(proposal, facts, observation);
	if (r == 0)
		r = propose_cleanup(proposal, facts, observation);
	if (r == 0)
		r = proposal_advise(&proposal->advice, facts, observation);
	if (r < 0)
		proposal_done(proposal);
	return r;
}

static void add_directive(struct text *text, const char *directive)
{
	text_add_format(text, "%s\n", directive);
}

static void add_directive_that_kills(struct text *text, const char *directive)
{
	size_t length = strlen(FILTER);

	if (strncmp(directive, FILTER, length) != 0) {
		add_directive(text, directive);
		return;
	}
	text_add(text, FILTER);
	for (directive += length; *directive; directive += length + (directive[length] == ' ')) {
		length = strcspn(directive, " ");
		text_add_format(text, "%.*s:kill%s", (int)length, directive,
				directive[length] ? " " : "\n");
	}
}

static char *write_text(const struct proposal *proposal, const struct observation *observation,
			void (*add)(struct text *text, const char *directive))
{
	struct text text = {0};
	char date[32] = "";
	struct tm tm;

	if (localtime_r(&observation->started, &tm))
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M", &tm);
	text_add_format(&text,
			DROPIN_HEADER " for %s, observed on %s for %" PRIu64 " s.\n"
				      "# Undone by: ipcharden revert %s\n[Service]\n",
			observation->unit, date, observation->seconds, observation->unit);
	for (size_t i = 0; i < proposal->lines.count; i++) {
		text_add_format(&text, "# %s\n", proposal->lines.all[i].reason);
		add(&text, proposal->lines.all[i].directive);
	}
	if (text.failed) {
		text_done(&text);
		return NULL;
	}
	return text.bytes;
}

char *proposal_text(const struct proposal *proposal, const struct observation *observation)
{
	return write_text(proposal, observation, add_directive);
}

char *proposal_text_that_kills(const struct proposal *proposal,
			       const struct observation *observation)
{
	return write_text(proposal, observation, add_directive_that_kills);
}
