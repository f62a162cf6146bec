/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was done, for people: a table that says of each object what came of it and why, and one line
 * that sums it up.
 */
#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <string.h>

#include "cleanup.h"
#include "optional.h"
#include "usernames.h"
#include "wipe.h"

OPTIONAL_FUNCTION(scols_new_table);
OPTIONAL_FUNCTION(scols_unref_table);
OPTIONAL_FUNCTION(scols_table_set_stream);
OPTIONAL_FUNCTION(scols_table_new_column);
OPTIONAL_FUNCTION(scols_table_new_line);
OPTIONAL_FUNCTION(scols_line_set_data);
OPTIONAL_FUNCTION(scols_print_table);
OPTIONAL_FUNCTION(scols_table_enable_noencoding);

static int open_smartcols(void)
{
	static const struct optional_symbol symbols[] = {
		OPTIONAL_SYMBOL(scols_new_table),
		OPTIONAL_SYMBOL(scols_unref_table),
		OPTIONAL_SYMBOL(scols_table_set_stream),
		OPTIONAL_SYMBOL(scols_table_new_column),
		OPTIONAL_SYMBOL(scols_table_new_line),
		OPTIONAL_SYMBOL(scols_line_set_data),
		OPTIONAL_SYMBOL(scols_print_table),
		OPTIONAL_SYMBOL(scols_table_enable_noencoding),
	};

	return optional_open("libsmartcols.so.1", symbols, sizeof(symbols) / sizeof(symbols[0]));
}

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
	if (r < 0 || fflush(out) != 0)
		return -errno;
	/* what the table lost on the way is lost, even if there is room again by now */
	return ferror(out) ? -EIO : 0;
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

enum column {
	COLUMN_OBJECT,
	COLUMN_KEY,
	COLUMN_OWNER,
	COLUMN_MODE,
	COLUMN_SIZE,
	COLUMN_ACTION,
	COLUMN_REASON,
	COLUMN_EVIDENCE,
	COLUMN_COUNT_
};

static const struct {
	const char *name;
	int flags;
} columns[COLUMN_COUNT_] = {
	[COLUMN_OBJECT] = {"OBJECT", 0},
	[COLUMN_KEY] = {"KEY", 0},
	[COLUMN_OWNER] = {"OWNER", 0},
	[COLUMN_MODE] = {"MODE", SCOLS_FL_RIGHT},
	[COLUMN_SIZE] = {"SIZE", SCOLS_FL_RIGHT},
	[COLUMN_ACTION] = {"ACTION", 0},
	[COLUMN_REASON] = {"REASON", 0},
	[COLUMN_EVIDENCE] = {"EVIDENCE", 0},
};

static int add_line(struct libscols_table *table, const struct judged *judged, bool verbose,
		    struct usernames *owners)
{
	const struct ipc_object *obj = judged->obj;
	_cleanup_free_ char *ref = object_ref(obj);
	const char *owner = usernames_get(owners, obj->uid);
	struct libscols_line *line = sym_scols_table_new_line(table, NULL);
	char key[KEY_TEXT_SIZE], mode[8], size[SIZE_TEXT_SIZE], text[128];
	int r = 0;

	if (!line || !ref || !owner)
		return -ENOMEM;
	snprintf(mode, sizeof(mode), "%04o", obj->mode & 07777);
	evidence(judged, text, sizeof(text));
	r |= sym_scols_line_set_data(line, COLUMN_OBJECT, ref);
	r |= sym_scols_line_set_data(line, COLUMN_KEY,
				     kind_is_sysv(obj->kind) ? key_format(obj->key, key) : "-");
	r |= sym_scols_line_set_data(line, COLUMN_OWNER, owner);
	r |= sym_scols_line_set_data(line, COLUMN_MODE, mode);
	r |= sym_scols_line_set_data(line, COLUMN_SIZE, size_format(obj->bytes, size));
	r |= sym_scols_line_set_data(line, COLUMN_ACTION, outcome_name(judged->outcome));
	r |= sym_scols_line_set_data(line, COLUMN_REASON, reason_name(judged->reason));
	if (verbose)
		r |= sym_scols_line_set_data(line, COLUMN_EVIDENCE, text);
	return r ? -ENOMEM : 0;
}

static int fill(struct libscols_table *table, const struct report *report, bool verbose)
{
	_cleanup_(usernames_done) struct usernames owners = {0};

	for (int i = 0; i < COLUMN_COUNT_ - !verbose; i++)
		if (!sym_scols_table_new_column(table, columns[i].name, 0, columns[i].flags))
			return -ENOMEM;
	for (size_t i = 0; i < report->count; i++) {
		int r = add_line(table, &report->list[i], verbose, &owners);

		if (r < 0)
			return r;
	}
	return 0;
}

static int print_table(const struct report *report, FILE *out, bool verbose)
{
	struct libscols_table *table;
	int r = open_smartcols();

	if (r < 0)
		return r;
	table = sym_scols_new_table();
	if (!table)
		return -ENOMEM;
	sym_scols_table_set_stream(table, out);
	/* names are escaped already */
	sym_scols_table_enable_noencoding(table, 1);
	r = fill(table, report, verbose);
	if (r == 0)
		r = sym_scols_print_table(table);
	sym_scols_unref_table(table);
	return r;
}

int report_table(const struct report *report, FILE *out, bool verbose)
{
	int r = report->count ? print_table(report, out, verbose) : 0;

	return r < 0 ? r : report_summary(report, out);
}
