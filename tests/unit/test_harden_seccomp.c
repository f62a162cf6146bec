/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SECCOMP records in every form that logs have them, and what is none or damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "seccomp.h"

#define HEAD "type=SECCOMP msg=audit(1764111111.123:456): "
#define FIELDS \
	"auid=4294967295 uid=33 gid=33 ses=4294967295 subj=system_u:system_r:httpd_t:s0 pid=386 "
#define WHO "comm=\"apache2\" exe=\"/usr/sbin/apache2\" "

static bool read_line(const char *line, struct seccomp_event *event)
{
	struct record record;

	record_read(span_of(line), &record);
	return record.type == RECORD_SECCOMP && seccomp_read(&record, event);
}

static void reads_every_form(void **state)
{
	static const char *const lines[] = {
		/* audit.log, raw and enriched */
		HEAD FIELDS WHO "sig=0 arch=c000003e syscall=64 compat=0 ip=0x7f code=0x7ffc0000",
		HEAD FIELDS WHO "sig=0 arch=c000003e syscall=64 compat=0 ip=0x7f code=0x7ffc0000"
				"\x1d"
				"AUID=\"unset\" UID=\"www-data\" ARCH=x86_64 SYSCALL=semget",
		/* ausearch -i */
		"type=SECCOMP msg=audit(11/25/2026 22:00:00.123:456) : auid=unset uid=www-data "
		"gid=www-data ses=unset pid=386 comm=apache2 exe=/usr/sbin/apache2 sig=SIG0 "
		"arch=x86_64 syscall=semget compat=0 ip=0x7f code=log",
		/* the kernel's log, and that of the journal */
		"[  12.345678] audit: type=1326 audit(1764111111.123:456): " FIELDS WHO
		"sig=0 arch=c000003e syscall=64 compat=0 ip=0x7f code=0x7ffc0000",
		"Nov 25 22:00:00 guest audit[386]: type=SECCOMP audit(1764111111.123:456): " FIELDS
			WHO "sig=0 arch=c000003e syscall=64 compat=0 ip=0x7f code=0x7ffc0000",
	};
	struct seccomp_event event;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!read_line(lines[i], &event))
			fail_msg("not read: %s", lines[i]);
		assert_int_equal(event.pid, 386);
		assert_int_equal(event.call, CALL_SEMGET);
		assert_string_equal(event.comm, "apache2");
		assert_false(event.is_refused || event.is_any_sysv || event.is_foreign);
	}
}

static void reads_what_the_kernel_sends(void **state)
{
	const char *text = "audit(1764111111.123:456): " FIELDS WHO
			   "sig=31 arch=c000003e syscall=29 compat=0 ip=0x7f code=0x80000000";
	struct seccomp_event event;

	(void)state;
	assert_true(seccomp_read_body(span_of(text), &event));
	assert_int_equal(event.call, CALL_SHMGET);
	assert_true(event.is_refused);
	/* cut off anywhere it is damaged, or complete */
	for (size_t length = 0; length < strlen(text) - strlen("0x80000000"); length++)
		assert_false(seccomp_read_body((struct span){text, length}, &event));
}

static void tells_what_was_refused(void **state)
{
	static const struct {
		const char *code;
		bool is_refused;
	} cases[] = {
		{"0x7ffc0000", false}, {"log", false},	       {"0x7fff0000", false},
		{"0x80000000", true},  {"kill-process", true}, {"0x00000000", true},
		{"0x00050001", true},  {"errno", true},	       {"0x00030000", true},
	};
	char line[512];
	struct seccomp_event event;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(line, sizeof(line),
			 HEAD FIELDS WHO "sig=0 arch=c000003e syscall=29 code=%s", cases[i].code);
		assert_true(read_line(line, &event));
		if (event.is_refused != cases[i].is_refused)
			fail_msg("code=%s", cases[i].code);
	}
}

static void other_architectures_and_calls(void **state)
{
	struct seccomp_event event;

	(void)state;
	assert_true(read_line(HEAD FIELDS WHO "sig=0 arch=40000003 syscall=117 code=0x7ffc0000",
			      &event));
	assert_true(event.is_any_sysv);
	assert_true(read_line(HEAD FIELDS WHO "sig=0 arch=c0000015 syscall=29 code=0x7ffc0000",
			      &event));
	assert_true(event.is_foreign);
	assert_int_equal(event.call, CALL_COUNT_);
	/* pipe2, as a filter of others logs it */
	assert_true(read_line(HEAD FIELDS WHO "sig=0 arch=c000003e syscall=293 code=0x7ffc0000",
			      &event));
	assert_int_equal(event.call, CALL_COUNT_);
	assert_false(event.is_foreign);
}

static void hostile_names_are_harmless(void **state)
{
	struct seccomp_event event;

	(void)state;
	/* a name in hex, one with escapes, one that is too long; fields that a name imitates */
	assert_true(read_line(HEAD FIELDS "comm=1B5B33316D exe=\"/x\" sig=0 arch=c000003e "
					  "syscall=29 code=0x7ffc0000",
			      &event));
	assert_string_equal(event.comm, "1B5B33316D");
	assert_true(read_line(HEAD FIELDS "comm=\"a\x1b[31m\xff\" exe=\"/x\" sig=0 arch=c000003e "
					  "syscall=29 code=0x7ffc0000",
			      &event));
	assert_string_equal(event.comm, "a?[31m?");
	assert_true(read_line(HEAD FIELDS "comm=\"aaaaaaaaaaaaaaaaaaaaaaaaaaaa\" exe=\"/x\" sig=0 "
					  "arch=c000003e syscall=29 code=0x7ffc0000",
			      &event));
	assert_int_equal(strlen(event.comm), 15);
}

static void damaged_records_are_none(void **state)
{
	static const char *const lines[] = {
		HEAD "pid=-1 sig=0 arch=c000003e syscall=29 code=0x7ffc0000",
		HEAD "pid=99999999999 sig=0 arch=c000003e syscall=29 code=0x7ffc0000",
		HEAD "sig=0 arch=c000003e syscall=29 code=0x7ffc0000",
		HEAD "pid=1 sig=0 syscall=29 code=0x7ffc0000",
		HEAD "pid=1 sig=0 arch=zz syscall=29 code=0x7ffc0000",
		HEAD "pid=1 sig=0 arch=c000003e code=0x7ffc0000",
		HEAD "pid=1 sig=0 arch=c000003e syscall=29",
		"type=SYSCALL msg=audit(1764111111.123:456): arch=c000003e syscall=29 pid=386",
		"",
	};
	struct seccomp_event event;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (read_line(lines[i], &event))
			fail_msg("read: %s", lines[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_form),
		cmocka_unit_test(reads_what_the_kernel_sends),
		cmocka_unit_test(tells_what_was_refused),
		cmocka_unit_test(other_architectures_and_calls),
		cmocka_unit_test(hostile_names_are_harmless),
		cmocka_unit_test(damaged_records_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
