/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One audit record a run, so that ausearch(8) can tell who removed what on whose behalf. libaudit
 * is loaded only where the kernel takes our word at all: that needs CAP_AUDIT_WRITE, hence root.
 */
#include "log_audit.h"

#include <errno.h>
#include <inttypes.h>
#include <libaudit.h>
#include <string.h>

#include "cleanup.h"
#include "optional.h"

OPTIONAL_FUNCTION(audit_open);
OPTIONAL_FUNCTION(audit_log_user_message);

/* Two hex digits for each of the 255 bytes that a unit's name may have. */
#define VALUE_SIZE 512

static void encode(const char *value, char text[VALUE_SIZE])
{
	size_t length = strlen(value), used = 0;
	bool is_plain = length < VALUE_SIZE - 2;

	for (size_t i = 0; i < length && is_plain; i++)
		is_plain = value[i] > 0x20 && value[i] < 0x7f && value[i] != '"';
	if (is_plain) {
		snprintf(text, VALUE_SIZE, "\"%s\"", value);
		return;
	}
	for (size_t i = 0; i < length && used + 2 < VALUE_SIZE; i++)
		used += (size_t)sprintf(text + used, "%02X", (unsigned char)value[i]);
}

void log_audit_text(const struct report *report, const struct report_sums *sums,
		    char text[AUDIT_TEXT_SIZE])
{
	char unit[VALUE_SIZE] = "?", uid[16] = "?";

	if (report->target_unit)
		encode(report->target_unit, unit);
	if (report->has_target_uid)
		snprintf(uid, sizeof(uid), "%u", report->target_uid);
	snprintf(
		text, AUDIT_TEXT_SIZE,
		"op=ipc-remove cmd=%s target-uid=%s target-unit=%s removed=%zu kept=%zu failed=%zu "
		"bytes=%" PRIu64 " wiped=%" PRIu64,
		report->command, uid, unit, sums->removed, sums->kept, sums->failed, sums->bytes,
		sums->wiped_bytes);
}

/* Where nobody audits, or we may not: no failure of ours. */
static bool is_absent(int error)
{
	return error == EPERM || error == ECONNREFUSED || error == EPROTONOSUPPORT ||
	       error == EAFNOSUPPORT || error == EINVAL;
}

int log_audit(const struct report *report, const struct report_sums *sums)
{
	static const struct optional_symbol symbols[] = {
		OPTIONAL_SYMBOL(audit_open),
		OPTIONAL_SYMBOL(audit_log_user_message),
	};
	char text[AUDIT_TEXT_SIZE];
	_cleanup_close_ int fd = -1;
	int r;

	if (geteuid() != 0 ||
	    optional_open("libaudit.so.1", symbols, sizeof(symbols) / sizeof(symbols[0])) < 0)
		return 0;
	fd = sym_audit_open();
	if (fd < 0)
		return is_absent(errno) ? 0 : -errno;
	log_audit_text(report, sums, text);
	/*
	 * a sequence number, 0 where nobody listens, or a negative errno; errno itself is not
	 * reliable
	 */
	r = sym_audit_log_user_message(fd, AUDIT_TRUSTED_APP, text, NULL, NULL, NULL,
				       sums->failed == 0);
	return r >= 0 || is_absent(-r) ? 0 : r;
}
