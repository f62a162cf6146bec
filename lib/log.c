/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What does the host get to know? Events in the journal with structured fields
 * (sd_journal_sendv(3)) and one audit record a run. journald drops what comes in floods, so a large
 * run tells of its removals by owner and kind.
 */
#include "log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>

#include <systemd/sd-journal.h>

#include "cleanup.h"
#include "log_audit.h"
#include "optional.h"
#include "text.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define FIELDS_MAX 24

OPTIONAL_FUNCTION(sd_journal_sendv);

/* One event: fields "NAME=value", owned. */
struct event {
	struct iovec fields[FIELDS_MAX];
	int count;
	bool is_broken; /* memory ran out: not sent half */
};

static void event_done(struct event *event)
{
	for (int i = 0; i < event->count; i++)
		free(event->fields[i].iov_base);
}

__attribute__((format(printf, 2, 3))) static void add(struct event *event, const char *format, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0) {
		event->is_broken = true;
		return;
	}
	if (event->count == FIELDS_MAX) {
		event->is_broken = true;
		free(text);
		return;
	}
	event->fields[event->count++] = (struct iovec){text, (size_t)length};
}

static int send_event(const struct event *event)
{
	return event->is_broken ? -ENOMEM : sym_sd_journal_sendv(event->fields, event->count);
}

static void add_run(struct event *event, const struct report *report, const char *message_id,
		    int priority)
{
	add(event, "MESSAGE_ID=%s", message_id);
	add(event, "PRIORITY=%d", priority);
	add(event, "SYSLOG_IDENTIFIER=ipcguard");
	add(event, "IPCGUARD_COMMAND=%s", report->command);
	if (report->target_unit) {
		/* journalctl -u believes UNIT= from pid 1 alone, and this one from root */
		add(event, "OBJECT_SYSTEMD_UNIT=%s", report->target_unit);
		add(event, "UNIT=%s", report->target_unit);
		add(event, "IPCGUARD_UNIT=%s", report->target_unit);
	}
	if (report->target_result)
		add(event, "IPCGUARD_RESULT=%s", report->target_result);
}

/* ref is the one text of the object that is safe to print: catalog entries show it. */
static void add_object(struct event *event, const struct judged *judged, const char *ref)
{
	const struct ipc_object *obj = judged->obj;
	char key[KEY_TEXT_SIZE];

	add(event, "IPCGUARD_OBJECT=%s", ref);
	add(event, "IPCGUARD_KIND=%s", kind_name(obj->kind));
	if (kind_is_sysv(obj->kind)) {
		add(event, "IPCGUARD_ID=%d", obj->id);
		add(event, "IPCGUARD_KEY=%s", key_format(obj->key, key));
	} else {
		add(event, "IPCGUARD_NAME=%s", obj->name);
	}
	add(event, "IPCGUARD_UID=%u", obj->uid);
	add(event, "IPCGUARD_CUID=%u", obj->cuid);
	add(event, "IPCGUARD_BYTES=%" PRIu64, obj->bytes);
	add(event, "IPCGUARD_WIPED_BYTES=%" PRIu64, judged->wiped_bytes);
	add(event, "IPCGUARD_ACTION=%s", outcome_name(judged->outcome));
	add(event, "IPCGUARD_REASON=%s", reason_name(judged->reason));
	if (judged->error)
		add(event, "IPCGUARD_ERROR=%s", strerror(-judged->error));
}

static int log_object(const struct report *report, const struct judged *judged)
{
	bool has_failed = judged->outcome == OUTCOME_FAILED;
	_cleanup_free_ char *ref = object_ref(judged->obj);
	_cleanup_(event_done) struct event event = {0};
	char size[SIZE_TEXT_SIZE];

	if (!ref)
		return -ENOMEM;
	add_run(&event, report, has_failed ? LOG_ID_FAILED : LOG_ID_REMOVED,
		has_failed ? LOG_WARNING : LOG_INFO);
	add_object(&event, judged, ref);
	if (has_failed)
		add(&event, "MESSAGE=Could not remove %s %s of uid %u: %s",
		    kind_title(judged->obj->kind), ref, judged->obj->uid,
		    reason_text(judged->reason));
	else
		add(&event, "MESSAGE=Removed %s %s of uid %u (%s%s)", kind_title(judged->obj->kind),
		    ref, judged->obj->uid, size_format(judged->obj->bytes, size),
		    judged->wiped_bytes ? ", overwritten" : "");
	return send_event(&event);
}

/* What was removed of one owner and kind. */
struct tally {
	enum ipc_kind kind;
	uid_t uid;
	size_t count;
	uint64_t bytes;
};

static int log_tally(const struct report *report, const struct tally *tally)
{
	_cleanup_(event_done) struct event event = {0};
	char size[SIZE_TEXT_SIZE];

	add_run(&event, report, LOG_ID_REMOVED_MANY, LOG_INFO);
	add(&event, "IPCGUARD_KIND=%s", kind_name(tally->kind));
	add(&event, "IPCGUARD_UID=%u", tally->uid);
	add(&event, "IPCGUARD_COUNT=%zu", tally->count);
	add(&event, "IPCGUARD_BYTES=%" PRIu64, tally->bytes);
	add(&event, "IPCGUARD_ACTION=%s", outcome_name(OUTCOME_REMOVED));
	add(&event, "IPCGUARD_REASON=%s", reason_name(REASON_UNUSED));
	add(&event, "MESSAGE=Removed %zu objects of uid %u: %s (%s)", tally->count, tally->uid,
	    kind_title(tally->kind), size_format(tally->bytes, size));
	return send_event(&event);
}

static struct tally *find_tally(struct tally **all, size_t *count, const struct ipc_object *obj)
{
	struct tally *grown;

	for (size_t i = 0; i < *count; i++)
		if ((*all)[i].kind == obj->kind && (*all)[i].uid == obj->uid)
			return &(*all)[i];
	grown = reallocarray(*all, *count + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	*all = grown;
	grown[*count] = (struct tally){.kind = obj->kind, .uid = obj->uid};
	return &grown[(*count)++];
}

/* One event that could not be sent doesn't silence the others: the first error is remembered. */
static void keep_first(int *r, int error)
{
	if (*r >= 0 && error < 0)
		*r = error;
}

static int log_tallies(const struct report *report)
{
	_cleanup_free_ struct tally *all = NULL;
	size_t count = 0;
	int r = 0;

	for (size_t i = 0; i < report->count; i++) {
		const struct judged *judged = &report->list[i];
		struct tally *tally;

		if (judged->outcome != OUTCOME_REMOVED)
			continue;
		tally = find_tally(&all, &count, judged->obj);
		if (!tally)
			return -ENOMEM;
		tally->count++;
		if (__builtin_add_overflow(tally->bytes, judged->obj->bytes, &tally->bytes))
			tally->bytes = UINT64_MAX;
	}
	for (size_t i = 0; i < count; i++)
		keep_first(&r, log_tally(report, &all[i]));
	return r;
}

/*
 * Objects one by one: the removed ones if they are few, and of the failed ones as many as may be.
 */
static int log_objects(const struct report *report, const struct report_sums *sums)
{
	bool is_flood = sums->removed > LOG_EVENTS_MAX;
	size_t failed = 0;
	int r = is_flood ? log_tallies(report) : 0;

	for (size_t i = 0; i < report->count; i++) {
		const struct judged *judged = &report->list[i];

		if ((judged->outcome == OUTCOME_REMOVED && !is_flood) ||
		    (judged->outcome == OUTCOME_FAILED && failed++ < LOG_EVENTS_MAX))
			keep_first(&r, log_object(report, judged));
	}
	return r;
}

/* "; kept: 2 open, 1 too-young": who reads the sums alone asks why. */
static void add_kept(struct text *text, const struct report *report)
{
	size_t counts[REASON_COUNT_] = {0};
	const char *between = "; kept: ";

	for (size_t i = 0; i < report->count; i++)
		if (report->list[i].outcome == OUTCOME_KEPT)
			counts[report->list[i].reason]++;
	for (int reason = 0; reason < REASON_COUNT_; reason++) {
		if (!counts[reason])
			continue;
		text_add_format(text, "%s%zu %s", between, counts[reason],
				reason_name((enum reason)reason));
		between = ", ";
	}
}

static int log_summary(const struct report *report, const struct report_sums *sums)
{
	_cleanup_(event_done) struct event event = {0};
	_cleanup_(text_done) struct text kept = {0};
	char size[SIZE_TEXT_SIZE];

	add_run(&event, report, LOG_ID_SUMMARY, sums->failed ? LOG_WARNING : LOG_INFO);
	if (report->has_target_uid)
		add(&event, "IPCGUARD_UID=%u", report->target_uid);
	add(&event, "IPCGUARD_REMOVED=%zu", sums->removed);
	add(&event, "IPCGUARD_KEPT=%zu", sums->kept);
	add(&event, "IPCGUARD_FAILED=%zu", sums->failed);
	add(&event, "IPCGUARD_BYTES=%" PRIu64, sums->bytes);
	add(&event, "IPCGUARD_WIPED_BYTES=%" PRIu64, sums->wiped_bytes);
	add_kept(&kept, report);
	add(&event, "MESSAGE=ipcclean %s%s%s: %zu removed (%s), %zu kept, %zu failed%s",
	    report->command, report->target_unit ? " " : "",
	    report->target_unit ? report->target_unit : "", sums->removed,
	    size_format(sums->bytes, size), sums->kept, sums->failed, kept.bytes ?: "");
	event.is_broken |= kept.failed;
	return send_event(&event);
}

bool log_has_journal(void)
{
	return access(JOURNAL_SOCKET, W_OK) == 0;
}

static int log_journal(const struct report *report, const struct report_sums *sums)
{
	static const struct optional_symbol symbols[] = {OPTIONAL_SYMBOL(sd_journal_sendv)};
	int r;

	/* without a journal there is nobody to tell, and no library to load for it */
	if (!log_has_journal() ||
	    optional_open("libsystemd.so.0", symbols, sizeof(symbols) / sizeof(symbols[0])) < 0)
		return 0;
	r = log_objects(report, sums);
	keep_first(&r, log_summary(report, sums));
	return r < 0 ? r : 0;
}

int log_run(const struct report *report)
{
	struct report_sums sums;
	int r;

	report_sum(report, &sums);
	if (report->is_dry_run || (!sums.removed && !sums.failed))
		return 0;
	r = log_journal(report, &sums);
	keep_first(&r, log_audit(report, &sums));
	return r;
}
