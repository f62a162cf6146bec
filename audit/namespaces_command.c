/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ipcaudit namespaces: every IPC namespace with who lives there and what it holds. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#include "cleanup.h"
#include "commands.h"
#include "document.h"
#include "everywhere.h"
#include "printed.h"
#include "say.h"
#include "table.h"
#include "words.h"

/* What a place holds, filled by the child that looks into it: shared memory. */
struct totals {
	bool is_known;
	uint64_t objects[KIND_COUNT_], bytes;
};

struct survey {
	struct procs procs;
	struct places places;
	struct whos whos;
	struct totals *totals; /* one for each place */
	size_t known;
};

static int count(const struct place *place, int shm_fd, void *data)
{
	struct totals *totals = data;
	unsigned kinds = place->has_sysv ? KINDS_ALL : KINDS_DEV_SHM;
	struct inventory inv;

	if (shm_fd < 0)
		kinds &= ~KINDS_DEV_SHM;
	if (inventory_scan_with(&inv, kinds, NULL, shm_fd) < 0)
		return EXIT_ERROR;
	for (size_t i = 0; i < inv.count; i++) {
		totals->objects[inv.objects[i].kind]++;
		if (__builtin_add_overflow(totals->bytes, inv.objects[i].bytes, &totals->bytes))
			totals->bytes = UINT64_MAX;
	}
	totals->is_known = true;
	inventory_done(&inv);
	return EXIT_FINE;
}

static int survey_all(struct survey *survey)
{
	int r = procs_read(&survey->procs);
	size_t size;

	survey->whos.procs = &survey->procs;
	if (r == 0)
		r = places_read(&survey->places, &survey->procs);
	if (r < 0)
		return r;
	size = (survey->places.count + 1) * sizeof(*survey->totals);
	survey->totals =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (survey->totals == MAP_FAILED) {
		survey->totals = NULL;
		return -errno;
	}
	for (size_t i = 0; i < survey->places.count; i++) {
		r = run_in_place(&survey->procs, &survey->places.list[i], count,
				 &survey->totals[i]);
		if (r < 0)
			return r;
		survey->known += survey->totals[i].is_known;
	}
	return 0;
}

static void survey_done(struct survey *survey)
{
	if (survey->totals)
		munmap(survey->totals, (survey->places.count + 1) * sizeof(*survey->totals));
	whos_done(&survey->whos);
	places_done(&survey->places);
	procs_done(&survey->procs);
}

enum {
	COLUMN_NS,
	COLUMN_PROCS,
	COLUMN_OWNER,
	COLUMN_UNIT,
	COLUMN_CONTAINER,
	COLUMN_FIRST_KIND,
	COLUMN_BYTES = COLUMN_FIRST_KIND + KIND_COUNT_,
	COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
	{"NS", true},	      {"PROCS", true}, {"OWNER", false}, {"UNIT", false},
	{"CONTAINER", false}, {"SHM", true},   {"SEM", true},	 {"MSG", true},
	{"PSHM", true},	      {"PSEM", true},  {"PMQ", true},	 {"BYTES", true},
};

/* The oldest process of the place; where none lives, what keeps it. */
static void add_owner(struct text *text, struct survey *survey, const struct place *place)
{
	const struct who *who = place->pid ? whos_get(&survey->whos, place->pid) : NULL;

	if (!place->pid)
		text_add(text, place->held_by);
	else
		text_add_format(text, "%d %s", place->pid, who && who->comm ? who->comm : "?");
	if (place->is_ours)
		text_add(text, " (ours)");
}

static int add_row(struct table *table, struct survey *survey, size_t i)
{
	const struct place *place = &survey->places.list[i];
	const struct totals *totals = &survey->totals[i];
	const struct who *who = place->pid ? whos_get(&survey->whos, place->pid) : NULL;
	const char *cells[COLUMN_COUNT] = {0};
	char numbers[3 + KIND_COUNT_][24], size[SIZE_TEXT_SIZE];
	_cleanup_(text_done) struct text owner = {0};

	add_owner(&owner, survey, place);
	snprintf(numbers[0], 24, "%lu%s", (unsigned long)place->ipc_ns, place->has_sysv ? "" : "+");
	snprintf(numbers[1], 24, "%zu", place->processes);
	cells[COLUMN_NS] = numbers[0];
	cells[COLUMN_PROCS] = numbers[1];
	cells[COLUMN_OWNER] = owner.bytes;
	cells[COLUMN_UNIT] = who ? who->unit : NULL;
	cells[COLUMN_CONTAINER] = who ? who->container : NULL;
	for (int kind = 0; totals->is_known && kind < KIND_COUNT_; kind++) {
		snprintf(numbers[2 + kind], 24, "%" PRIu64, totals->objects[kind]);
		cells[COLUMN_FIRST_KIND + kind] = numbers[2 + kind];
	}
	cells[COLUMN_BYTES] = totals->is_known ? size_format(totals->bytes, size) : NULL;
	return owner.failed ? -ENOMEM : table_add(table, cells);
}

static int print_table(struct survey *survey, FILE *out)
{
	_cleanup_(table_freep) struct table *table = NULL;
	int r = table_new(&table, columns, COLUMN_COUNT);

	for (size_t i = 0; r == 0 && i < survey->places.count; i++)
		r = add_row(table, survey, i);
	return r == 0 ? table_print(table, out) : r;
}

static int fill_json(struct json_object *to, struct survey *survey, size_t i)
{
	const struct place *place = &survey->places.list[i];
	const struct totals *totals = &survey->totals[i];
	const struct who *who = place->pid ? whos_get(&survey->whos, place->pid) : NULL;
	struct json_object *objects;
	int r = document_add_uint(to, "namespace", place->ipc_ns) |
		document_add_bool(to, "ours", place->is_ours) |
		document_add_bool(to, "has_sysv", place->has_sysv) |
		document_add_uint(to, "processes", place->processes) |
		(place->pid ? document_add_int(to, "pid", place->pid)
			    : document_add_null(to, "pid")) |
		document_add_text(to, "comm", who ? who->comm : NULL) |
		document_add_text(to, "unit", who ? who->unit : NULL) |
		document_add_text(to, "container", who ? who->container : NULL) |
		document_add_text(to, "held_by", place->held_by) |
		document_add_exact(to, "bytes", totals->is_known ? totals->bytes : OBJECT_UNKNOWN);

	if (!totals->is_known)
		return r | document_add_null(to, "objects");
	objects = document_add_object(to, "objects");
	if (!objects)
		return -ENOMEM;
	for (int kind = 0; kind < KIND_COUNT_; kind++)
		r |= document_add_uint(objects, kind_name((enum ipc_kind)kind),
				       totals->objects[kind]);
	return r;
}

static int print_json(struct survey *survey, FILE *out)
{
	struct document_stream stream;
	int r = document_stream_begin(&stream, out, "namespaces");

	if (r == 0)
		r = document_stream_array(&stream, "namespaces");
	for (size_t i = 0; r == 0 && i < survey->places.count; i++) {
		struct json_object *element = document_stream_element();

		if (!element || fill_json(element, survey, i)) {
			document_free(element);
			return -ENOMEM;
		}
		r = document_stream_put(&stream, element);
	}
	return r == 0 ? document_stream_end(&stream) : r;
}

int command_namespaces(const struct command_context *context)
{
	struct survey survey = {.procs = {.proc_fd = -1}};
	int r = survey_all(&survey);
	size_t known = survey.known;

	if (r == 0)
		r = context->options->is_json ? print_json(&survey, stdout)
					      : print_table(&survey, stdout);
	if (r == 0 && survey.places.hidden)
		say_error("the namespaces of %zu processes can't be read: some may be missing",
			  survey.places.hidden);
	if (r == 0)
		r = printed_all(stdout);
	if (r < 0)
		say_error("namespaces: %s",
			  r == -ENOSYS ? "libsmartcols.so.1 or libjson-c.so.5 is missing"
				       : strerror(-r));
	survey_done(&survey);
	return r < 0 || !known ? EXIT_ERROR : EXIT_FINE;
}
