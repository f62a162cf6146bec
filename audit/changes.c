/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "changes.h"

#include <errno.h>
#include <stdlib.h>

#include "clock.h"

static int by_identity(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->identity > y->identity) - (x->identity < y->identity);
}

static struct seen seen_of(const struct inventory *inv, uint32_t object)
{
	const struct ipc_object *obj = &inv->objects[object];

	return (struct seen){
		.kind = obj->kind,
		.object = object,
		.identity = kind_is_sysv(obj->kind) ? (uint64_t)obj->id : (uint64_t)obj->ino,
		.bytes = obj->bytes,
	};
}

static void add_up(struct changes *changes, const struct inventory *inv, const struct seen *now,
		   size_t count)
{
	for (int kind = 0; kind < KIND_COUNT_; kind++)
		changes->kinds[kind] = (struct kind_changes){0};
	for (size_t i = 0; i < count; i++) {
		const struct ipc_object *obj = &inv->objects[now[i].object];
		struct kind_changes *kind = &changes->kinds[obj->kind];

		kind->objects++;
		kind->bytes += obj->bytes;
		kind->messages += obj->kind == KIND_MSG || obj->kind == KIND_PMQ ? obj->qnum : 0;
	}
}

/* What is there now beside what was there before: both are sorted. */
static void compare(struct changes *changes, const struct seen *now, size_t count)
{
	const struct seen *before = changes->seen, *before_end = before + changes->seen_count;

	for (const struct seen *end = now + count; now < end || before < before_end;) {
		int order = now == end ? 1 : before == before_end ? -1 : by_identity(now, before);
		struct kind_changes *kind = &changes->kinds[order > 0 ? before->kind : now->kind];
		double growth = (order <= 0 ? (double)now->bytes : 0) -
				(order >= 0 ? (double)before->bytes : 0);

		kind->came += order < 0;
		kind->gone += order > 0;
		kind->growth += growth;
		if (order <= 0)
			changes->growth[now->object] = growth;
		now += order <= 0;
		before += order >= 0;
	}
}

int changes_look(struct changes *changes, const struct inventory *inv,
		 const struct selection *objects, uint64_t taken_ns)
{
	struct seen *now = calloc(objects->count + 1, sizeof(*now));
	double *growth = calloc(inv->count + 1, sizeof(*growth));

	if (!now || !growth) {
		free(now);
		free(growth);
		return -ENOMEM;
	}
	for (size_t i = 0; i < objects->count; i++)
		now[i] = seen_of(inv, objects->objects[i]);
	qsort(now, objects->count, sizeof(*now), by_identity);
	changes->elapsed_ns = changes->taken_ns ? taken_ns - changes->taken_ns : 0;
	free(changes->growth);
	changes->growth = growth;
	add_up(changes, inv, now, objects->count);
	if (changes->elapsed_ns)
		compare(changes, now, objects->count);
	free(changes->seen);
	changes->seen = now;
	changes->seen_count = objects->count;
	changes->taken_ns = taken_ns;
	return 0;
}

void changes_done(struct changes *changes)
{
	free(changes->growth);
	free(changes->seen);
	*changes = (struct changes){0};
}

double changes_per_second(const struct changes *changes, double amount)
{
	return changes->elapsed_ns ? amount * (double)NS_PER_S / (double)changes->elapsed_ns : 0;
}
