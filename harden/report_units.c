/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unit names are clean (manager.h); what else others chose is escaped. */
#include "report_units.h"

#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "document.h"
#include "printed.h"
#include "table.h"
#include "text.h"

/* So many objects are listed on a page; the document has all. */
#define LISTED_MAX 20

static const char *namespace_word(const struct unit_facts *facts)
{
	return facts->has_private_ipc ? "private" : facts->shares_ipc ? "joined" : "host";
}

static void add_user(struct text *text, const struct unit_facts *facts)
{
	text_add_escaped(text, *facts->user ? facts->user : "root");
}

/* "shm sem", the families whose calls its filter lets through; "-" for none. */
static void add_families(struct text *text, const struct unit_facts *facts)
{
	static const char *const words[FAMILY_COUNT_] = {"shm", "sem",	 "msg",
							 "mq",	"memfd", "process-vm"};

	for (int i = 0; i < FAMILY_COUNT_; i++)
		if (exposure_lets_through(&facts->filter, (enum call_family)i))
			text_add_format(text, "%s%s", text->length ? " " : "", words[i]);
	if (!text->length)
		text_add_char(text, '-');
}

static int add_row(struct table *table, const struct row *row)
{
	_cleanup_(text_done) struct text user = {0}, families = {0}, objects = {0}, number = {0};
	enum exposure_part worst = exposure_worst(&row->exposure);

	add_user(&user, &row->facts);
	add_families(&families, &row->facts);
	text_add_uint(&objects, row_object_count(row));
	text_add_format(&number, "%u.%u", row->exposure.total / 10, row->exposure.total % 10);
	if (user.failed || families.failed || objects.failed || number.failed)
		return -ENOMEM;
	return table_add(
		table, (const char *[]){row->facts.id, number.bytes, user.bytes,
					namespace_word(&row->facts), objects.bytes, families.bytes,
					worst == EXPOSED_COUNT_ ? NULL : exposure_remedy(worst)});
}

int report_units_table(const struct rows *rows, FILE *out)
{
	static const struct table_column columns[] = {{"UNIT", false},	 {"EXPOSURE", true},
						      {"USER", false},	 {"IPC", false},
						      {"OBJECTS", true}, {"CALLS", false},
						      {"FIRST", false}};
	_cleanup_(table_freep) struct table *table = NULL;
	int r = table_new(&table, columns, sizeof(columns) / sizeof(columns[0]));

	for (size_t i = 0; r == 0 && i < rows->count; i++)
		r = add_row(table, &rows->all[i]);
	return r == 0 ? table_print(table, out) : r;
}

static void add_list(struct text *text, const char *before, const struct string_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		text_add_format(text, "%s%s", i ? ", " : before, list->items[i]);
}

static void add_objects(struct text *text, const struct row *row, const struct look *look)
{
	size_t count = row_object_count(row);

	text_add_format(text, "  objects: %zu\n", count);
	for (size_t i = 0; i < count && i < LISTED_MAX; i++) {
		const struct ipc_object *obj = row_object(row, look, i);
		_cleanup_free_ char *ref = object_ref(obj);
		char key[KEY_TEXT_SIZE];

		text_add_format(text, "    %s, mode %04o", ref ? ref : "?",
				(unsigned)obj->mode & 0777);
		if (kind_is_sysv(obj->kind))
			text_add_format(text, ", key %s", key_format(obj->key, key));
		text_add(text, i < row->object_count ? "\n" : ", in a namespace of its own\n");
	}
	if (count > LISTED_MAX)
		text_add_format(text, "    and %zu more\n", count - LISTED_MAX);
}

static void add_settings(struct text *text, const struct unit_facts *facts)
{
	const char *filter = !facts->filter.calls || !facts->filter.calls[0] ? "none"
			     : facts->filter.is_allow_list		     ? "an allow-list"
									     : "a deny-list";

	text_add(text, "  user: ");
	add_user(text, facts);
	text_add_format(text, "\n  IPC namespace: %s%s\n", namespace_word(facts),
			facts->knows_private_ipc ? "" : " (this systemd has no PrivateIPC=)");
	text_add_format(text, "  filter of system calls: %s; leaves ", filter);
	/* a text of its own: it says "-" where it stays empty */
	{
		_cleanup_(text_done) struct text families = {0};

		add_families(&families, facts);
		text_add(text, families.bytes ? families.bytes : "?");
	}
	text_add_format(text,
			"\n  RestrictSUIDSGID=%s NoNewPrivileges=%s UMask=%04o PrivateTmp=%s "
			"RemoveIPC=%s\n  ipcclean at its stop: %s\n",
			facts->restricts_suid ? "yes" : "no",
			facts->has_no_new_privileges ? "yes" : "no", (unsigned)facts->umask,
			facts->has_private_tmp ? "yes" : "no", facts->removes_ipc ? "yes" : "no",
			facts->cleans ? "yes" : "no");
}

static void add_exposure(struct text *text, const struct exposure *exposure)
{
	text_add_format(text, "  exposure %u.%u:\n", exposure->total / 10, exposure->total % 10);
	for (int i = 0; i < EXPOSED_COUNT_; i++)
		if (exposure->tenths[i])
			text_add_format(text, "    %u.%u  %s: %s\n", exposure->tenths[i] / 10,
					exposure->tenths[i] % 10,
					exposure_reason((enum exposure_part)i),
					exposure_remedy((enum exposure_part)i));
}

static int print_page(const struct row *row, const struct look *look, FILE *out)
{
	_cleanup_(text_done) struct text text = {0};

	text_add_format(&text, "%s\n", row->facts.id);
	add_settings(&text, &row->facts);
	add_objects(&text, row, look);
	if (row->companions.count) {
		add_list(&text, "  used with: ", &row->companions);
		text_add_char(&text, '\n');
	}
	if (row->same_user.count) {
		add_list(&text, "  runs as its user, too: ", &row->same_user);
		text_add_char(&text, '\n');
	}
	if (row->private_keys.count) {
		add_list(&text, "  keys of files in its private /tmp, which are others elsewhere: ",
			 &row->private_keys);
		text_add_char(&text, '\n');
	}
	add_exposure(&text, &row->exposure);
	if (text.failed)
		return -ENOMEM;
	return fputs(text.bytes, out) < 0 ? -EIO : 0;
}

int report_units_pages(const struct rows *rows, const struct look *look, FILE *out)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < rows->count; i++) {
		if (i && fputc('\n', out) == EOF)
			return -EIO;
		r = print_page(&rows->all[i], look, out);
	}
	return r == 0 ? printed_all(out) : r;
}

static int add_json_calls(struct json_object *to, const struct unit_facts *facts)
{
	struct json_object *calls = document_add_array(to, "allowed_calls");
	int r = calls ? 0 : -ENOMEM;

	for (int i = 0; r == 0 && i < CALL_COUNT_; i++) {
		const char *name = call_info((enum ipc_call)i)->name;

		if (!manager_filter_blocks(&facts->filter, name))
			r = document_append_text(calls, name);
	}
	return r;
}

static int add_json_objects(struct json_object *to, const struct row *row, const struct look *look)
{
	struct json_object *objects = document_add_array(to, "objects");
	int r = objects ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < row_object_count(row); i++) {
		const struct ipc_object *obj = row_object(row, look, i);
		struct json_object *object = document_append_object(objects);
		char mode[8];

		snprintf(mode, sizeof(mode), "%04o", (unsigned)obj->mode & 0777);
		r = object ? document_add_identity(object, obj) : -ENOMEM;
		if (r == 0)
			r = document_add_text(object, "mode", mode);
		if (r == 0)
			r = document_add_uint(object, "uid", obj->uid);
		if (r == 0)
			r = document_add_uint(object, "bytes", obj->bytes);
		if (r == 0 && i >= row->object_count)
			r = document_add_uint(object, "namespace", row->inside.ipc_ns);
	}
	return r;
}

static int add_json_list(struct json_object *to, const char *key, const struct string_list *list)
{
	struct json_object *array = document_add_array(to, key);
	int r = array ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < list->count; i++)
		r = document_append_text(array, list->items[i]);
	return r;
}

static int add_json_settings(struct json_object *to, const struct unit_facts *facts)
{
	char umask_text[8];
	int r = document_add_bool(to, "private_ipc", facts->has_private_ipc);

	snprintf(umask_text, sizeof(umask_text), "%04o", (unsigned)facts->umask);
	r |= document_add_bool(to, "joins_ipc", facts->shares_ipc);
	r |= document_add_bool(to, "restrict_suid_sgid", facts->restricts_suid);
	r |= document_add_bool(to, "no_new_privileges", facts->has_no_new_privileges);
	r |= document_add_text(to, "umask", umask_text);
	r |= document_add_bool(to, "private_tmp", facts->has_private_tmp);
	r |= document_add_bool(to, "remove_ipc", facts->removes_ipc);
	r |= document_add_bool(to, "ipcclean_enabled", facts->cleans);
	return r ? -ENOMEM : add_json_calls(to, facts);
}

static int add_json_exposure(struct json_object *to, const struct exposure *exposure)
{
	struct json_object *parts = document_add_array(to, "exposure_parts");
	int r = parts ? document_add_uint(to, "exposure_tenths", exposure->total) : -ENOMEM;

	for (int i = 0; r == 0 && i < EXPOSED_COUNT_; i++) {
		struct json_object *part =
			exposure->tenths[i] ? document_append_object(parts) : NULL;

		if (!exposure->tenths[i])
			continue;
		r = part ? document_add_text(part, "part", exposure_word((enum exposure_part)i))
			 : -ENOMEM;
		if (r == 0)
			r = document_add_uint(part, "tenths", exposure->tenths[i]);
		if (r == 0)
			r = document_add_text(part, "reason",
					      exposure_reason((enum exposure_part)i));
		if (r == 0)
			r = document_add_text(part, "remedy",
					      exposure_remedy((enum exposure_part)i));
	}
	return r;
}

static int add_json_row(struct json_object *to, const struct row *row, const struct look *look)
{
	int r = document_add_text(to, "unit", row->facts.id);

	if (r == 0)
		r = document_add_text(to, "user", *row->facts.user ? row->facts.user : "root");
	if (r == 0)
		r = add_json_settings(to, &row->facts);
	if (r == 0)
		r = add_json_objects(to, row, look);
	if (r == 0)
		r = add_json_list(to, "used_with", &row->companions);
	if (r == 0)
		r = add_json_list(to, "same_user", &row->same_user);
	if (r == 0)
		r = add_json_list(to, "private_keys", &row->private_keys);
	return r == 0 ? add_json_exposure(to, &row->exposure) : r;
}

int report_units_json(const struct rows *rows, const struct look *look, FILE *out)
{
	struct document_stream stream;
	int r = document_stream_begin(&stream, out, "report");

	if (r == 0)
		r = document_stream_array(&stream, "units");
	for (size_t i = 0; r == 0 && i < rows->count; i++) {
		struct json_object *element = document_stream_element();

		r = element ? add_json_row(element, &rows->all[i], look) : -ENOMEM;
		if (r == 0)
			r = document_stream_put(&stream, element);
		else
			document_free(element);
	}
	return r == 0 ? document_stream_end(&stream) : r;
}
