/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "private_key.h"
#include "say.h"

/* So many others are named; a report is no list of processes. */
#define NAMED_MAX 16

#define OTHERS_ACCESS 0006

void rows_done(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		struct row *row = &rows->all[i];

		unit_facts_done(&row->facts);
		free(row->objects);
		inside_done(&row->inside);
		string_list_done(&row->companions);
		string_list_done(&row->same_user);
		string_list_done(&row->private_keys);
	}
	free(rows->all);
	*rows = (struct rows){0};
}

static bool has_row(const struct rows *rows, const char *id)
{
	for (size_t i = 0; i < rows->count; i++)
		if (!strcmp(rows->all[i].facts.id, id))
			return true;
	return false;
}

static int read_row(struct rows *rows, const struct connection *c, const char *name)
{
	struct row row = {.inside = {.inv = {.shm_fd = -1, .mqueue_fd = -1}}};
	int r = facts_read(c, name, &row.facts);

	if (r < 0)
		return r;
	/* two names of one unit */
	if (has_row(rows, row.facts.id))
		unit_facts_done(&row.facts);
	else
		rows->all[rows->count++] = row;
	return 0;
}

static void strv_freep(char ***strv)
{
	strv_free(*strv);
}

static int read_active(struct rows *rows, const struct connection *c)
{
	_cleanup_(strv_freep) char **names = NULL;
	size_t count = 0;
	int r = facts_list_active(c, &names);

	if (r < 0)
		return r;
	while (names[count])
		count++;
	rows->all = calloc(count + 1, sizeof(*rows->all));
	if (!rows->all)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = read_row(rows, c, names[i]);
		/* gone meanwhile */
		if (r == -ENOENT)
			r = 0;
	}
	return r;
}

int rows_read(struct rows *rows, const struct connection *c, char *const *names, size_t count,
	      char **unit)
{
	int r = 0;

	*rows = (struct rows){0};
	*unit = NULL;
	if (!names)
		return read_active(rows, c);
	rows->all = calloc(count + 1, sizeof(*rows->all));
	if (!rows->all)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = read_row(rows, c, names[i]);
		if (r < 0)
			*unit = strdup(names[i]);
	}
	return r;
}

size_t row_object_count(const struct row *row)
{
	return row->object_count + row->inside.inv.count;
}

const struct ipc_object *row_object(const struct row *row, const struct look *look, size_t i)
{
	return i < row->object_count ? &look->inv.objects[row->objects[i]]
				     : &row->inside.inv.objects[i - row->object_count];
}

static struct row *find_row(const struct rows *rows, const char *unit)
{
	for (size_t i = 0; unit && i < rows->count; i++)
		if (!strcmp(rows->all[i].facts.id, unit))
			return &rows->all[i];
	return NULL;
}

static int name_once(struct string_list *list, const char *name)
{
	if (string_list_has(list, name))
		return 0;
	return list->count < NAMED_MAX ? string_list_add(list, name) : 0;
}

static int add_object(struct row *row, uint32_t object, enum ipc_kind kind)
{
	if (row->object_count && row->objects[row->object_count - 1] == object)
		return 0;
	if (row->object_count == row->object_allocated) {
		size_t more = row->object_allocated ? 2 * row->object_allocated : 16;
		uint32_t *grown = reallocarray(row->objects, more, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		row->objects = grown;
		row->object_allocated = more;
	}
	row->objects[row->object_count++] = object;
	row->kinds |= KIND_BIT(kind);
	return 0;
}

/* Who else uses an object of this row: units by name, the rest by pid. */
static int add_companions(struct row *row, struct look *look, const struct object_use *uses,
			  size_t count)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		const char *unit = look_unit_of(look, uses[i].pid);
		char text[32];

		if (unit && !strcmp(unit, row->facts.id))
			continue;
		snprintf(text, sizeof(text), "pid %d", (int)uses[i].pid);
		r = name_once(&row->companions, unit ? unit : text);
	}
	return r;
}

static int join_object(struct rows *rows, struct look *look, size_t object)
{
	size_t count;
	const struct object_use *uses = look_uses_of(look, object, &count);
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		struct row *row = find_row(rows, look_unit_of(look, uses[i].pid));

		if (!row)
			continue;
		r = add_object(row, (uint32_t)object, look->inv.objects[object].kind);
		if (r == 0)
			r = add_companions(row, look, uses, count);
	}
	return r;
}

/* A namespace that can't be entered is a gap, not an end. */
static int join_inside(struct row *row, struct look *look)
{
	int r = inside_read(&row->inside, look, row->facts.id);

	if (r < 0 && r != -ENOMEM)
		say_error("%s: its IPC namespace can't be looked into: %s", row->facts.id,
			  strerror(-r));
	for (size_t i = 0; i < row->inside.inv.count; i++)
		row->kinds |= KIND_BIT(row->inside.inv.objects[i].kind);
	for (size_t i = 0; r == 0 && i < row->inside.companions.count; i++)
		r = name_once(&row->companions, row->inside.companions.items[i]);
	return r == -ENOMEM ? r : 0;
}

static bool has_user(const struct rows *rows, uid_t uid)
{
	for (size_t i = 0; i < rows->count; i++)
		if (rows->all[i].facts.has_uid && rows->all[i].facts.uid == uid)
			return true;
	return false;
}

/* Services whose processes run as the user of a row. Root is everybody's. */
static int join_users(struct rows *rows, struct look *look)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < look->procs.count; i++) {
		const struct proc *proc = &look->procs.all[i];
		const char *unit;

		if (!proc->euid || proc->is_kernel_thread || !has_user(rows, proc->euid))
			continue;
		unit = look_unit_of(look, proc->pid);
		for (size_t j = 0; unit && r == 0 && j < rows->count; j++) {
			struct row *row = &rows->all[j];

			if (row->facts.has_uid && row->facts.uid == proc->euid &&
			    strcmp(row->facts.id, unit) != 0)
				r = name_once(&row->same_user, unit);
		}
	}
	return r;
}

static int note_private_key(struct row *row, const struct tmp_places *places,
			    const struct ipc_object *obj)
{
	_cleanup_free_ char *file = NULL, *ref = NULL, *text = NULL;
	int r = private_key_find(places, row->facts.id, obj->key, &file);

	if (r <= 0)
		return r;
	ref = object_ref(obj);
	if (!ref || asprintf(&text, "%s has the key of %s", ref, file) < 0) {
		text = NULL;
		return -ENOMEM;
	}
	return name_once(&row->private_keys, text);
}

static int join_private_keys(struct rows *rows, struct look *look)
{
	_cleanup_(tmp_places_done) struct tmp_places places = {0};
	int r = tmp_places_read(&places, NULL);

	for (size_t i = 0; r == 0 && i < rows->count; i++) {
		struct row *row = &rows->all[i];

		if (!row->facts.has_private_tmp || !(row->kinds & KINDS_SYSV))
			continue;
		for (size_t j = 0; r == 0 && j < row->object_count; j++)
			if (kind_is_sysv(look->inv.objects[row->objects[j]].kind))
				r = note_private_key(row, &places,
						     &look->inv.objects[row->objects[j]]);
	}
	return r;
}

static void weigh(struct row *row, const struct look *look)
{
	struct exposure_facts facts = {.unit = &row->facts,
				       .kinds = row->kinds,
				       .shares_objects = row->companions.count > 0,
				       .shares_user = row->same_user.count > 0};

	for (size_t i = 0; i < row_object_count(row); i++)
		if (row_object(row, look, i)->mode & OTHERS_ACCESS)
			facts.has_open_object = true;
	exposure_weigh(&facts, &row->exposure);
}

static int by_exposure(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->exposure.total != y->exposure.total)
		return x->exposure.total > y->exposure.total ? -1 : 1;
	return strcmp(x->facts.id, y->facts.id);
}

int rows_join(struct rows *rows, struct look *look)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < look->inv.count; i++)
		r = join_object(rows, look, i);
	for (size_t i = 0; r == 0 && i < rows->count; i++)
		if (rows->all[i].facts.has_private_ipc || rows->all[i].facts.shares_ipc)
			r = join_inside(&rows->all[i], look);
	if (r == 0)
		r = join_users(rows, look);
	if (r == 0)
		r = join_private_keys(rows, look);
	for (size_t i = 0; i < rows->count; i++)
		weigh(&rows->all[i], look);
	if (rows->count)
		qsort(rows->all, rows->count, sizeof(*rows->all), by_exposure);
	return r;
}
