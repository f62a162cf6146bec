/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The findings as one JSON document. All texts are ASCII by now. */
#include <errno.h>

#include "doctor_checks.h"
#include "document.h"

static int add_check(struct json_object *checks, const struct check *check)
{
	struct json_object *row = document_append_object(checks);
	int r;

	if (!row)
		return -ENOMEM;
	r = document_add_text(row, "name", check->name);
	r |= document_add_text(row, "state", check_state_name(check->state));
	r |= document_add_text(row, "detail", check->detail);
	return r | document_add_text(row, "fix", check->fix);
}

static int fill(struct json_object *json, const struct check *checks, size_t count, bool is_ok)
{
	struct json_object *rows = document_add_array(json, "checks");
	int r = rows ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_check(rows, &checks[i]);
	r |= document_add_bool(json, "ok", is_ok);
	return r ? -ENOMEM : 0;
}

int doctor_print_json(const struct check *checks, size_t count, bool is_ok)
{
	struct json_object *json = NULL;
	int r = document_new("doctor", &json);

	if (r == 0)
		r = fill(json, checks, count, is_ok);
	if (r == 0)
		r = document_print(json, stdout);
	document_free(json);
	return r;
}
