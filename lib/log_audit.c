/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One audit record a run, so that ausearch(8) can tell who removed what on whose behalf. libaudit is
 * loaded only where the kernel takes our word at all: that needs CAP_AUDIT_WRITE, hence root.
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

/*
 * A value from outside as audit writes it: in quotes if it is plain, else in hex, so that it can't
 * be taken for another field (audit_encode_nv_string(3)).
 */
static void encode(const char *value, char *text, size_t size)
{
	size_t used = 0;
	bool is_plain = true;

	for (const char *c = value; *c && is_plain; c++)
		is_plain = *c > 0x20 && *c < 0x7f && *c != '"';
	if (is_plain) {
		snprintf(text, size, "\"%s\"", value);
		return;
	}
	for (const char *c = value; *c && used + 2 < size; c++)
		used += (size_t)sprintf(text + used, "%02X", (unsigned char)*c);
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
	char text[1024], unit[560] = "\"\"", uid[16] = "?";
	_cleanup_close_ int fd = -1;

	if (geteuid() != 0 ||
	    optional_open("libaudit.so.1", symbols, sizeof(symbols) / sizeof(symbols[0])) < 0)
		return 0;
	fd = sym_audit_open();
	if (fd < 0)
		return is_absent(errno) ? 0 : -errno;
	if (report->target_unit)
		encode(report->target_unit, unit, sizeof(unit));
	if (report->has_target_uid)
		snprintf(uid, sizeof(uid), "%u", report->target_uid);
	snprintf(text, sizeof(text),
		 "op=ipc-remove cmd=%s target-uid=%s target-unit=%s removed=%zu kept=%zu failed=%zu "
		 "bytes=%" PRIu64 " wiped=%" PRIu64,
		 report->command, uid, unit, sums->removed, sums->kept, sums->failed, sums->bytes,
		 sums->wiped_bytes);
	if (sym_audit_log_user_message(fd, AUDIT_TRUSTED_APP, text, NULL, NULL, NULL,
				       sums->failed == 0) <= 0)
		return is_absent(errno) ? 0 : -errno;
	return 0;
}
