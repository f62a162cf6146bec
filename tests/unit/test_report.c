/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table and its summary: sums, names that no terminal should see, streams that fail. */
#include <errno.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report_text.h"

static unsigned names_asked;

/* In the place of libc's, so that the test knows every user and counts the questions. */
struct passwd *getpwuid(uid_t uid)
{
	static char plain[] = "alice", hostile[] = "ev\033[2Jil";
	static struct passwd user;

	names_asked++;
	user.pw_uid = uid;
	user.pw_name = uid == UID_NAMED ? plain : hostile;
	return uid == UID_NAMED || uid == UID_HOSTILE ? &user : NULL;
}

static void sums_what_came_of_each(void **state)
{
	struct ipc_object obj = segment(1);
	const struct judged list[] = {
		{.obj = &obj, .outcome = OUTCOME_REMOVED, .wiped_bytes = 100},
		{.obj = &obj, .outcome = OUTCOME_REMOVED},
		{.obj = &obj, .outcome = OUTCOME_WOULD_REMOVE},
		{.obj = &obj, .outcome = OUTCOME_KEPT, .wiped_bytes = 10},
		{.obj = &obj, .outcome = OUTCOME_FAILED, .wiped_bytes = 1},
		{.obj = &obj, .outcome = OUTCOME_FAILED},
	};
	const struct report report = report_of(list, sizeof(list) / sizeof(list[0]));
	struct report_sums sums;

	(void)state;
	report_sum(&report, &sums);
	assert_int_equal(sums.removed, 3);
	assert_int_equal(sums.kept, 1);
	assert_int_equal(sums.failed, 2);
	assert_int_equal(sums.bytes, 3 * 4096); /* what stays is not counted */
	assert_int_equal(sums.wiped_bytes, 111);
}

static void summary_says_it_in_one_line(void **state)
{
	struct ipc_object obj = segment(1);
	struct judged list[] = {
		{.obj = &obj, .outcome = OUTCOME_REMOVED},
		{.obj = &obj, .outcome = OUTCOME_KEPT},
	};
	struct report report = report_of(list, 2);
	_cleanup_free_ char *done = NULL, *wiped = NULL, *planned = NULL;

	(void)state;
	obj.bytes = 12 << 20;
	done = text_of(&report, SUMMARY);
	assert_string_equal(done, "1 removed (12.0M), 1 kept, 0 failed\n");
	list[0].wiped_bytes = 2048;
	wiped = text_of(&report, SUMMARY);
	assert_string_equal(wiped, "1 removed (12.0M), 1 kept, 0 failed, 2.0K overwritten\n");
	list[0] = (struct judged){.obj = &obj, .outcome = OUTCOME_WOULD_REMOVE};
	report.is_dry_run = true;
	planned = text_of(&report, SUMMARY);
	assert_string_equal(planned, "1 would be removed (12.0M), 1 kept, 0 failed\n");
}

/* A wipe was asked for: of queues and semaphores that go it is said that none is possible. */
static void summary_does_not_claim_to_wipe_a_queue(void **state)
{
	struct ipc_object obj = {.kind = KIND_MSG};
	struct judged judged = {.obj = &obj, .outcome = OUTCOME_REMOVED};
	struct report report = report_of(&judged, 1);
	_cleanup_free_ char *unasked = text_of(&report, SUMMARY), *queue, *kept, *segments;

	(void)state;
	report.is_wiping = true;
	queue = text_of(&report, SUMMARY);
	judged.outcome = OUTCOME_KEPT;
	kept = text_of(&report, SUMMARY);
	judged.outcome = OUTCOME_REMOVED;
	obj.kind = KIND_SHM;
	segments = text_of(&report, SUMMARY);
	assert_non_null(strstr(queue, "freed, not overwritten"));
	assert_null(strstr(unasked, "freed, not overwritten"));
	assert_null(strstr(kept, "freed, not overwritten"));
	assert_null(strstr(segments, "freed, not overwritten"));
}

static void expect_words(const char *line, const char *const *words)
{
	for (; *words; words++) {
		line += strspn(line, " ");
		if (strncmp(line, *words, strlen(*words)) != 0)
			fail_msg("%s expected, this found: %s", *words, line);
		line += strlen(*words);
		assert_true(*line == ' ' || *line == '\n');
	}
}

static void table_has_a_row_for_each(void **state)
{
	static const char *const head[] = {"OBJECT", "KEY",    "OWNER",	 "MODE",
					   "SIZE",   "ACTION", "REASON", NULL};
	static const char *const first[] = {"shm:5", "0x80001234", "alice",    "1640",
					    "4.0K",  "kept",	   "attached", NULL};
	static const char *const second[] = {"pshm:/x", "-",	   "4244",   "0600",
					     "10",	"removed", "unused", NULL};
	char name[] = "/x";
	const struct ipc_object objects[] = {segment(5), file(name)};
	const struct judged list[] = {
		{.obj = &objects[0], .reason = REASON_ATTACHED, .outcome = OUTCOME_KEPT},
		{.obj = &objects[1], .reason = REASON_UNUSED, .outcome = OUTCOME_REMOVED},
	};
	const struct report report = report_of(list, 2);
	_cleanup_free_ char *text = text_of(&report, TABLE);
	char *line = text;

	(void)state;
	expect_words(line, head);
	assert_null(strstr(text, "EVIDENCE"));
	line = strchr(line, '\n') + 1;
	expect_words(line, first);
	line = strchr(line, '\n') + 1;
	expect_words(line, second);
	line = strchr(line, '\n') + 1;
	assert_string_equal(line, "1 removed (10), 1 kept, 0 failed\n");
}

static void table_of_nothing_is_the_summary(void **state)
{
	const struct report report = report_of(NULL, 0);
	_cleanup_free_ char *text = text_of(&report, TABLE);

	(void)state;
	assert_string_equal(text, "0 removed (0), 0 kept, 0 failed\n");
}

static void verbose_table_says_what_a_reason_rests_on(void **state)
{
	const struct {
		struct judged judged;
		struct ipc_object obj;
		const char *evidence;
	} cases[] = {
		{{.reason = REASON_ATTACHED},
		 {.kind = KIND_SHM, .nattch = 2, .lpid = 123},
		 "nattch 2, last used by pid 123\n"},
		{{.reason = REASON_ATTACHED}, {.kind = KIND_SHM, .nattch = 2}, "nattch 2\n"},
		{{.reason = REASON_LIVE_USER},
		 {.kind = KIND_SEM, .live_user = 77},
		 "last used by pid 77\n"},
		{{.reason = REASON_GIVEN_AWAY}, {.kind = KIND_SEM}, "created by uid 0\n"},
		{{.reason = REASON_OPEN}, {.kind = KIND_SEM}, "lease refused\n"},
		{{.reason = REASON_UNREAD}, {.kind = KIND_MSG, .qnum = 3}, "3 messages\n"},
		{{.reason = REASON_LINGER}, {.kind = KIND_SEM}, "enable-linger)\n"},
		{{.reason = REASON_NOT_PERMITTED, .error = -EPERM},
		 {.kind = KIND_SEM},
		 "Operation not permitted\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct judged judged = cases[i].judged;
		const struct report report = report_of(&judged, 1);
		_cleanup_free_ char *text = NULL;

		judged.obj = &cases[i].obj;
		text = text_of(&report, VERBOSE_TABLE);
		assert_non_null(strstr(text, "EVIDENCE"));
		if (!strstr(text, cases[i].evidence))
			fail_msg("no %s", cases[i].evidence);
	}
}

static void table_prints_no_control_byte(void **state)
{
	char name[] = "/a\033[2J\n\r\b\001\x7f\xff\xc2\x9b\xe2\x80\xae|";
	struct ipc_object obj = file(name);
	const struct judged judged = {.obj = &obj, .outcome = OUTCOME_REMOVED};
	const struct report report = report_of(&judged, 1);
	_cleanup_free_ char *text = NULL;

	(void)state;
	obj.uid = UID_HOSTILE;
	text = text_of(&report, VERBOSE_TABLE);
	for (const char *c = text; *c; c++)
		assert_true(*c == '\n' || (*c >= 0x20 && *c < 0x7f));
	assert_non_null(strstr(text, "pshm:/a\\x1b[2J\\x0a\\x0d"));
	assert_non_null(strstr(text, " ev\\x1b[2Jil "));
}

static void table_asks_once_who_an_owner_is(void **state)
{
	struct ipc_object objects[60];
	struct judged list[60];
	const struct report report = report_of(list, 60);
	_cleanup_free_ char *text = NULL;

	(void)state;
	for (size_t i = 0; i < 60; i++) {
		objects[i] = segment((int)i);
		objects[i].uid = (uid_t)(UID_NAMED + i % 3);
		list[i] = (struct judged){.obj = &objects[i]};
	}
	names_asked = 0;
	text = text_of(&report, TABLE);
	assert_int_equal(names_asked, 3);
}

/* Ten thousand rows: more than any buffer, so that writes fail on the way too. */
static void full_disk_and_closed_pipe_are_errors(void **state)
{
	enum { ROWS = 10000 };
	static struct judged list[ROWS];
	const struct ipc_object obj = segment(5);
	const size_t counts[] = {0, 1, ROWS};
	int ends[2];

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		list[i] = (struct judged){.obj = &obj};
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		for (enum form form = JSON; form <= SUMMARY; form++) {
			const struct report report = report_of(list, counts[i]);
			FILE *full = fopen("/dev/full", "we"), *closed = fdopen(dup(ends[1]), "w");

			assert_non_null(full);
			assert_non_null(closed);
			assert_int_equal(print(&report, form, full), -ENOSPC);
			assert_int_equal(print(&report, form, closed), -EPIPE);
			fclose(full);
			fclose(closed);
		}
	close(ends[1]);
}

struct one_gap {
	unsigned writes;
};

/* A disk that is full for one write and has room again after it. */
static ssize_t write_but_one(void *cookie, const char *bytes, size_t size)
{
	struct one_gap *gap = cookie;

	(void)bytes;
	if (gap->writes++ != 1)
		return (ssize_t)size;
	errno = ENOSPC;
	return 0;
}

static void rows_lost_on_the_way_are_an_error(void **state)
{
	enum { ROWS = 1000 };
	static struct judged list[ROWS];
	const struct ipc_object obj = segment(5);
	const struct report report = report_of(list, ROWS);
	struct one_gap gap = {0};
	FILE *out = fopencookie(&gap, "w", (cookie_io_functions_t){.write = write_but_one});

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		list[i] = (struct judged){.obj = &obj};
	assert_non_null(out);
	assert_true(report_table(&report, out, false) < 0);
	assert_true(gap.writes > 2);
	fclose(out);
}

static int ignore_sigpipe(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_what_came_of_each),
		cmocka_unit_test(summary_says_it_in_one_line),
		cmocka_unit_test(summary_does_not_claim_to_wipe_a_queue),
		cmocka_unit_test(table_has_a_row_for_each),
		cmocka_unit_test(table_of_nothing_is_the_summary),
		cmocka_unit_test(verbose_table_says_what_a_reason_rests_on),
		cmocka_unit_test(table_prints_no_control_byte),
		cmocka_unit_test(table_asks_once_who_an_owner_is),
		cmocka_unit_test(full_disk_and_closed_pipe_are_errors),
		cmocka_unit_test(rows_lost_on_the_way_are_an_error),
	};

	return cmocka_run_group_tests(tests, ignore_sigpipe, NULL);
}
