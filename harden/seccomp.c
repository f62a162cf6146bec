/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Raw records give numbers, interpreted ones (ausearch -i) names: "arch=c000003e syscall=29 … sig=0 …
 * code=0x7ffc0000" is "arch=x86_64 syscall=shmget … sig=SIG0 … code=log". sig= is 31 (SIGSYS) or 9 for
 * what was killed; code= is the filter's verdict (linux/seccomp.h).
 */
#include "seccomp.h"

#include <errno.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdlib.h>

#include "spannumber.h"

/* x32 calls itself x86-64; all of IPC but mq_notify and process_vm_* have the same numbers there */
#define X32_BIT 0x40000000

static bool read_hex(struct span text, uint32_t *value)
{
	uint32_t result = 0;

	if (span_starts(text, "0x"))
		text = span_from(text, text.at + 2);
	if (!text.length || text.length > 8)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit = memchr(digits, text.at[i], 16);

		if (!digit)
			return false;
		result = result << 4 | (uint32_t)(digit - digits);
	}
	*value = result;
	return true;
}

static void read_comm(struct span text, char comm[16])
{
	size_t length = text.length < 15 ? text.length : 15;

	for (size_t i = 0; i < length; i++)
		comm[i] = text.at[i] > ' ' && text.at[i] < 0x7f ? text.at[i] : '?';
	comm[length] = '\0';
}

static bool read_call(const struct record *record, struct seccomp_event *event)
{
	struct span call = record_field(record, "syscall");
	int64_t number = span_decimal(call);
	uint32_t arch;
	char name[32];

	if (number >= 0) {
		if (number > INT_MAX || !read_hex(record_field(record, "arch"), &arch))
			return false;
		event->is_foreign = !call_knows_arch(arch);
		if (arch == AUDIT_ARCH_X86_64)
			number &= ~(int64_t)X32_BIT;
		event->call = call_by_number(arch, (long)number, &event->is_any_sysv);
		return true;
	}
	if (!call.length || call.length >= sizeof(name))
		return false;
	memcpy(name, call.at, call.length);
	name[call.length] = '\0';
	event->is_any_sysv = !strcmp(name, "ipc");
	event->call = call_by_name(name);
	return true;
}

static bool read_verdict(const struct record *record, struct seccomp_event *event)
{
	struct span code = record_field(record, "code");
	uint32_t number;

	if (!code.length)
		return false;
	if (read_hex(code, &number))
		/* the kernel compares them with a sign, too */
		event->is_refused = (int32_t)number < (int32_t)SECCOMP_RET_USER_NOTIF;
	else
		event->is_refused =
			!span_is(code, "log") && !span_is(code, "allow") && !span_is(code, "trace");
	return true;
}

bool seccomp_read(const struct record *record, struct seccomp_event *event)
{
	int64_t pid = span_decimal(record_field(record, "pid"));

	*event = (struct seccomp_event){.call = CALL_COUNT_};
	if (pid <= 0 || pid > INT_MAX)
		return false;
	event->pid = (pid_t)pid;
	read_comm(record_field(record, "comm"), event->comm);
	return read_call(record, event) && read_verdict(record, event);
}

bool seccomp_read_fields(struct span text, struct seccomp_event *event)
{
	const struct record record = {.type = RECORD_SECCOMP, .form = FORM_RAW, .body = text};

	return seccomp_read(&record, event);
}

bool seccomp_read_body(struct span text, struct seccomp_event *event)
{
	const char *end = span_find(text, "): ");

	return span_starts(text, "audit(") && end &&
	       seccomp_read_fields(span_from(text, end + strlen("): ")), event);
}
