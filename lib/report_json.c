/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The report as one JSON document, schema ipcguard/1 (DESIGN.md). What is not known or doesn't
 * apply is null. A name is JSON text, so one that isn't valid UTF-8 comes escaped, with its bytes
 * in name_hex.
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

/* Each adds one value, 0 or -ENOMEM: a document is whole or not printed. */

static int add(struct json_object *to, const char *key, struct json_object *value)
{
	if (value && sym_json_object_object_add(to, key, value) == 0)
		return 0;
	sym_json_object_put(value);
	return -ENOMEM;
}

static int add_null(struct json_object *to, const char *key)
{
	return sym_json_object_object_add(to, key, NULL) == 0 ? 0 : -ENOMEM;
}

static int add_text(struct json_object *to, const char *key, const char *text)
{
	return text ? add(to, key, sym_json_object_new_string(text)) : add_null(to, key);
}

static int add_uint(struct json_object *to, const char *key, uint64_t value)
{
	return add(to, key, sym_json_object_new_uint64(value));
}

static int add_bool(struct json_object *to, const char *key, bool value)
{
	return add(to, key, sym_json_object_new_boolean(value));
}

/* The length of the UTF-8 character at s, or 0 where there is none (RFC 3629). */
static size_t utf8_length(const unsigned char *s)
{
	size_t length = s[0] < 0x80		      ? 1
			: s[0] >= 0xc2 && s[0] < 0xe0 ? 2
			: s[0] >= 0xe0 && s[0] < 0xf0 ? 3
			: s[0] >= 0xf0 && s[0] < 0xf5 ? 4
						      : 0;

	for (size_t i = 1; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* a longer form than needed, a surrogate, past U+10FFFF */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] >= 0xa0) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] >= 0x90))
		return 0;
	return length;
}

static bool is_utf8(const char *name)
{
	const unsigned char *s = (const unsigned char *)name;

	while (*s) {
		size_t length = utf8_length(s);

		if (!length)
			return false;
		s += length;
	}
	return true;
}

static int add_hex(struct json_object *to, const char *key, const char *bytes)
{
	_cleanup_free_ char *hex = malloc(2 * strlen(bytes) + 1);

	if (!hex)
		return -ENOMEM;
	hex[0] = '\0';
	for (size_t i = 0; bytes[i]; i++)
		sprintf(hex + 2 * i, "%02x", (unsigned char)bytes[i]);
	return add_text(to, key, hex);
}

static int add_name(struct json_object *to, const char *name)
{
	_cleanup_free_ char *escaped = NULL;
	int r;

	if (!name || is_utf8(name))
		return add_text(to, "name", name);
	escaped = name_escape(name);
	r = escaped ? add_text(to, "name", escaped) : -ENOMEM;
	return r < 0 ? r : add_hex(to, "name_hex", name);
}

/* How the object is called: an id and a key, or a name. */
static int add_identity(struct json_object *to, const struct ipc_object *obj)
{
	char key[KEY_TEXT_SIZE];
	int r = add_text(to, "kind", kind_name(obj->kind));

	if (kind_is_sysv(obj->kind)) {
		r |= add(to, "id", sym_json_object_new_int64(obj->id));
		r |= add_text(to, "key", key_format(obj->key, key));
	} else {
		r |= add_null(to, "id") | add_null(to, "key");
	}
	return r | add_name(to, obj->name);
}

static int add_judged(struct json_object *to, const struct judged *judged)
{
	const struct ipc_object *obj = judged->obj;
	int r = add_identity(to, obj);
	char mode[8];

	snprintf(mode, sizeof(mode), "%04o", obj->mode & 07777);
	r |= add_uint(to, "uid", obj->uid);
	r |= add_uint(to, "cuid", obj->cuid);
	r |= add_text(to, "mode", mode);
	r |= add_uint(to, "bytes", obj->bytes);
	r |= obj->kind == KIND_SHM ? add_uint(to, "nattch", obj->nattch) : add_null(to, "nattch");
	r |= add_text(to, "action", outcome_name(judged->outcome));
	r |= add_text(to, "reason", reason_name(judged->reason));
	r |= add_uint(to, "wiped_bytes", judged->wiped_bytes);
	r |= add_text(to, "error", judged->error ? strerror(-judged->error) : NULL);
	return r;
}

static int add_objects(struct json_object *to, const struct report *report)
{
	struct json_object *objects = sym_json_object_new_array();
	int r = add(to, "objects", objects);

	for (size_t i = 0; r == 0 && i < report->count; i++) {
		struct json_object *object = sym_json_object_new_object();

		if (!object || sym_json_object_array_add(objects, object) < 0) {
			sym_json_object_put(object);
			return -ENOMEM;
		}
		r = add_judged(object, &report->list[i]);
	}
	return r;
}

static int add_target(struct json_object *to, const struct report *report)
{
	struct json_object *target = sym_json_object_new_object();
	int r = add(to, "target", target);

	if (r < 0)
		return r;
	r = report->has_target_uid ? add_uint(target, "uid", report->target_uid)
				   : add_null(target, "uid");
	r |= add_text(target, "unit", report->target_unit);
	return r | add_text(target, "result", report->target_result);
}

static int add_init_on_free(struct json_object *to)
{
	int inits = wipe_kernel_inits_on_free();

	return inits < 0 ? add_null(to, "init_on_free") : add_bool(to, "init_on_free", inits);
}

static int add_summary(struct json_object *to, const struct report *report)
{
	struct json_object *summary = sym_json_object_new_object();
	struct report_sums sums;
	int r = add(to, "summary", summary);

	if (r < 0)
		return r;
	report_sum(report, &sums);
	r = add_uint(summary, "removed", sums.removed);
	r |= add_uint(summary, "kept", sums.kept);
	r |= add_uint(summary, "failed", sums.failed);
	r |= add_uint(summary, "bytes", sums.bytes);
	return r | add_uint(summary, "wiped_bytes", sums.wiped_bytes);
}

static int fill(struct json_object *json, const struct report *report)
{
	int r = add_text(json, "schema", "ipcguard/1");

	r |= add_text(json, "command", report->command);
	r |= add_target(json, report);
	r |= add_bool(json, "dry_run", report->is_dry_run);
	r |= add_objects(json, report);
	if (report->is_wiping)
		r |= add_init_on_free(json);
	r |= add_summary(json, report);
	return r ? -ENOMEM : 0;
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
		text = sym_json_object_to_json_string_ext(
			json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (r == 0 && (!text || fprintf(out, "%s\n", text) < 0 || fflush(out) != 0))
		r = text ? -errno : -ENOMEM;
	sym_json_object_put(json);
	return r;
}
