/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON report, read back: every field, hostile names, numbers of 64 bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "optional.h"
#include "report_text.h"

OPTIONAL_FUNCTION(json_tokener_parse_verbose);
OPTIONAL_FUNCTION(json_object_object_get_ex);
OPTIONAL_FUNCTION(json_object_object_length);
OPTIONAL_FUNCTION(json_object_array_get_idx);
OPTIONAL_FUNCTION(json_object_array_length);
OPTIONAL_FUNCTION(json_object_is_type);
OPTIONAL_FUNCTION(json_object_get_string);
OPTIONAL_FUNCTION(json_object_get_string_len);
OPTIONAL_FUNCTION(json_object_get_uint64);
OPTIONAL_FUNCTION(json_object_get_int64);
OPTIONAL_FUNCTION(json_object_get_boolean);
OPTIONAL_FUNCTION(json_object_put);

static int open_json(void **state)
{
	static const struct optional_symbol symbols[] = {
		OPTIONAL_SYMBOL(json_tokener_parse_verbose),
		OPTIONAL_SYMBOL(json_object_object_get_ex),
		OPTIONAL_SYMBOL(json_object_object_length),
		OPTIONAL_SYMBOL(json_object_array_get_idx),
		OPTIONAL_SYMBOL(json_object_array_length),
		OPTIONAL_SYMBOL(json_object_is_type),
		OPTIONAL_SYMBOL(json_object_get_string),
		OPTIONAL_SYMBOL(json_object_get_string_len),
		OPTIONAL_SYMBOL(json_object_get_uint64),
		OPTIONAL_SYMBOL(json_object_get_int64),
		OPTIONAL_SYMBOL(json_object_get_boolean),
		OPTIONAL_SYMBOL(json_object_put),
	};

	(void)state;
	return optional_open("libjson-c.so.5", symbols, sizeof(symbols) / sizeof(symbols[0]));
}

static void freep(struct json_object **json)
{
	sym_json_object_put(*json);
}

#define _cleanup_json_ _cleanup_(freep)

/* Prints the report and reads it back: one document and a newline, nothing else. */
static struct json_object *json_of(const struct report *report)
{
	_cleanup_free_ char *text = text_of(report, JSON);
	enum json_tokener_error error = json_tokener_success;
	char *newline = strchr(text, '\n');
	struct json_object *json;

	assert_non_null(newline);
	assert_int_equal(newline[1], '\0');
	json = sym_json_tokener_parse_verbose(text, &error);
	assert_int_equal(error, json_tokener_success);
	assert_non_null(json);
	return json;
}

static struct json_object *member(struct json_object *json, const char *key)
{
	struct json_object *value = NULL;

	if (!sym_json_object_object_get_ex(json, key, &value))
		fail_msg("no member %s", key);
	return value;
}

static bool has_member(struct json_object *json, const char *key)
{
	return sym_json_object_object_get_ex(json, key, NULL);
}

static struct json_object *object_at(struct json_object *json, size_t i)
{
	return sym_json_object_array_get_idx(member(json, "objects"), i);
}

static void expect_text(struct json_object *json, const char *key, const char *text)
{
	struct json_object *value = member(json, key);

	if (!text) {
		assert_null(value);
		return;
	}
	assert_true(sym_json_object_is_type(value, json_type_string));
	assert_int_equal(sym_json_object_get_string_len(value), strlen(text));
	assert_string_equal(sym_json_object_get_string(value), text);
}

static void expect_number(struct json_object *json, const char *key, uint64_t number)
{
	struct json_object *value = member(json, key);

	assert_true(sym_json_object_is_type(value, json_type_int));
	assert_true(sym_json_object_get_int64(value) >= 0);
	assert_true(sym_json_object_get_uint64(value) == number);
}

static void json_of_a_segment_has_every_field(void **state)
{
	const struct ipc_object obj = segment(0);
	const struct judged judged = {.obj = &obj,
				      .reason = REASON_UNUSED,
				      .outcome = OUTCOME_REMOVED,
				      .wiped_bytes = 4000};
	const struct report report = report_of(&judged, 1);
	_cleanup_json_ struct json_object *json = json_of(&report);
	struct json_object *object = object_at(json, 0);

	(void)state;
	expect_text(object, "kind", "shm");
	expect_number(object, "id", 0);
	expect_text(object, "key", "0x80001234");
	expect_text(object, "name", NULL);
	expect_number(object, "uid", UID_NAMED);
	expect_number(object, "cuid", 7);
	expect_text(object, "mode", "1640");
	expect_number(object, "bytes", 4096);
	expect_number(object, "nattch", 2);
	expect_text(object, "action", "removed");
	expect_text(object, "reason", "unused");
	expect_number(object, "wiped_bytes", 4000);
	expect_text(object, "error", NULL);
	assert_int_equal(sym_json_object_object_length(object), 13);
}

static void json_of_a_file_has_no_id_and_no_key(void **state)
{
	char name[] = "/a/b";
	const struct ipc_object obj = file(name);
	const struct judged judged = {.obj = &obj,
				      .reason = REASON_NOT_PERMITTED,
				      .outcome = OUTCOME_FAILED,
				      .error = -EACCES};
	const struct report report = report_of(&judged, 1);
	_cleanup_json_ struct json_object *json = json_of(&report);
	_cleanup_free_ char *text = text_of(&report, JSON);
	struct json_object *object = object_at(json, 0);

	(void)state;
	expect_text(object, "kind", "pshm");
	expect_text(object, "id", NULL);
	expect_text(object, "key", NULL);
	expect_text(object, "name", "/a/b");
	assert_false(has_member(object, "name_hex"));
	assert_non_null(strstr(text, "\"/a/b\"")); /* slashes as they are */
	expect_text(object, "nattch", NULL);
	expect_text(object, "mode", "0600");
	expect_text(object, "action", "failed");
	expect_text(object, "reason", "not-permitted");
	expect_text(object, "error", "Permission denied");
	assert_int_equal(sym_json_object_object_length(object), 13);
}

static void json_knows_no_attachments_of_a_queue(void **state)
{
	const struct ipc_object obj = {.kind = KIND_MSG, .id = 5, .key = 0};
	const struct judged judged = {.obj = &obj};
	const struct report report = report_of(&judged, 1);
	_cleanup_json_ struct json_object *json = json_of(&report);

	(void)state;
	expect_number(object_at(json, 0), "id", 5);
	expect_text(object_at(json, 0), "key", "0x00000000");
	expect_text(object_at(json, 0), "nattch", NULL);
}

static void json_says_what_was_asked_for(void **state)
{
	struct report report = report_of(NULL, 0);
	_cleanup_json_ struct json_object *user = json_of(&report), *service = NULL,
					  *orphans = NULL;

	(void)state;
	expect_text(user, "schema", "ipcguard/1");
	expect_text(user, "command", "user");
	expect_number(member(user, "target"), "uid", UID_NAMED);
	expect_text(member(user, "target"), "unit", NULL);
	assert_false(sym_json_object_get_boolean(member(user, "dry_run")));
	assert_false(has_member(user, "init_on_free"));

	report.command = "service";
	report.target_unit = "a\\x2db@1.service";
	report.target_result = "signal";
	service = json_of(&report);
	expect_text(service, "command", "service");
	expect_text(member(service, "target"), "unit", "a\\x2db@1.service");
	expect_text(member(service, "target"), "result", "signal");

	report = (struct report){.command = "orphans", .is_dry_run = true, .is_wiping = true};
	orphans = json_of(&report);
	expect_text(member(orphans, "target"), "uid", NULL);
	expect_text(member(orphans, "target"), "unit", NULL);
	assert_true(sym_json_object_get_boolean(member(orphans, "dry_run")));
	assert_true(has_member(orphans, "init_on_free"));
}

static void json_of_nothing_is_whole(void **state)
{
	const struct report report = report_of(NULL, 0);
	_cleanup_json_ struct json_object *json = json_of(&report);
	struct json_object *summary = member(json, "summary");

	(void)state;
	assert_true(sym_json_object_is_type(member(json, "objects"), json_type_array));
	assert_int_equal(sym_json_object_array_length(member(json, "objects")), 0);
	expect_number(summary, "removed", 0);
	expect_number(summary, "kept", 0);
	expect_number(summary, "failed", 0);
	expect_number(summary, "bytes", 0);
	expect_number(summary, "wiped_bytes", 0);
}

/* What is UTF-8 comes as it is; what isn't comes escaped, and its bytes beside it. */
static void json_names_come_back_unchanged(void **state)
{
	static const struct {
		const char *name, *escaped, *hex; /* NULL: the name itself */
	} cases[] = {
		{"/plain"},
		{"/a\"b\\c"},
		{"/a\nb\tc\033[2J\001"},
		{"/\\xff"},
		{"/\x7f"},
		{"/gr\xc3\xbc\xc3\x9f"},
		{"/\xc2\x80\xc2\x9b"},		       /* C1 controls are characters */
		{"/\xe2\x80\x8b\xe2\x80\xae"},	       /* so are zero width and right to left */
		{"/\xdf\xbf\xe0\xa0\x80"},	       /* U+07FF, U+0800 */
		{"/\xed\x9f\xbf\xee\x80\x80"},	       /* around the surrogates */
		{"/\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"}, /* U+10000, U+10FFFF */
		{"/\xff\xfe", "/\\xff\\xfe", "2ffffe"},
		{"/a\n\xff", "/a\\x0a\\xff", "2f610aff"},
		{"/\xc3", "/\\xc3", "2fc3"}, /* cut short */
		{"/\xc3(", "/\\xc3(", "2fc328"},
		{"/\x80", "/\\x80", "2f80"},		/* no beginning */
		{"/\xc0\xaf", "/\\xc0\\xaf", "2fc0af"}, /* longer than needed */
		{"/\xe0\x9f\xbf", "/\\xe0\\x9f\\xbf", "2fe09fbf"},
		{"/\xf0\x8f\xbf\xbf", "/\\xf0\\x8f\\xbf\\xbf", "2ff08fbfbf"},
		{"/\xed\xa0\x80", "/\\xed\\xa0\\x80", "2feda080"}, /* a surrogate */
		{"/\xf4\x90\x80\x80", "/\\xf4\\x90\\x80\\x80", "2ff4908080"},
		{"/\xf5\x80\x80\x80", "/\\xf5\\x80\\x80\\x80", "2ff5808080"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_free_ char *name = strdup(cases[i].name);
		const struct ipc_object obj = file(name);
		const struct judged judged = {.obj = &obj};
		const struct report report = report_of(&judged, 1);
		_cleanup_json_ struct json_object *json = json_of(&report);
		struct json_object *object = object_at(json, 0);

		expect_text(object, "name", cases[i].escaped ? cases[i].escaped : name);
		assert_int_equal(has_member(object, "name_hex"), cases[i].hex != NULL);
		if (cases[i].hex)
			expect_text(object, "name_hex", cases[i].hex);
	}
}

static void json_holds_numbers_of_64_bits(void **state)
{
	char name[] = "/huge";
	struct ipc_object obj = file(name);
	const struct judged list[] = {
		{.obj = &obj, .outcome = OUTCOME_REMOVED, .wiped_bytes = UINT64_MAX},
		{.obj = &obj, .outcome = OUTCOME_REMOVED, .wiped_bytes = 1},
	};
	struct report report = report_of(list, 1);
	_cleanup_json_ struct json_object *one = NULL, *two = NULL;

	(void)state;
	obj.bytes = UINT64_MAX;
	obj.uid = UINT32_MAX - 1;
	one = json_of(&report);
	expect_number(object_at(one, 0), "bytes", UINT64_MAX);
	expect_number(object_at(one, 0), "uid", 4294967294);
	expect_number(object_at(one, 0), "wiped_bytes", UINT64_MAX);
	expect_number(member(one, "summary"), "bytes", UINT64_MAX);
	/* whoever makes sparse files can make the sum wrap: it must not look small */
	report.count = 2;
	two = json_of(&report);
	expect_number(member(two, "summary"), "bytes", UINT64_MAX);
	expect_number(member(two, "summary"), "wiped_bytes", UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_of_a_segment_has_every_field),
		cmocka_unit_test(json_of_a_file_has_no_id_and_no_key),
		cmocka_unit_test(json_knows_no_attachments_of_a_queue),
		cmocka_unit_test(json_says_what_was_asked_for),
		cmocka_unit_test(json_of_nothing_is_whole),
		cmocka_unit_test(json_names_come_back_unchanged),
		cmocka_unit_test(json_holds_numbers_of_64_bits),
	};

	return cmocka_run_group_tests(tests, open_json, NULL);
}
