/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which findings are there, what does each mean, and who looks for it? */
#include "findings.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "finders.h"

#define COMMANDS(command) (1u << COMMAND_##command)

static const struct {
	const char *name;
	enum severity worst;
	unsigned commands; /* besides the whole report */
	const char *meaning;
} kinds[FINDING_COUNT_] = {
	[FINDING_ORPHAN] = {"orphan", SEVERITY_WARNING, COMMANDS(ORPHANS),
			    "nobody uses it, and who made and last used it is gone"},
	[FINDING_GHOST_ATTACHMENT] = {"ghost-attachment", SEVERITY_WARNING, COMMANDS(ORPHANS),
				      "removed already, but still attached: its memory stays"},
	[FINDING_UNLINKED_HELD] = {"unlinked-held", SEVERITY_WARNING, COMMANDS(ORPHANS),
				   "shared memory without a name that processes still hold"},
	[FINDING_LIMIT_NEAR] = {"limit-near", SEVERITY_CRITICAL, 0,
				"a limit is used up, or nearly so"},
	[FINDING_WORLD_ACCESSIBLE] = {"world-accessible", SEVERITY_WARNING, COMMANDS(PERMISSIONS),
				      "every user of the host may read or change it"},
	[FINDING_GIVEN_AWAY] = {"given-away", SEVERITY_WARNING, COMMANDS(PERMISSIONS),
				"its owner is not who made it; both may change and remove it"},
	[FINDING_SETUID_CREATOR] = {"setuid-creator", SEVERITY_INFO, COMMANDS(PERMISSIONS),
				    "made by a program that runs as another user than its caller"},
	[FINDING_KNOWN_LEAKER] = {"known-leaker", SEVERITY_INFO, COMMANDS(ORPHANS),
				  "left behind by software that is known to"},
	[FINDING_LEASE_DISABLED] = {"lease-disabled", SEVERITY_WARNING, 0,
				    "whether POSIX objects are in use can't be told"},
	[FINDING_REMOVEIPC_RISK] = {"removeipc-risk", SEVERITY_WARNING, 0,
				    "logind removes users' objects at logout, in use or not"},
	[FINDING_SHARED_USER] = {"shared-user", SEVERITY_WARNING, COMMANDS(PERMISSIONS),
				 "services run as one user and in one IPC namespace"},
	[FINDING_SYSCALL_FILTER] = {"syscall-filter", SEVERITY_WARNING, 0,
				    "a service's SystemCallFilter= refuses the calls it makes"},
	[FINDING_FTOK_PRIVATE_TMP] = {"ftok-private-tmp", SEVERITY_WARNING, 0,
				      "a key made of a file that only one service can see"},
	[FINDING_SEM_CYCLE] = {"sem-cycle", SEVERITY_CRITICAL, COMMANDS(DEADLOCKS),
			       "processes wait for each other's semaphores in a circle"},
	[FINDING_SEM_DEAD_HOLDER] = {"sem-dead-holder", SEVERITY_CRITICAL, COMMANDS(DEADLOCKS),
				     "somebody waits for what a process took that is gone"},
	[FINDING_QUEUE_LOST_CONSUMER] = {"queue-lost-consumer", SEVERITY_CRITICAL,
					 COMMANDS(BACKLOG),
					 "messages wait, and who received them is gone or blocked"},
	[FINDING_QUEUE_FULL] = {"queue-full", SEVERITY_CRITICAL, COMMANDS(BACKLOG),
				"takes no more messages, or soon will not; senders block"},
};

static const struct {
	finder_fn *find;
	unsigned needs;
	uint64_t findings;
} finders[] = {
	{find_orphans, 0, 1 << FINDING_ORPHAN | 1 << FINDING_KNOWN_LEAKER},
	{find_ghosts, NEEDS_MAPPED | NEEDS_RESIDENT, 1 << FINDING_GHOST_ATTACHMENT},
	{find_unlinked, NEEDS_OPEN, 1 << FINDING_UNLINKED_HELD},
	{find_limits, NEEDS_RESIDENT, 1 << FINDING_LIMIT_NEAR},
	{find_permissions, 0,
	 1 << FINDING_WORLD_ACCESSIBLE | 1 << FINDING_GIVEN_AWAY | 1 << FINDING_SETUID_CREATOR},
	{find_host, 0, 1 << FINDING_LEASE_DISABLED | 1 << FINDING_REMOVEIPC_RISK},
	{find_shared_users, 0, 1 << FINDING_SHARED_USER},
	{find_units, NEEDS_OPEN | NEEDS_WAITERS,
	 1 << FINDING_SYSCALL_FILTER | 1 << FINDING_FTOK_PRIVATE_TMP},
	{find_deadlocks, NEEDS_WAITERS, 1 << FINDING_SEM_CYCLE | 1 << FINDING_SEM_DEAD_HOLDER},
	/* the last: it looks a second time */
	{find_backlog, NEEDS_WAITERS, 1 << FINDING_QUEUE_LOST_CONSUMER | 1 << FINDING_QUEUE_FULL},
};

#define FINDER_COUNT (sizeof(finders) / sizeof(finders[0]))

const char *finding_name(enum finding_id id)
{
	return kinds[id].name;
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {"info", "warning", "critical"};

	return names[severity];
}

int findings_print_all(FILE *out)
{
	for (int id = 0; id < FINDING_COUNT_; id++)
		if (fprintf(out, "%-20s %-8s %s\n", kinds[id].name, severity_name(kinds[id].worst),
			    kinds[id].meaning) < 0)
			return -errno;
	return 0;
}

uint64_t findings_of_command(enum command command)
{
	uint64_t wanted = 0;

	for (int id = 0; id < FINDING_COUNT_; id++)
		if (command == COMMAND_REPORT || kinds[id].commands & 1u << command)
			wanted |= UINT64_C(1) << id;
	return wanted;
}

unsigned findings_needs(uint64_t wanted)
{
	unsigned needs = 0;

	for (size_t i = 0; i < FINDER_COUNT; i++)
		if (finders[i].findings & wanted)
			needs |= finders[i].needs;
	return needs;
}

static struct finding *append(struct findings *findings)
{
	if (findings->count == findings->allocated) {
		size_t more = findings->allocated ? 2 * findings->allocated : 64;
		struct finding *grown = reallocarray(findings->list, more, sizeof(*grown));

		if (!grown) {
			findings->failed = true;
			return NULL;
		}
		findings->list = grown;
		findings->allocated = more;
	}
	findings->list[findings->count] = (struct finding){.uid = (uid_t)-1};
	return &findings->list[findings->count++];
}

struct finding *findings_add(struct findings *findings, enum finding_id id, enum severity severity,
			     const struct ipc_object *obj, const char *format, ...)
{
	struct finding *finding = append(findings);
	va_list args;
	int length;

	if (!finding)
		return NULL;
	finding->id = id;
	finding->severity = severity;
	finding->object = obj ? object_ref(obj) : NULL;
	if (obj)
		finding->uid = obj->uid, finding->kind = obj->kind;
	va_start(args, format);
	length = vasprintf(&finding->summary, format, args);
	va_end(args);
	if (length < 0)
		finding->summary = NULL;
	if (length < 0 || (obj && !finding->object))
		findings->failed = true;
	return finding;
}

void finding_set_owner(struct finding *finding, const char *owner)
{
	if (finding && owner)
		finding->owner = strdup(owner);
}

void finding_set_fix(struct finding *finding, const char *format, ...)
{
	va_list args;

	if (!finding)
		return;
	va_start(args, format);
	if (vasprintf(&finding->fix, format, args) < 0)
		finding->fix = NULL;
	va_end(args);
}

static struct evidence *add_evidence(struct finding *finding, const char *name)
{
	struct evidence *evidence;

	if (!finding || finding->evidence_count == EVIDENCE_MAX)
		return NULL;
	evidence = &finding->evidence[finding->evidence_count++];
	*evidence = (struct evidence){.name = name};
	return evidence;
}

void finding_number(struct finding *finding, const char *name, uint64_t value)
{
	struct evidence *evidence = add_evidence(finding, name);

	if (evidence)
		evidence->number = value;
}

void finding_time(struct finding *finding, const char *name, time_t value)
{
	struct evidence *evidence = add_evidence(finding, name);

	if (!evidence)
		return;
	evidence->form = EVIDENCE_TIME;
	evidence->number = (uint64_t)value;
}

static void add_text(struct finding *finding, const char *name, const char *value,
		     enum evidence_form form)
{
	struct evidence *evidence = add_evidence(finding, name);

	if (!evidence)
		return;
	evidence->form = form;
	evidence->text = value ? strdup(value) : NULL;
}

void finding_text(struct finding *finding, const char *name, const char *value)
{
	add_text(finding, name, value, EVIDENCE_TEXT);
}

void finding_drawing(struct finding *finding, const char *name, const char *lines)
{
	add_text(finding, name, lines, EVIDENCE_DRAWING);
}

void finding_flag(struct finding *finding, const char *name, bool value)
{
	struct evidence *evidence = add_evidence(finding, name);

	if (!evidence)
		return;
	evidence->form = EVIDENCE_FLAG;
	evidence->number = value;
}

void finding_table(struct finding *finding, const char *name, const struct evidence_column *columns,
		   size_t width)
{
	struct evidence *evidence = add_evidence(finding, name);

	if (!evidence)
		return;
	evidence->form = EVIDENCE_TABLE;
	evidence->columns = columns;
	evidence->width = width;
}

void finding_row(struct finding *finding, const uint64_t *cells)
{
	struct evidence *evidence;

	if (!finding || !finding->evidence_count)
		return;
	evidence = &finding->evidence[finding->evidence_count - 1];
	if (evidence->form != EVIDENCE_TABLE)
		return;
	if (evidence->row_count == evidence->rows_allocated) {
		size_t more = evidence->rows_allocated ? 2 * evidence->rows_allocated : 8;
		uint64_t *grown =
			reallocarray(evidence->cells, more, evidence->width * sizeof(*grown));

		if (!grown)
			return;
		evidence->cells = grown;
		evidence->rows_allocated = more;
	}
	memcpy(evidence->cells + evidence->row_count++ * evidence->width, cells,
	       evidence->width * sizeof(*cells));
}

static void finding_done(struct finding *finding)
{
	free(finding->object);
	free(finding->summary);
	free(finding->owner);
	free(finding->fix);
	for (size_t i = 0; i < finding->evidence_count; i++) {
		free(finding->evidence[i].text);
		free(finding->evidence[i].cells);
	}
}

void findings_done(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		finding_done(&findings->list[i]);
	free(findings->list);
	*findings = (struct findings){0};
}

static int by_weight(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	if (x->uid != y->uid)
		return x->uid < y->uid ? -1 : 1;
	/* qsort(3) keeps no order of its own */
	return strverscmp(x->object ? x->object : "", y->object ? y->object : "");
}

static void drop_unwanted(struct findings *findings, uint64_t wanted)
{
	size_t left = 0;

	for (size_t i = 0; i < findings->count; i++)
		if (wanted & UINT64_C(1) << findings->list[i].id)
			findings->list[left++] = findings->list[i];
		else
			finding_done(&findings->list[i]);
	findings->count = left;
}

int findings_make(struct findings *findings, struct audit *audit, uint64_t wanted)
{
	*findings = (struct findings){0};
	for (size_t i = 0; i < FINDER_COUNT; i++)
		if (finders[i].findings & wanted)
			finders[i].find(audit, findings);
	drop_unwanted(findings, wanted);
	if (findings->failed) {
		findings_done(findings);
		return -ENOMEM;
	}
	if (findings->count)
		qsort(findings->list, findings->count, sizeof(*findings->list), by_weight);
	return 0;
}

static int add_table_json(struct json_object *to, const struct evidence *evidence)
{
	struct json_object *rows = document_add_array(to, evidence->name), *row;
	const uint64_t *cell = evidence->cells;
	int r = rows ? 0 : -ENOMEM;

	for (size_t n = 0; r == 0 && n < evidence->row_count; n++) {
		row = document_append_object(rows);
		r = row ? 0 : -ENOMEM;
		for (size_t i = 0; r == 0 && i < evidence->width; i++, cell++)
			r = evidence->columns[i].is_flag
				    ? document_add_bool(row, evidence->columns[i].name, *cell)
				    : document_add_exact(row, evidence->columns[i].name, *cell);
	}
	return r;
}

static int add_evidence_json(struct json_object *to, const struct evidence *evidence)
{
	switch (evidence->form) {
	case EVIDENCE_NUMBER:
		return document_add_exact(to, evidence->name, evidence->number);
	case EVIDENCE_TIME:
		return document_add_time(to, evidence->name, (time_t)evidence->number);
	case EVIDENCE_TEXT:
	case EVIDENCE_DRAWING:
		return document_add_text(to, evidence->name, evidence->text);
	case EVIDENCE_FLAG:
		return document_add_bool(to, evidence->name, evidence->number);
	case EVIDENCE_TABLE:
		return add_table_json(to, evidence);
	}
	return -EINVAL;
}

static int fill_json(struct json_object *to, const struct finding *finding,
		     const struct place *place)
{
	struct json_object *evidence;
	int r = document_add_text(to, "id", finding_name(finding->id));

	r |= document_add_text(to, "severity", severity_name(finding->severity));
	r |= document_add_text(to, "object", finding->object);
	r |= document_add_text(to, "summary", finding->summary);
	evidence = document_add_object(to, "evidence");
	if (!evidence)
		return -ENOMEM;
	for (size_t i = 0; i < finding->evidence_count; i++)
		r |= add_evidence_json(evidence, &finding->evidence[i]);
	if (place)
		r |= document_add_uint(to, "namespace", place->ipc_ns);
	r |= document_add_text(to, "owner", finding->owner);
	return r | document_add_text(to, "fix", finding->fix);
}

int findings_put_json(struct document_stream *stream, const struct findings *findings,
		      const struct place *place)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < findings->count; i++) {
		struct json_object *element = document_stream_element();

		if (!element || fill_json(element, &findings->list[i], place)) {
			document_free(element);
			return -ENOMEM;
		}
		r = document_stream_put(stream, element);
	}
	return r;
}
