/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The report as one JSON document, schema ipcguard/1 (DESIGN.md). What is not known or doesn't apply
 * is null. A name is JSON text, so one that isn't valid UTF-8 comes escaped, with its bytes in
 * name_hex.
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "optional.h"
#include "report.h"
#include "wipe.h"

OPTIONAL_FUNCTION(json_object_new_object);
OPTIONAL_FUNCTION(json_object_new_array);
OPTIONAL_FUNCTION(json_object_new_string);
OPTIONAL_FUNCTION(json_object_new_int64);
OPTIONAL_FUNCTION(json_object_new_uint64);
OPTIONAL_FUNCTION(json_object_new_boolean);
OPTIONAL_FUNCTION(json_object_object_add);
OPTIONAL_FUNCTION(json_object_array_add);
OPTIONAL_FUNCTION(json_object_to_json_string_ext);
OPTIONAL_FUNCTION(json_object_put);

static int open_json(void)
{
	static const struct optional_symbol symbols[] = {
		OPTIONAL_SYMBOL(json_object_new_object),
		OPTIONAL_SYMBOL(json_object_new_array),
		OPTIONAL_SYMBOL(json_object_new_string),
		OPTIONAL_SYMBOL(json_object_new_int64),
		OPTIONAL_SYMBOL(json_object_new_uint64),
		OPTIONAL_SYMBOL(json_object_new_boolean),
		OPTIONAL_SYMBOL(json_object_object_add),
		OPTIONAL_SYMBOL(json_object_array_add),
		OPTIONAL_SYMBOL(json_object_to_json_string_ext),
		OPTIONAL_SYMBOL(json_object_put),
	};

	return optional_open("libjson-c.so.5", symbols, sizeof(symbols) / sizeof(symbols[0]));
}

static void add(struct json_object *to, const char *key, struct json_object *value)
{
	sym_json_object_object_add(to, key, value);
}

static void add_text(struct json_object *to, const char *key, const char *text)
{
	add(to, key, text ? sym_json_object_new_string(text) : NULL);
}

static void add_uint(struct json_object *to, const char *key, uint64_t value)
{
	add(to, key, sym_json_object_new_uint64(value));
}

/* Whether the name needs no escape but that of JSON itself. */
static bool is_utf8(const char *name, const char *escaped)
{
	/* an escape that isn't for a control byte stands for a byte above 0x7f */
	for (const char *at = escaped; (at = strstr(at, "\\x")); at += 2)
		if (at[2] >= '8')
			return false;
	return name != NULL;
}

static void add_name(struct json_object *to, const char *name)
{
	_cleanup_free_ char *escaped = name_escape(name), *hex = NULL;

	if (!name || !escaped || is_utf8(name, escaped)) {
		add_text(to, "name", name);
		return;
	}
	add_text(to, "name", escaped);
	hex = malloc(2 * strlen(name) + 1);
	if (!hex)
		return;
	for (size_t i = 0; name[i]; i++)
		sprintf(hex + 2 * i, "%02x", (unsigned char)name[i]);
	add_text(to, "name_hex", hex);
}

static struct json_object *object_json(const struct judged *judged)
{
	const struct ipc_object *obj = judged->obj;
	struct json_object *json = sym_json_object_new_object();
	bool is_sysv = kind_is_sysv(obj->kind);
	char key[KEY_TEXT_SIZE], mode[8];

	if (!json)
		return NULL;
	snprintf(mode, sizeof(mode), "%04o", obj->mode & 07777);
	add_text(json, "kind", kind_name(obj->kind));
	add(json, "id", is_sysv ? sym_json_object_new_int64(obj->id) : NULL);
	add_text(json, "key", is_sysv ? key_format(obj->key, key) : NULL);
	add_name(json, obj->name);
	add_uint(json, "uid", obj->uid);
	add_uint(json, "cuid", obj->cuid);
	add_text(json, "mode", mode);
	add_uint(json, "bytes", obj->bytes);
	add(json, "nattch", obj->kind == KIND_SHM ? sym_json_object_new_uint64(obj->nattch) : NULL);
	add_text(json, "action", outcome_name(judged->outcome));
	add_text(json, "reason", reason_name(judged->reason));
	add_uint(json, "wiped_bytes", judged->wiped_bytes);
	add_text(json, "error", judged->error ? strerror(-judged->error) : NULL);
	return json;
}

static struct json_object *target_json(const struct report *report)
{
	struct json_object *json = sym_json_object_new_object();

	if (!json)
		return NULL;
	add(json, "uid",
	    report->has_target_uid ? sym_json_object_new_uint64(report->target_uid) : NULL);
	add_text(json, "unit", report->target_unit);
	add_text(json, "result", report->target_result);
	return json;
}

static struct json_object *summary_json(const struct report *report)
{
	struct json_object *json = sym_json_object_new_object();
	struct report_sums sums;

	if (!json)
		return NULL;
	report_sum(report, &sums);
	add_uint(json, "removed", sums.removed);
	add_uint(json, "kept", sums.kept);
	add_uint(json, "failed", sums.failed);
	add_uint(json, "bytes", sums.bytes);
	add_uint(json, "wiped_bytes", sums.wiped_bytes);
	return json;
}

static int fill(struct json_object *json, const struct report *report)
{
	struct json_object *objects = sym_json_object_new_array();

	add_text(json, "schema", "ipcguard/1");
	add_text(json, "command", report->command);
	add(json, "target", target_json(report));
	add(json, "dry_run", sym_json_object_new_boolean(report->is_dry_run));
	add(json, "objects", objects);
	for (size_t i = 0; objects && i < report->count; i++) {
		struct json_object *object = object_json(&report->list[i]);

		if (!object || sym_json_object_array_add(objects, object) < 0)
			return -ENOMEM;
	}
	if (report->is_wiping) {
		int inits = wipe_kernel_inits_on_free();

		add(json, "init_on_free",
		    inits < 0 ? NULL : sym_json_object_new_boolean(inits));
	}
	add(json, "summary", summary_json(report));
	return objects ? 0 : -ENOMEM;
}

int report_json(const struct report *report, FILE *out)
{
	int r = open_json();
	struct json_object *json = r == 0 ? sym_json_object_new_object() : NULL;
	const char *text = NULL;

	if (r < 0)
		return r;
	r = json ? fill(json, report) : -ENOMEM;
	if (r == 0)
		text = sym_json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN |
									JSON_C_TO_STRING_NOSLASHESCAPE);
	if (r == 0 && (!text || fprintf(out, "%s\n", text) < 0 || fflush(out) != 0))
		r = text ? -errno : -ENOMEM;
	sym_json_object_put(json);
	return r;
}
