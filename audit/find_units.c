/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which settings of services don't go with the objects they use? A filter of system calls that lacks
 * what a unit does strikes at its next start. A key that ftok(3) makes of a file in a unit's private
 * /tmp is another key for everybody else.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "clock.h"
#include "finders.h"
#include "ftok.h"
#include "manager.h"
#include "private_tmp.h"
#include "unit_uses.h"
#include "words.h"

/* The service manager is given that long for all questions together. */
#define ASK_MANAGER_NS (3 * NS_PER_S)

static const struct {
	enum ipc_kind kind;
	const char *call;
} calls[] = {
	{KIND_SHM, "shmget"},	    {KIND_SHM, "shmat"},	   {KIND_SEM, "semget"},
	{KIND_SEM, "semop"},	    {KIND_SEM, "semtimedop"},	   {KIND_MSG, "msgget"},
	{KIND_MSG, "msgsnd"},	    {KIND_MSG, "msgrcv"},	   {KIND_PMQ, "mq_open"},
	{KIND_PMQ, "mq_timedsend"}, {KIND_PMQ, "mq_timedreceive"},
};

#define CALL_COUNT (sizeof(calls) / sizeof(calls[0]))

/* The next call, from i on, that one of the kinds takes and the filter refuses; CALL_COUNT if none. */
static size_t next_blocked(const struct manager_filter *filter, unsigned kinds, size_t i)
{
	while (i < CALL_COUNT &&
	       !(kinds & KIND_BIT(calls[i].kind) && manager_filter_blocks(filter, calls[i].call)))
		i++;
	return i;
}

static void list_blocked(struct text *list, const struct manager_filter *filter, unsigned kinds)
{
	for (size_t i = next_blocked(filter, kinds, 0); i < CALL_COUNT;
	     i = next_blocked(filter, kinds, i + 1))
		text_add_format(list, "%s%s", list->length ? ", " : "", calls[i].call);
}

/* The first object that takes a refused call, NULL if none does. */
static const struct ipc_object *find_blocked(const struct audit *audit, const struct unit_use *use,
					     const struct manager_filter *filter)
{
	for (size_t i = 0; i < use->count; i++) {
		const struct ipc_object *obj = &audit->inv.objects[use->objects[i]];

		if (next_blocked(filter, KIND_BIT(obj->kind), 0) < CALL_COUNT)
			return obj;
	}
	return NULL;
}

static int find_filter(struct audit *audit, const struct unit_use *use, uint64_t timeout_ns,
		       struct findings *findings)
{
	_cleanup_(manager_filter_done) struct manager_filter filter = {0};
	_cleanup_(text_done) struct text list = {0};
	const struct ipc_object *example;
	struct finding *finding;
	int r = manager_read_filter(use->unit, timeout_ns, &filter);

	example = r < 0 ? NULL : find_blocked(audit, use, &filter);
	if (!example)
		return r;
	list_blocked(&list, &filter, use->kinds);
	finding = findings_add(
		findings, FINDING_SYSCALL_FILTER, SEVERITY_WARNING, example,
		"%s uses it, and its SystemCallFilter= refuses %s: from its next start "
		"on the unit fails there, or is killed",
		use->unit, list.bytes ? list.bytes : "");
	finding_set_owner(finding, use->unit);
	finding_set_fix(finding, "systemctl edit %s: SystemCallFilter= with %s", use->unit,
			list.bytes ? list.bytes : "");
	finding_text(finding, "unit", use->unit);
	finding_text(finding, "calls", list.bytes);
	finding_flag(finding, "is_allow_list", filter.is_allow_list);
	return 0;
}

static void find_filters(struct audit *audit, const struct unit_uses *uses,
			 struct findings *findings)
{
	uint64_t deadline_ns = clock_now_ns() + ASK_MANAGER_NS;

	for (size_t i = 0; i < uses->count && !clock_is_past(deadline_ns); i++)
		/* one that doesn't answer about the first won't about the next */
		if (find_filter(audit, &uses->all[i], deadline_ns - clock_now_ns(), findings) ==
		    -ENOTCONN)
			return;
}

/* One file in a unit's private /tmp beside the keys that the unit uses. */
struct tmp_file {
	const struct tmp_place *place;
	const char *name; /* "" for the directory itself */
	uint32_t part;	  /* what of a key tells of the file */
};

/* Whether the host, or another unit, has a file of that name in what it calls the same. */
static bool has_namesake(const struct tmp_places *places, const struct tmp_place *own,
			 const char *name)
{
	struct stat st;

	for (size_t i = 0; i < places->count; i++)
		if (&places->all[i] != own && !strcmp(places->all[i].top, own->top) &&
		    (!*name || tmp_place_stat(&places->all[i], name, &st) == 0))
			return true;
	return false;
}

static void add_private(const struct ipc_object *obj, const struct tmp_places *places,
			const struct tmp_file *file, struct findings *findings)
{
	bool is_elsewhere = has_namesake(places, file->place, file->name);
	_cleanup_free_ char *name = name_escape(file->name);
	struct finding *finding;

	if (!name) {
		findings->failed = true;
		return;
	}
	finding = findings_add(findings, FINDING_FTOK_PRIVATE_TMP,
			       is_elsewhere ? SEVERITY_WARNING : SEVERITY_INFO, obj,
			       "its key is that of %s%s%s in the private %s of %s: %s",
			       file->place->top, *name ? "/" : "", name, file->place->top,
			       file->place->unit,
			       is_elsewhere ? "who asks for this file elsewhere gets another key"
					    : "nobody else can see that file");
	finding_set_owner(finding, file->place->unit);
	finding_set_fix(finding,
			"give ftok(3) a file outside of /tmp, or: systemctl edit %s: PrivateTmp=no",
			file->place->unit);
	finding_text(finding, "unit", file->place->unit);
	finding_text(finding, "file", name);
	finding_number(finding, "project", ftok_project(obj->key));
}

/* What a place is looked at for. */
struct tmp_search {
	struct audit *audit;
	const struct tmp_places *places;
	const struct tmp_place *place;
	const struct unit_use *use;
	struct findings *findings;
};

static void look_at_file(const char *name, const struct stat *st, void *data)
{
	const struct tmp_search *search = data;
	const struct tmp_file file = {.place = search->place,
				      .name = name,
				      .part = ftok_file_part(ftok_key(st->st_dev, st->st_ino, 0))};

	for (size_t i = 0; i < search->use->count; i++) {
		const struct ipc_object *obj = &search->audit->inv.objects[search->use->objects[i]];

		if (kind_is_sysv(obj->kind) && obj->key && ftok_file_part(obj->key) == file.part)
			add_private(obj, search->places, &file, search->findings);
	}
}

static void look_at_place(struct audit *audit, const struct tmp_places *places,
			  const struct tmp_place *place, const struct unit_use *use,
			  struct findings *findings)
{
	struct tmp_search search = {audit, places, place, use, findings};

	tmp_place_each(place, look_at_file, &search);
}

static void find_private_tmp(struct audit *audit, const struct unit_uses *uses,
			     struct findings *findings)
{
	_cleanup_(tmp_places_done) struct tmp_places places = {0};

	if (tmp_places_read(&places, NULL) < 0) {
		findings->failed = true;
		return;
	}
	for (size_t i = 0; i < places.count; i++)
		for (size_t j = 0; places.all[i].unit && j < uses->count; j++)
			if (!strcmp(places.all[i].unit, uses->all[j].unit))
				look_at_place(audit, &places, &places.all[i], &uses->all[j],
					      findings);
}

void find_units(struct audit *audit, struct findings *findings)
{
	_cleanup_(unit_uses_done) struct unit_uses uses = {0};

	/* the units of this host are not those of another namespace */
	if (audit->place)
		return;
	if (unit_uses_read(&uses, audit) < 0) {
		findings->failed = true;
		return;
	}
	find_filters(audit, &uses, findings);
	find_private_tmp(audit, &uses, findings);
}
