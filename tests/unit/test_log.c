/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the journal gets to know of a run, and when it gets to know nothing. */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cap-ng.h>
#include <cmocka.h>

#include "journal.h"
#include "log.h"

static char odd_name[] = "/a\n\xff=b";

static const struct ipc_object segment = {
	.kind = KIND_SHM, .id = 5, .key = 0x80001234, .uid = 1000, .cuid = 33, .bytes = 4096};
static const struct ipc_object file = {
	.kind = KIND_PSHM, .id = -1, .name = odd_name, .uid = 2000, .cuid = 2000, .bytes = 10};

/* Why there is no namespace for the test; 0 if there is one. */
static int no_namespace;

/* The host's journal is out of reach, and the kernel takes no audit record from us. */
static int leave_host(void **state)
{
	(void)state;
	no_namespace = geteuid() == 0 ? journal_hide_host() : -EPERM;
	if (no_namespace)
		return 0;
	capng_get_caps_process();
	capng_update(CAPNG_DROP, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_AUDIT_WRITE);
	return capng_apply(CAPNG_SELECT_CAPS);
}

static void need_namespace(void)
{
	if (!no_namespace)
		return;
	print_message("# SKIP no mount namespace: %s\n", strerror(-no_namespace));
	skip();
}

static struct report report_of(const struct judged *list, size_t count)
{
	return (struct report){.command = "user",
			       .has_target_uid = true,
			       .target_uid = 1000,
			       .list = list,
			       .count = count};
}

static void log_to(struct journal *journal, const struct report *report)
{
	journal_open(journal);
	assert_int_equal(log_run(report), 0);
	journal_finish(journal);
}

static void expect_field(const struct journal_event *event, const char *name, const char *expected)
{
	char value[JOURNAL_EVENT_SIZE] = "";
	unsigned found = journal_field(event, name, value);

	if (found != (expected != NULL))
		fail_msg("%u times %s=%s", found, name, value);
	if (expected && strcmp(value, expected) != 0)
		fail_msg("%s=%s instead of %s", name, value, expected);
}

static size_t count_events(const struct journal *journal, const char *message_id)
{
	char value[JOURNAL_EVENT_SIZE];
	size_t count = 0;

	for (size_t i = 0; i < journal->count; i++)
		count += journal_field(&journal->events[i], "MESSAGE_ID", value) == 1 &&
			 strcmp(value, message_id) == 0;
	return count;
}

/* Before all others: a library that is opened stays. */
static void without_journal_its_library_is_not_opened(void **state)
{
	const struct judged judged = {.obj = &segment, .outcome = OUTCOME_REMOVED};
	const struct report report = report_of(&judged, 1);
	struct journal journal;

	(void)state;
	need_namespace();
	assert_int_equal(log_run(&report), 0);
	assert_null(dlopen("libsystemd.so.0", RTLD_LAZY | RTLD_NOLOAD));
	log_to(&journal, &report);
	assert_non_null(dlopen("libsystemd.so.0", RTLD_LAZY | RTLD_NOLOAD));
	assert_int_equal(journal.count, 2);
	journal_done(&journal);
}

static void removed_segment_has_every_field(void **state)
{
	static const char *const fields[][2] = {
		{"MESSAGE_ID", LOG_ID_REMOVED},
		{"MESSAGE", "Removed shared memory segment shm:5 of uid 1000 (4.0K, overwritten)"},
		{"PRIORITY", "6"},
		{"SYSLOG_IDENTIFIER", "ipcguard"},
		{"IPCGUARD_COMMAND", "user"},
		{"IPCGUARD_OBJECT", "shm:5"},
		{"IPCGUARD_KIND", "shm"},
		{"IPCGUARD_ID", "5"},
		{"IPCGUARD_KEY", "0x80001234"},
		{"IPCGUARD_NAME", NULL},
		{"IPCGUARD_UID", "1000"},
		{"IPCGUARD_CUID", "33"},
		{"IPCGUARD_BYTES", "4096"},
		{"IPCGUARD_WIPED_BYTES", "4000"},
		{"IPCGUARD_ACTION", "removed"},
		{"IPCGUARD_REASON", "unused"},
		{"IPCGUARD_ERROR", NULL},
		{"IPCGUARD_UNIT", NULL},
		{"IPCGUARD_RESULT", NULL},
		{"UNIT", NULL},
		{"OBJECT_SYSTEMD_UNIT", NULL},
	};
	const struct judged judged = {.obj = &segment,
				      .reason = REASON_UNUSED,
				      .outcome = OUTCOME_REMOVED,
				      .wiped_bytes = 4000};
	const struct report report = report_of(&judged, 1);
	struct journal journal;

	(void)state;
	need_namespace();
	log_to(&journal, &report);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		expect_field(&journal.events[0], fields[i][0], fields[i][1]);
	journal_done(&journal);
}

/* A name can't forge a field, and the message can't forge a line. */
static void removed_file_keeps_its_bytes(void **state)
{
	const struct judged judged = {.obj = &file, .outcome = OUTCOME_REMOVED};
	const struct report report = report_of(&judged, 1);
	struct journal journal;

	(void)state;
	need_namespace();
	log_to(&journal, &report);
	expect_field(&journal.events[0], "IPCGUARD_OBJECT", "pshm:/a\\x0a\\xff=b");
	expect_field(&journal.events[0], "IPCGUARD_KIND", "pshm");
	expect_field(&journal.events[0], "IPCGUARD_NAME", odd_name);
	expect_field(&journal.events[0], "IPCGUARD_ID", NULL);
	expect_field(&journal.events[0], "IPCGUARD_KEY", NULL);
	expect_field(&journal.events[0], "MESSAGE",
		     "Removed POSIX shared memory pshm:/a\\x0a\\xff=b of uid 2000 (10)");
	journal_done(&journal);
}

static void failure_is_a_warning_with_its_error(void **state)
{
	const struct judged judged = {.obj = &segment,
				      .reason = REASON_NOT_PERMITTED,
				      .outcome = OUTCOME_FAILED,
				      .error = -EPERM};
	const struct report report = report_of(&judged, 1);
	struct journal journal;

	(void)state;
	need_namespace();
	log_to(&journal, &report);
	assert_int_equal(journal.count, 2);
	expect_field(&journal.events[0], "MESSAGE_ID", LOG_ID_FAILED);
	expect_field(&journal.events[0], "PRIORITY", "4");
	expect_field(&journal.events[0], "IPCGUARD_ACTION", "failed");
	expect_field(&journal.events[0], "IPCGUARD_REASON", "not-permitted");
	expect_field(&journal.events[0], "IPCGUARD_ERROR", "Operation not permitted");
	expect_field(&journal.events[1], "PRIORITY", "4");
	journal_done(&journal);
}

static void summary_comes_last_with_the_sums(void **state)
{
	static const char *const fields[][2] = {
		{"MESSAGE_ID", LOG_ID_SUMMARY},
		{"MESSAGE",
		 "ipcclean user: 2 removed (4.0K), 3 kept, 0 failed; kept: 2 open, 1 too-young"},
		{"PRIORITY", "6"},
		{"IPCGUARD_UID", "1000"},
		{"IPCGUARD_REMOVED", "2"},
		{"IPCGUARD_KEPT", "3"},
		{"IPCGUARD_FAILED", "0"},
		{"IPCGUARD_BYTES", "4106"},
		{"IPCGUARD_WIPED_BYTES", "7"},
	};
	const struct judged list[] = {
		{.obj = &segment, .outcome = OUTCOME_REMOVED, .wiped_bytes = 7},
		{.obj = &segment, .outcome = OUTCOME_KEPT, .reason = REASON_TOO_YOUNG},
		{.obj = &file, .outcome = OUTCOME_KEPT, .reason = REASON_OPEN},
		{.obj = &file, .outcome = OUTCOME_KEPT, .reason = REASON_OPEN},
		{.obj = &file, .outcome = OUTCOME_REMOVED},
	};
	const struct report report = report_of(list, 5);
	struct journal journal;

	(void)state;
	need_namespace();
	log_to(&journal, &report);
	assert_int_equal(journal.count, 3); /* what is kept is in no event of its own */
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		expect_field(&journal.events[2], fields[i][0], fields[i][1]);
	journal_done(&journal);
}

static void unit_stands_in_every_event(void **state)
{
	const struct judged list[] = {{.obj = &segment, .outcome = OUTCOME_REMOVED},
				      {.obj = &file, .outcome = OUTCOME_FAILED}};
	struct report report = report_of(list, 2);
	struct journal journal;

	(void)state;
	need_namespace();
	report.target_unit = "a\\x2db@1.service";
	report.target_result = "signal";
	log_to(&journal, &report);
	assert_int_equal(journal.count, 3);
	for (size_t i = 0; i < 3; i++) {
		expect_field(&journal.events[i], "IPCGUARD_UNIT", "a\\x2db@1.service");
		expect_field(&journal.events[i], "UNIT", "a\\x2db@1.service");
		expect_field(&journal.events[i], "OBJECT_SYSTEMD_UNIT", "a\\x2db@1.service");
		expect_field(&journal.events[i], "IPCGUARD_RESULT", "signal");
	}
	journal_done(&journal);
}

/* count segments and files in turn, and three that failed. */
static void log_many(struct journal *journal, size_t count)
{
	struct judged list[JOURNAL_EVENTS_MAX];
	struct report report = report_of(list, count + 3);

	for (size_t i = 0; i < count + 3; i++)
		list[i] = (struct judged){.obj = i % 2 ? &file : &segment,
					  .outcome = i < count ? OUTCOME_REMOVED : OUTCOME_FAILED};
	log_to(journal, &report);
	assert_int_equal(count_events(journal, LOG_ID_FAILED), 3);
	assert_int_equal(count_events(journal, LOG_ID_SUMMARY), 1);
}

static void as_many_as_may_be_are_told_one_by_one(void **state)
{
	struct journal journal;

	(void)state;
	need_namespace();
	log_many(&journal, LOG_EVENTS_MAX);
	assert_int_equal(count_events(&journal, LOG_ID_REMOVED), 200);
	assert_int_equal(count_events(&journal, LOG_ID_REMOVED_MANY), 0);
	journal_done(&journal);
}

static void one_more_is_told_by_owner_and_kind(void **state)
{
	static const char *const fields[2][5][2] = {
		{{"IPCGUARD_KIND", "shm"},
		 {"IPCGUARD_UID", "1000"},
		 {"IPCGUARD_COUNT", "101"},
		 {"IPCGUARD_BYTES", "413696"},
		 {"MESSAGE", "Removed 101 objects of uid 1000: shared memory segment (404.0K)"}},
		{{"IPCGUARD_KIND", "pshm"},
		 {"IPCGUARD_UID", "2000"},
		 {"IPCGUARD_COUNT", "100"},
		 {"IPCGUARD_BYTES", "1000"},
		 {"MESSAGE", "Removed 100 objects of uid 2000: POSIX shared memory (1000)"}},
	};
	struct journal journal;

	(void)state;
	need_namespace();
	log_many(&journal, LOG_EVENTS_MAX + 1);
	assert_int_equal(count_events(&journal, LOG_ID_REMOVED), 0);
	assert_int_equal(count_events(&journal, LOG_ID_REMOVED_MANY), 2);
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < 5; j++)
			expect_field(&journal.events[i], fields[i][j][0], fields[i][j][1]);
	journal_done(&journal);
}

static void nothing_done_is_nothing_told(void **state)
{
	const struct judged removed = {.obj = &segment, .outcome = OUTCOME_WOULD_REMOVE};
	const struct judged kept = {.obj = &segment, .outcome = OUTCOME_KEPT};
	struct report reports[] = {report_of(&removed, 1), report_of(&kept, 1), report_of(NULL, 0)};

	(void)state;
	need_namespace();
	reports[0].is_dry_run = true;
	for (size_t i = 0; i < sizeof(reports) / sizeof(reports[0]); i++) {
		struct journal journal;

		log_to(&journal, &reports[i]);
		assert_int_equal(journal.count, 0);
	}
}

/* The entry of hooks/ipcguard.catalog with this id, to be freed. */
static char *catalog_entry(const char *message_id)
{
	_cleanup_fclose_ FILE *f = fopen("hooks/ipcguard.catalog", "re");
	char text[16384] = "", head[64], *entry, *end;

	assert_non_null(f);
	assert_true(fread(text, 1, sizeof(text) - 1, f) < sizeof(text) - 1);
	snprintf(head, sizeof(head), "\n-- %s\n", message_id);
	entry = strstr(text, head);
	if (!entry)
		fail_msg("no catalog entry %s", message_id);
	entry += strlen(head);
	end = strstr(entry, "\n-- ");
	return end ? strndup(entry, (size_t)(end - entry)) : strdup(entry);
}

/*
 * journalctl prints the name of a field that the event doesn't have, and prints what it has as it
 * is.
 */
static void expect_catalog_fits(const struct journal_event *event)
{
	char value[JOURNAL_EVENT_SIZE] = "";
	_cleanup_free_ char *entry = NULL;
	unsigned fields = 0;

	assert_int_equal(journal_field(event, "MESSAGE_ID", value), 1);
	entry = catalog_entry(value);
	assert_non_null(strstr(entry, "Subject: "));
	assert_non_null(strstr(entry, "Defined-By: ipcguard\n"));
	assert_non_null(strstr(entry, "Documentation: man:ipcclean(8)\n"));
	for (char *at = strchr(entry, '@'); at; at = strchr(at + 1, '@'), fields++) {
		char *name = at + 1;

		at = strchr(name, '@');
		assert_non_null(at);
		*at = '\0';
		if (journal_field(event, name, value) != 1)
			fail_msg("the catalog names %s, the event doesn't have it", name);
		for (const char *c = value; *c; c++)
			assert_true(*c >= 0x20 && *c < 0x7f);
	}
	assert_true(fields > 0);
}

static void catalog_explains_every_event(void **state)
{
	const struct judged list[] = {{.obj = &segment, .outcome = OUTCOME_REMOVED},
				      {.obj = &file, .outcome = OUTCOME_REMOVED},
				      {.obj = &segment, .outcome = OUTCOME_FAILED},
				      {.obj = &file, .outcome = OUTCOME_FAILED}};
	const struct report report = report_of(list, 4);
	struct journal journal;

	(void)state;
	need_namespace();
	log_to(&journal, &report);
	assert_int_equal(journal.count, 5);
	for (size_t i = 0; i < journal.count; i++)
		expect_catalog_fits(&journal.events[i]);
	journal_done(&journal);
	log_many(&journal, LOG_EVENTS_MAX + 1);
	expect_catalog_fits(&journal.events[0]);
	journal_done(&journal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_journal_its_library_is_not_opened),
		cmocka_unit_test(removed_segment_has_every_field),
		cmocka_unit_test(removed_file_keeps_its_bytes),
		cmocka_unit_test(failure_is_a_warning_with_its_error),
		cmocka_unit_test(summary_comes_last_with_the_sums),
		cmocka_unit_test(unit_stands_in_every_event),
		cmocka_unit_test(as_many_as_may_be_are_told_one_by_one),
		cmocka_unit_test(one_more_is_told_by_owner_and_kind),
		cmocka_unit_test(nothing_done_is_nothing_told),
		cmocka_unit_test(catalog_explains_every_event),
	};

	return cmocka_run_group_tests(tests, leave_host, NULL);
}
