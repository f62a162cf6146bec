/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The findings as one JSON document, schema ipcguard/1. All texts are ASCII by now. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>

#include "doctor_checks.h"
#include "optional.h"

OPTIONAL_FUNCTION(json_object_new_object);
OPTIONAL_FUNCTION(json_object_new_array);
OPTIONAL_FUNCTION(json_object_new_string);
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
		OPTIONAL_SYMBOL(json_object_new_boolean),
		OPTIONAL_SYMBOL(json_object_object_add),
		OPTIONAL_SYMBOL(json_object_array_add),
		OPTIONAL_SYMBOL(json_object_to_json_string_ext),
		OPTIONAL_SYMBOL(json_object_put),
	};

	return optional_open("libjson-c.so.5", symbols, sizeof(symbols) / sizeof(symbols[0]));
}

static int add(struct json_object *to, const char *key, struct json_object *value)
{
	if (value && sym_json_object_object_add(to, key, value) == 0)
		return 0;
	sym_json_object_put(value);
	return -ENOMEM;
}

static int add_text(struct json_object *to, const char *key, const char *text)
{
	if (text)
		return add(to, key, sym_json_object_new_string(text));
	return sym_json_object_object_add(to, key, NULL) == 0 ? 0 : -ENOMEM;
}

static int add_check(struct json_object *checks, const struct check *check)
{
	struct json_object *row = sym_json_object_new_object();
	int r;

	if (!row || sym_json_object_array_add(checks, row) < 0) {
		sym_json_object_put(row);
		return -ENOMEM;
	}
	r = add_text(row, "name", check->name);
	r |= add_text(row, "state", check_state_name(check->state));
	r |= add_text(row, "detail", check->detail);
	return r | add_text(row, "fix", check->fix);
}

static int fill(struct json_object *json, const struct check *checks, size_t count, bool is_ok)
{
	struct json_object *rows = sym_json_object_new_array();
	int r = add_text(json, "schema", "ipcguard/1");

	r |= add_text(json, "command", "doctor");
	r |= add(json, "checks", rows);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_check(rows, &checks[i]);
	r |= add(json, "ok", sym_json_object_new_boolean(is_ok));
	return r ? -ENOMEM : 0;
}

int doctor_print_json(const struct check *checks, size_t count, bool is_ok)
{
	int r = open_json();
	struct json_object *json = r == 0 ? sym_json_object_new_object() : NULL;
	const char *text = NULL;

	if (r < 0)
		return r;
	r = json ? fill(json, checks, count, is_ok) : -ENOMEM;
	if (r == 0)
		text = sym_json_object_to_json_string_ext(
			json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (r == 0 && (!text || printf("%s\n", text) < 0 || fflush(stdout) != 0))
		r = text ? -errno : -ENOMEM;
	sym_json_object_put(json);
	return r;
}
