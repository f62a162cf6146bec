/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What did a removal come to? The same words for System V objects and files. */
#include "reap_object.h"

#include <errno.h>

void reap_keep(struct reaped *out, enum reason reason)
{
	out->outcome = OUTCOME_KEPT;
	out->reason = reason;
}

void reap_refused(struct reaped *out, int error)
{
	out->error = error;
	if (error == -ENOENT || error == -EIDRM || error == -EINVAL) {
		reap_keep(out, REASON_CHANGED);
	} else {
		out->outcome = OUTCOME_FAILED;
		out->reason = REASON_NOT_PERMITTED;
	}
}

void reap_removed(struct reaped *out, int result)
{
	if (result < 0)
		reap_refused(out, -errno);
	else
		out->outcome = OUTCOME_REMOVED;
}

bool reap_wiped(struct reaped *out, int error, enum wipe_mode wipe)
{
	if (error == 0 || wipe == WIPE_TRY)
		return true;
	out->outcome = OUTCOME_FAILED;
	out->reason = REASON_WIPE_FAILED;
	out->error = error;
	return false;
}
