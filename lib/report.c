/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was done, for people: a table that says of each object what came of it and why, and one line
 * that sums it up.
 */
#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cleanup.h"
#include "printed.h"
#include "table.h"
#include "usernames.h"
#include "wipe.h"

/* Sizes of files are whatever their owners say: a sum that doesn't fit is as large as can be. */
static void add_bytes(uint64_t *sum, uint64_t bytes)
{
	if (__builtin_add_overflow(*sum, bytes, sum))
		*sum = UINT64_MAX;
}

void report_sum(const struct report *report, struct report_sums *sums)
{
	*sums = (struct report_sums){0};
	for (size_t i = 0; i < report->count; i++) {
		const struct judged *judged = &report->list[i];

		switch (judged->outcome) {
		case OUTCOME_WOULD_REMOVE:
		case OUTCOME_REMOVED:
			sums->removed++;
			add_bytes(&sums->bytes, judged->obj->bytes);
			break;
		case OUTCOME_KEPT:
			sums->kept++;
			break;
		case OUTCOME_FAILED:
			sums->failed++;
			break;
		}
		add_bytes(&sums->wiped_bytes, judged->wiped_bytes);
	}
}

/* Whether something was removed that can't be overwritten from outside the kernel. */
static bool has_unwipeable(const struct report *report)
{
	for (size_t i = 0; report->is_wiping && i < report->count; i++) {
		const struct judged *judged = &report->list[i];
		bool goes = judged->outcome == OUTCOME_REMOVED ||
			    judged->outcome == OUTCOME_WOULD_REMOVE;

		if (goes && judged->obj->kind != KIND_SHM && judged->obj->kind != KIND_PSHM)
			return true;
	}
	return false;
}

static int tell_unwipeable(FILE *out)
{
	int inits = wipe_kernel_inits_on_free();

	return fprintf(out, "queues and semaphores are freed, not overwritten: %s\n",
		       inits == 1   ? "this kernel zeroes what it frees (init_on_free=1)"
		       : inits == 0 ? "what they held stays in memory until it is used again "
				      "(init_on_free=0)"
				    : "whether the kernel zeroes what it frees is not known "
				      "(init_on_free)");
}

int report_summary(const struct report *report, FILE *out)
{
	char size[SIZE_TEXT_SIZE], wiped[SIZE_TEXT_SIZE];
	struct report_sums sums;
	int r;

	report_sum(report, &sums);
	r = fprintf(out, "%zu %s (%s), %zu kept, %zu failed", sums.removed,
		    report->is_dry_run ? "would be removed" : "removed",
		    size_format(sums.bytes, size), sums.kept, sums.failed);
	if (r >= 0 && sums.wiped_bytes)
		r = fprintf(out, ", %s overwritten", size_format(sums.wiped_bytes, wiped));
	if (r >= 0)
		r = fputs("\n", out);
	if (r >= 0 && has_unwipeable(report))
		r = tell_unwipeable(out);
	return r < 0 ? -errno : printed_all(out);
}

static void evidence_of_use(const struct ipc_object *obj, char *text, size_t size)
{
	if (obj->lpid)
		snprintf(text, size, "nattch %" PRIu64 ", last used by pid %d", obj->nattch,
			 obj->lpid);
	else
		snprintf(text, size, "nattch %" PRIu64, obj->nattch);
}

/* What the reason rests on, as far as the object itself tells. */
static void evidence(const struct judged *judged, char *text, size_t size)
{
	const struct ipc_object *obj = judged->obj;

	text[0] = '\0';
	if (judged->error)
		snprintf(text, size, "%s", strerror(-judged->error));
	else if (judged->reason == REASON_ATTACHED)
		evidence_of_use(obj, text, size);
	else if (judged->reason == REASON_LIVE_USER && obj->live_user)
		snprintf(text, size, "last used by pid %d", obj->live_user);
	else if (judged->reason == REASON_GIVEN_AWAY)
		snprintf(text, size, "created by uid %u", obj->cuid);
	else if (judged->reason == REASON_OPEN)
		snprintf(text, size, "lease refused");
	else if (judged->reason == REASON_UNREAD && obj->kind == KIND_MSG)
		snprintf(text, size, "%" PRIu64 " messages", obj->qnum);
	else
		snprintf(text, size, "%s", reason_text(judged->reason));
}

/* EVIDENCE is the last: shown with -v */
static const struct table_column columns[] = {
	{"OBJECT", false}, {"KEY", false},    {"OWNER", false},	 {"MODE", true},
	{"SIZE", true},	   {"ACTION", false}, {"REASON", false}, {"EVIDENCE", false},
};

#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

static int add_line(struct table *table, const struct judged *judged, struct usernames *owners)
{
	const struct ipc_object *obj = judged->obj;
	_cleanup_free_ char *ref = object_ref(obj);
	const char *owner = usernames_get(owners, obj->uid);
	char key[KEY_TEXT_SIZE], mode[8], size[SIZE_TEXT_SIZE], text[128];

	if (!ref || !owner)
		return -ENOMEM;
	snprintf(mode, sizeof(mode), "%04o", obj->mode & 07777);
	evidence(judged, text, sizeof(text));
	return table_add(table,
			 (const char *const[COLUMN_COUNT]){
				 ref, kind_is_sysv(obj->kind) ? key_format(obj->key, key) : NULL,
				 owner, mode, size_format(obj->bytes, size),
				 outcome_name(judged->outcome), reason_name(judged->reason), text});
}

static int print_table(const struct report *report, FILE *out, bool verbose)
{
	_cleanup_(usernames_done) struct usernames owners = {0};
	_cleanup_(table_freep) struct table *table = NULL;
	int r = table_new(&table, columns, COLUMN_COUNT - !verbose);

	for (size_t i = 0; r == 0 && i < report->count; i++)
		r = add_line(table, &report->list[i], &owners);
	return r == 0 ? table_print(table, out) : r;
}

int report_table(const struct report *report, FILE *out, bool verbose)
{
	int r = report->count ? print_table(report, out, verbose) : 0;

	return r < 0 ? r : report_summary(report, out);
}
