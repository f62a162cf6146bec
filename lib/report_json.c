/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The report as one JSON document, schema ipcguard/1 (DESIGN.md). What is not known or doesn't
 * apply is null.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "report.h"
#include "wipe.h"

static int add_judged(struct json_object *to, const struct judged *judged)
{
	const struct ipc_object *obj = judged->obj;
	int r = document_add_identity(to, obj);
	char mode[8];

	snprintf(mode, sizeof(mode), "%04o", obj->mode & 07777);
	r |= document_add_uint(to, "uid", obj->uid);
	r |= document_add_uint(to, "cuid", obj->cuid);
	r |= document_add_text(to, "mode", mode);
	r |= document_add_uint(to, "bytes", obj->bytes);
	r |= obj->kind == KIND_SHM ? document_add_uint(to, "nattch", obj->nattch)
				   : document_add_null(to, "nattch");
	r |= document_add_text(to, "action", outcome_name(judged->outcome));
	r |= document_add_text(to, "reason", reason_name(judged->reason));
	r |= document_add_uint(to, "wiped_bytes", judged->wiped_bytes);
	r |= document_add_text(to, "error", judged->error ? strerror(-judged->error) : NULL);
	return r;
}

static int add_objects(struct json_object *to, const struct report *report)
{
	struct json_object *objects = document_add_array(to, "objects");
	int r = objects ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < report->count; i++) {
		struct json_object *object = document_append_object(objects);

		r = object ? add_judged(object, &report->list[i]) : -ENOMEM;
	}
	return r;
}

static int add_target(struct json_object *to, const struct report *report)
{
	struct json_object *target = document_add_object(to, "target");
	int r;

	if (!target)
		return -ENOMEM;
	r = report->has_target_uid ? document_add_uint(target, "uid", report->target_uid)
				   : document_add_null(target, "uid");
	r |= document_add_text(target, "unit", report->target_unit);
	return r | document_add_text(target, "result", report->target_result);
}

static int add_init_on_free(struct json_object *to)
{
	int inits = wipe_kernel_inits_on_free();

	return inits < 0 ? document_add_null(to, "init_on_free")
			 : document_add_bool(to, "init_on_free", inits);
}

static int add_summary(struct json_object *to, const struct report *report)
{
	struct json_object *summary = document_add_object(to, "summary");
	struct report_sums sums;
	int r;

	if (!summary)
		return -ENOMEM;
	report_sum(report, &sums);
	r = document_add_uint(summary, "removed", sums.removed);
	r |= document_add_uint(summary, "kept", sums.kept);
	r |= document_add_uint(summary, "failed", sums.failed);
	r |= document_add_uint(summary, "bytes", sums.bytes);
	return r | document_add_uint(summary, "wiped_bytes", sums.wiped_bytes);
}

static int fill(struct json_object *json, const struct report *report)
{
	int r = add_target(json, report);

	r |= document_add_bool(json, "dry_run", report->is_dry_run);
	r |= add_objects(json, report);
	if (report->is_wiping)
		r |= add_init_on_free(json);
	r |= add_summary(json, report);
	return r ? -ENOMEM : 0;
}

int report_json(const struct report *report, FILE *out)
{
	struct json_object *json = NULL;
	int r = document_new(report->command, &json);

	if (r == 0)
		r = fill(json, report);
	if (r == 0)
		r = document_print(json, out);
	document_free(json);
	return r;
}
